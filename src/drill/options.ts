import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/** What the runner was asked for. */
export interface DrillOptions {
  readonly folders: readonly string[];
  readonly json: boolean;
  /** A cluster of one's own instead of a fresh laboratory for each drill. */
  readonly kubeconfig?: string;
  readonly prometheus?: string;
  readonly loki?: string;
  /** Laboratories at the same time. A cluster of one's own is rehearsed in one drill after the other. */
  readonly parallel: number;
}

/** How the runner is called. */
export const usage = `npm run drill -- <folder>... [options]

  <folder>            a folder with a drill.yaml, or one that holds such folders
  --json              one JSON line per drill and nothing else
  --kubeconfig <file> rehearse on this cluster instead of in a fresh laboratory
  --prometheus <url>  with --kubeconfig: its Prometheus; without it the bot has no metrics
  --loki <url>        with --kubeconfig: its Loki; without it the bot has no logs
  --parallel <n>      so many laboratories at the same time (default 1)
  --help              this text

Exit code 0 when every drill passed, 1 when one failed, 2 when nothing could be started.
`;

const parallelOf = (text: string): number => {
  const count = Number(text);
  const most = Math.max(4, 2 * availableParallelism());
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new Error(`--parallel must be a number from 1 to ${most}, not "${text}"`);
};

const urlOf = (name: string, text: string | undefined): string | undefined => {
  if (text === undefined || (URL.canParse(text) && /^https?:/.test(text))) return text;
  throw new Error(`--${name} must be a URL that begins with http:// or https://, not "${text}"`);
};

const wordsOf = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      kubeconfig: { type: 'string' },
      prometheus: { type: 'string' },
      loki: { type: 'string' },
      parallel: { type: 'string', default: '1' },
    },
  });

/** The options, or null when only the usage was asked for. Throws an Error that says what is wrong. */
export const readDrillOptions = (args: readonly string[]): DrillOptions | null => {
  const { values, positionals } = wordsOf(args);
  if (values.help) return null;
  const { json, kubeconfig } = values;
  const [prometheus, loki] = [urlOf('prometheus', values.prometheus), urlOf('loki', values.loki)];
  if (positionals.length === 0) throw new Error(`Which drills? Name at least one folder.\n\n${usage}`);
  if (kubeconfig === undefined && (prometheus !== undefined || loki !== undefined)) {
    throw new Error('--prometheus and --loki go with --kubeconfig: a laboratory brings its own');
  }
  return {
    folders: positionals,
    json,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(prometheus === undefined ? {} : { prometheus }),
    ...(loki === undefined ? {} : { loki }),
    parallel: kubeconfig === undefined ? parallelOf(values.parallel) : 1,
  };
};

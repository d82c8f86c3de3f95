import type { ContainerFate } from './world.ts';

/** What a container is told to run. */
export interface Words {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
}

/** Programs of the laboratory's images: what their own command starts, and the tools beside it. */
const programs: readonly {
  readonly image: RegExp;
  readonly own: readonly string[];
  readonly tools: readonly string[];
}[] = [
  {
    image: /(^|\/)busybox/,
    own: [],
    tools: [
      'sh',
      'ash',
      'cat',
      'echo',
      'ls',
      'nc',
      'nslookup',
      'sleep',
      'test',
      'true',
      'false',
      'wget',
      'until',
      'while',
    ],
  },
  {
    image: /(^|\/)redis/,
    own: ['redis-server', 'docker-entrypoint.sh'],
    tools: ['sh', 'redis-cli', 'cat', 'sleep', 'ls'],
  },
  { image: /\/(cartservice)/, own: ['cartservice'], tools: [] },
  { image: /\/(adservice)/, own: ['AdService', 'java'], tools: ['sh', 'sleep', 'cat', 'ls'] },
  {
    image: /\/(currencyservice|paymentservice)/,
    own: ['node', 'server.js', 'index.js'],
    tools: ['sh', 'sleep', 'cat', 'ls'],
  },
  {
    image: /\/(emailservice|recommendationservice|loadgenerator)/,
    own: ['python', 'python3', 'locust', 'email_server.py', 'recommendation_server.py'],
    tools: ['sh', 'bash', 'sleep', 'cat', 'ls'],
  },
  { image: /./, own: ['server', 'frontend', 'checkoutservice', 'shippingservice', 'productcatalogservice'], tools: [] },
];

const baseName = (path: string): string => path.split('/').at(-1) ?? path;

const shells: readonly string[] = ['sh', 'ash', 'bash'];

const exits = (afterMs: number, exitCode: number): ContainerFate => ({
  kind: 'exits',
  afterMs,
  exitCode,
  reason: exitCode === 0 ? 'Completed' : 'Error',
});

/** A process that runs but serves nothing. */
const idle: ContainerFate = { kind: 'runs', readyAfterMs: null };

/** Shells and sleepers of the laboratory take hardly longer than this to fail. */
const quickMs = 150;

/** What the first command of a line does: null when it is the image's own program, which the world judges otherwise. */
const lineFate = (
  words: readonly string[],
  known: ReadonlySet<string>,
  own: ReadonlySet<string>,
): ContainerFate | null => {
  const [program = '', operand = ''] = words;
  const name = baseName(program);
  if (name === 'exit') return exits(quickMs, Number(operand) || 0);
  if (name === 'false') return exits(quickMs, 1);
  if (name === 'true' || name === 'echo') return exits(quickMs, 0);
  if (name === 'sleep') {
    const seconds = Number(operand);
    return Number.isFinite(seconds) && seconds < 3_600 && operand !== '' ? exits(seconds * 1_000, 0) : idle;
  }
  if (own.has(name) || shells.includes(name)) return null;
  return known.has(name) ? null : exits(quickMs, 127);
};

/** The last words of a script decide where it stays: `echo x; sleep 5; exit 1` ends with 1. */
const scriptFate = (script: string, known: ReadonlySet<string>, own: ReadonlySet<string>): ContainerFate | null => {
  const lines = script
    .split(/;|&&|\|\||\n/)
    .map((line) =>
      line
        .trim()
        .split(/\s+/)
        .filter((word) => word !== '' && word !== 'exec'),
    )
    .filter((words) => words.length > 0);
  if (lines.some(([first]) => first === 'until' || first === 'while' || first === 'for' || first === 'if')) return null;
  let waitedMs = 0;
  let fate: ContainerFate | null = exits(quickMs, 0);
  for (const words of lines) {
    fate = lineFate(words, known, own);
    if (fate === null || fate.kind !== 'exits') return fate;
    waitedMs += fate.afterMs;
    if (words[0] === 'exit') break;
  }
  return fate === null || fate.kind !== 'exits' ? fate : { ...fate, afterMs: waitedMs };
};

/** The runtime's words when it cannot start what it was told to. */
const notFound = (program: string): string => {
  const why = program.includes('/')
    ? `exec: "${program}": stat ${program}: no such file or directory`
    : `exec: "${program}": executable file not found in $PATH`;
  return `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${why}: unknown`;
};

/**
 * What becomes of a container because of its command: null when the image's own program starts. Without a command it always does;
 * its arguments alone are taken for the program's own.
 */
export const commandFate = ({ image = '', command = [], args = [] }: Words): ContainerFate | null => {
  const [program] = command;
  if (program === undefined) return null;
  const { own: ownList, tools } = programs.find((entry) => entry.image.test(image)) ?? { own: [], tools: [] };
  const own = new Set(ownList);
  const known = new Set([...ownList, ...tools]);
  if (!known.has(baseName(program))) return { kind: 'cannot-start', message: notFound(program) };
  if (!shells.includes(baseName(program))) return lineFate([...command, ...args], known, own);
  const words = [...command.slice(1), ...args];
  const script = words[words.findIndex((word) => /^-\w*c$/.test(word)) + 1];
  return script === undefined ? exits(quickMs, 0) : scriptFate(script, known, own);
};

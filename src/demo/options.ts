import { parseArgs } from 'node:util';

/** What the demo was asked for. */
export interface DemoOptions {
  readonly list: boolean;
  readonly once: boolean;
  readonly json: boolean;
  readonly fault: string;
  readonly workload?: string;
  readonly via: 'alertmanager' | 'goalert';
  readonly port: number;
}

/** How the demo is called. */
export const usage = `npm run demo -- [options]

  --fault <name>      what breaks (default crash-loop); --list names the faults
  --workload <name>   where, instead of the fault's own choice
  --via <sender>      alertmanager (default) or goalert: who brings the alert
  --once              run one incident to its end and leave; exit code 0 only if the app is well again
  --json              with --once: print one JSON line at the end, nothing else
  --port <n>          port of the local Slack's page (default 3200; any free one when it is taken)
  --list              list the faults and leave
  --help              this text
`;

const viaOf = (text: string): DemoOptions['via'] => {
  if (text === 'alertmanager' || text === 'goalert') return text;
  throw new Error(`--via must be alertmanager or goalert, not "${text}"`);
};

const portOf = (text: string): number => {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`--port must be a port number, not "${text}"`);
};

/** The options, or null when only the usage was asked for. Throws an Error that says what is wrong. */
export const readDemoOptions = (args: readonly string[]): DemoOptions | null => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      list: { type: 'boolean', default: false },
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      fault: { type: 'string', default: 'crash-loop' },
      workload: { type: 'string' },
      via: { type: 'string', default: 'alertmanager' },
      port: { type: 'string', default: '3200' },
    },
  });
  if (values.help) return null;
  const { list, once, json, fault, workload } = values;
  return {
    list,
    once,
    json,
    fault,
    ...(workload === undefined ? {} : { workload }),
    via: viaOf(values.via),
    port: portOf(values.port),
  };
};

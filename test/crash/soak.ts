import { parseArgs } from 'node:util';
import { rehearseRandomKills } from './random-kills.ts';

const { values } = parseArgs({
  options: {
    incidents: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    'at-once': { type: 'string', default: '16' },
    minutes: { type: 'string', default: '60' },
  },
});

const seed = Number(values.seed);
const outcome = await rehearseRandomKills({
  incidents: Number(values.incidents),
  seed,
  atOnce: Number(values['at-once']),
  killAfterMs: [2_000, 6_000],
  lostShare: 0.2,
  timeoutMs: Number(values.minutes) * 60_000,
  say: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify({ seed, ...outcome, trouble: outcome.trouble.slice(0, 50) })}\n`);
process.exit(outcome.trouble.length === 0 ? 0 : 1);

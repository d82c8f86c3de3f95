import { benchCost } from './cost.ts';
import { benchDiagnosis } from './diagnosis.ts';
import { benchMemory } from './memory.ts';
import { benchRecovery } from './recovery.ts';
import { benchRoad } from './road.ts';
import { benchStorm } from './storm.ts';

const benches: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  diagnosis: benchDiagnosis,
  road: benchRoad,
  storm: benchStorm,
  memory: benchMemory,
  cost: benchCost,
  recovery: benchRecovery,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = benches[name];
if (bench === undefined) {
  console.error(
    `There is no benchmark "${name}". There are: ${Object.keys(benches).join(', ')}. Example: npm run bench -- road`,
  );
  process.exit(2);
}
await bench(args);
process.exit(0);

import { buildComponents } from './harness/build-components.ts';
import { adminKubeconfig, readState } from './harness/cluster-state.ts';
import { installDebianPackages } from './harness/debian-packages.ts';
import { startCluster } from './harness/start-cluster.ts';
import { deadProcesses, endAllProcesses } from './harness/supervisor.ts';

const tell = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const isUp = (): boolean => {
  const state = readState();
  return state !== null && state.addresses !== null && deadProcesses().length === 0;
};

const run = async (): Promise<void> => {
  if (isUp()) {
    for (const { name, version } of readState()?.processes ?? []) tell(`${name} ${version} is running`);
    tell(`export KUBECONFIG=${adminKubeconfig}`);
    return;
  }
  // What a broken start or a reboot left of an earlier cluster is of no use to this one.
  await endAllProcesses();
  await buildComponents(tell);
  if (process.argv.includes('--build-only')) return;
  await installDebianPackages(tell);
  await startCluster(tell);
};

run().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);

import type { FieldChange } from '../domain/evidence.ts';
import type { FaultName } from '../domain/fault.ts';
import type { AddressSetting } from '../domain/pod-template.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene, Seen } from './scene.ts';
import { isTrouble } from './shift.ts';

/** Whether a setting means a data store: by its variable, or by the host that it names or named before. */
const storeWords = /redis|valkey|mysql|maria|postgres|pgsql|mongo|memcache|cassandra|database|(^|[_-])db([_-]|$)|sql/i;

/** A Service that was there and is gone is that Service's trouble, not the caller's. */
const isGone = (scene: Scene, host: string): boolean =>
  scene.workloads.includes(host) ||
  scene.changesOf('Service', host).some(({ data }) => data.path === '' && data.after === undefined);

const leadsNowhere = (scene: Scene, { state, host }: AddressSetting): boolean =>
  state === 'no-port' || (state === 'no-service' && !isGone(scene, host));

const inWords = ({ variable, host, port, state }: AddressSetting): string => {
  const address = port === undefined ? host : `${host}:${port}`;
  const why = state === 'no-port' ? `Service ${host} has no port ${port}` : `there is no Service ${host}`;
  return `${variable} says ${address}, and ${why}`;
};

const setsIt =
  ({ host }: AddressSetting) =>
  ({ path, after, object }: FieldChange): boolean =>
    (/\/(env|envFrom|args|command)(\/|$)/.test(path) || object.kind === 'ConfigMap') &&
    JSON.stringify(after ?? null).includes(host);

/** What shows that the workload suffers from its own setting. */
const harmOf = (scene: Scene, workload: string): readonly string[] => {
  const own = scene.reading(workload, 'error_ratio');
  const edges = scene.readings.filter(
    ({ data, shift }) =>
      data.edge?.from === workload && data.signal === 'error_ratio' && isTrouble('error_ratio', shift),
  );
  const logs = scene.logs(workload);
  const complains = logs?.data.patterns.some(
    ({ level, count, countBefore }) => level === 'error' && count > countBefore,
  );
  return [
    ...(own !== undefined && isTrouble('error_ratio', own.shift) ? [own.id] : []),
    ...edges.map(({ id }) => id),
    ...(complains === true && logs !== undefined ? [logs.id] : []),
  ];
};

const sureness = (change: Seen<FieldChange> | undefined, harm: readonly string[]): number => {
  if (change !== undefined) return confidence.witnessed;
  return harm.length > 0 ? confidence.proven : confidence.likely;
};

/** Makes a detector of settings that lead nowhere: to other applications, or to data stores. */
export const addressDetector = (fault: FaultName, meansStore: boolean): Detector => ({
  fault,
  detect(scene, workload) {
    const state = scene.state(workload);
    // One that crashes tells its trouble itself; only what runs with a wrong address is hard to see.
    if (state === undefined || state.data.ready === 0) return null;
    const wrong = (state.data.addresses ?? []).filter((address) => leadsNowhere(scene, address));
    const [address] = wrong.filter(({ variable, host }) => storeWords.test(`${variable} ${host}`) === meansStore);
    if (address === undefined) return null;
    const change = changeOf(scene, workload, setsIt(address));
    const harm = harmOf(scene, workload);
    return hypothesisOf({
      cause: { workload, fault, component: `setting ${address.variable}` },
      confidence: sureness(change, harm),
      evidence: [state.id, change?.id, ...harm],
      reasoning: `${workload} is configured with an address that nobody serves: ${inWords(address)}${becauseOf(scene, change)}`,
    });
  },
});

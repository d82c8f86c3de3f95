import type { FieldChange } from '../domain/evidence.ts';
import type { FaultName } from '../domain/fault.ts';
import type { AddressSetting } from '../domain/pod-template.ts';
import { namesStore } from './complaints.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene, Seen } from './scene.ts';
import { isTrouble } from './shift.ts';

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

/** The log of the workload, when it complains of this very host. */
const namedInLogs = (scene: Scene, workload: string, host: string): string | undefined => {
  const logs = scene.logs(workload);
  const complains = logs?.data.patterns.some(
    ({ level, template, example }) => level !== 'info' && `${template} ${example}`.includes(host),
  );
  return complains === true ? logs?.id : undefined;
};

/** An optional dependency may be named and absent for years: without a change, and without a complaint that names it, that is no cause. */
const sureness = (change: Seen<FieldChange> | undefined, named: string | undefined): number => {
  if (change !== undefined) return confidence.witnessed;
  return named === undefined ? confidence.hint : confidence.proven;
};

/** Makes a detector of settings that lead nowhere: to other applications, or to data stores. */
export const addressDetector = (fault: FaultName, meansStore: boolean): Detector => ({
  fault,
  detect(scene, workload) {
    const state = scene.state(workload);
    // One that crashes tells its trouble itself; only what runs with a wrong address is hard to see.
    if (state === undefined || state.data.ready === 0) return null;
    const wrong = (state.data.addresses ?? []).filter((address) => leadsNowhere(scene, address));
    const [address] = wrong.filter(({ variable, host }) => namesStore(`${variable} ${host}`) === meansStore);
    if (address === undefined) return null;
    const change = changeOf(scene, workload, setsIt(address));
    const named = namedInLogs(scene, workload, address.host);
    const harm = harmOf(scene, workload);
    return hypothesisOf({
      cause: { workload, fault, component: `setting ${address.variable}` },
      confidence: sureness(change, named),
      evidence: [state.id, change?.id, named, ...harm],
      reasoning: `${workload} is configured with an address that nobody serves: ${inWords(address)}${becauseOf(scene, change)}`,
    });
  },
});

import { boundedData } from '../analysis/bound-data.ts';
import { maskChange, maskEvent, maskWorkload } from '../analysis/mask-data.ts';
import {
  changeSubject,
  isLost,
  observeChange,
  observeEvent,
  observeService,
  observeWorkload,
  workloadStrength,
} from '../analysis/observe-object.ts';
import type { EvidenceDraft } from '../analysis/rank-evidence.ts';
import { botManager, ownerOf } from '../analysis/scene.ts';
import { leadsAstray } from '../analysis/service-ports.ts';
import type { ChangeData, EventData, EvidenceData, ServiceData, WorkloadData } from '../domain/evidence.ts';
import { shortName } from '../domain/workload.ts';
import { limits } from '../limits.ts';
import type { Answer } from '../ports/answer.ts';
import type { CollectWindows } from './collect-windows.ts';
import { heldBy } from './collect-within.ts';

type Told = Pick<EvidenceDraft, 'kind' | 'subject' | 'observation' | 'workloads' | 'strength'> & {
  readonly data: EvidenceData;
};

const eventsMax = 60;
const changesMax = 80;

/** Turns an answer into drafts, each told in its own words; an answer that holds nothing into none. */
export const drafts = <T extends EvidenceData>(
  answer: Answer<readonly T[]>,
  windows: CollectWindows,
  tell: (value: T) => Told,
): readonly EvidenceDraft[] =>
  (heldBy(answer) ?? []).map((value) => ({
    ...tell(boundedData(value)),
    window: windows.window,
    query: answer.query,
    ...(answer.outcome === 'found' && answer.link !== undefined ? { link: answer.link } : {}),
    outcome: 'found',
  }));

/** Drafts of every workload's rollout. */
export const workloadDrafts = (answer: Answer<readonly WorkloadData[]>, windows: CollectWindows) =>
  drafts(answer, windows, (raw) => {
    const data = maskWorkload(raw, limits.observationCharsMax);
    return {
      kind: 'object',
      subject: shortName(data.workload),
      observation: observeWorkload(data),
      data,
      workloads: [data.workload.name],
      strength: workloadStrength(data),
    };
  });

/** Ports that pods do not declare are mostly a fault; now and then only nobody wrote them down. */
const astrayStrength = 0.9;

/** Drafts of every Service and what it finds. */
export const serviceDrafts = (
  answer: Answer<readonly ServiceData[]>,
  windows: CollectWindows,
  workloads: readonly WorkloadData[],
) =>
  drafts(answer, windows, (data) => ({
    kind: 'object',
    subject: shortName(data.service),
    observation: observeService(data),
    data,
    workloads: data.expected.length > 0 ? data.expected : [data.service.name],
    strength: isLost(data) ? 1 : leadsAstray(data, workloads) ? astrayStrength : 0.15,
  }));

/** Names of the pods and revisions that are in trouble now: their events explain it, while all others may be old stories. */
export const troubledNames = (workloads: readonly WorkloadData[]): ReadonlySet<string> =>
  new Set(
    workloads.flatMap(({ pods, revisions }) => [
      ...pods.filter(({ ready }) => !ready).map(({ name }) => name),
      ...revisions.filter(({ failure }) => failure !== undefined).map(({ name }) => name),
    ]),
  );

const newestEvents = (
  answer: Answer<readonly EventData[]>,
  troubled: ReadonlySet<string>,
): Answer<readonly EventData[]> => {
  if (answer.outcome !== 'found') return answer;
  const rank = ({ type, lastSeenAt, object }: EventData): string =>
    `${type === 'Warning' && troubled.has(object.name) ? 2 : type === 'Warning' ? 1 : 0} ${lastSeenAt}`;
  return { ...answer, value: answer.value.toSorted((a, b) => (rank(a) < rank(b) ? 1 : -1)).slice(0, eventsMax) };
};

/** Drafts of the newest events: warnings about what is in trouble now first, then other warnings. */
export const eventDrafts = (
  answer: Answer<readonly EventData[]>,
  windows: CollectWindows,
  known: { readonly workloads: readonly string[]; readonly troubled: ReadonlySet<string> },
) =>
  drafts(newestEvents(answer, known.troubled), windows, (raw) => {
    const data = maskEvent(raw, limits.observationCharsMax);
    return {
      kind: 'event',
      subject: shortName(data.object),
      observation: observeEvent(data),
      data,
      workloads: [ownerOf(data.object.name, known.workloads) ?? data.object.name],
      strength: data.type !== 'Warning' ? 0.1 : known.troubled.has(data.object.name) ? 0.7 : 0.5,
    };
  });

const changeStrength = ({ changes }: ChangeData, windows: CollectWindows): number => {
  const [first] = changes;
  if (first === undefined || first.manager === botManager) return 0.05;
  const beforeMs = Date.parse(windows.window.from) - Date.parse(first.at);
  // What was changed just before or during the trouble is a suspect; what was changed half an hour earlier hardly is.
  return beforeMs <= 0 ? 0.95 : Math.max(0.2, 0.9 * (1 - beforeMs / limits.changeLookbackMs));
};

const newestChanges = (answer: Answer<readonly ChangeData[]>): Answer<readonly ChangeData[]> =>
  answer.outcome === 'found' ? { ...answer, value: answer.value.slice(-changesMax) } : answer;

/** Drafts of what the flight recorder saw change before and during the trouble. */
export const changeDrafts = (
  answer: Answer<readonly ChangeData[]>,
  windows: CollectWindows,
  workloads: readonly string[],
) =>
  drafts(newestChanges(answer), windows, (raw) => {
    const data: ChangeData = { kind: 'change', changes: raw.changes.map(maskChange) };
    const names = [...new Set(data.changes.map(({ object }) => ownerOf(object.name, workloads) ?? object.name))];
    return {
      kind: 'change',
      subject: changeSubject(data),
      observation: observeChange(data),
      data,
      workloads: names,
      strength: changeStrength(data, windows),
    };
  });

import { counted } from '../domain/counted.ts';
import type { Evidence } from '../domain/evidence.ts';
import { contentHash } from './content-hash.ts';

/** A piece of evidence before it has a number. `workloads` are those that it speaks of; `strength` 0..1 says how much it tells. */
export interface EvidenceDraft extends Omit<Evidence, 'id' | 'hash'> {
  readonly workloads: readonly string[];
  readonly strength: number;
}

/** Hops from the incident's subject; an unknown workload is far away. */
export type Distances = ReadonlyMap<string, number>;

const farAway = 6;
const healthyMax = 0.1;
const foldFromHops = 3;

const distanceOf = (draft: EvidenceDraft, distances: Distances): number =>
  draft.workloads.length === 0
    ? 0
    : draft.workloads.reduce((least, workload) => Math.min(least, distances.get(workload) ?? farAway), farAway);

// Connections are measured of a few stores only, and the database specialist looks at every one of them, however far.
const isHealthySignal = ({ kind, outcome, strength, data }: EvidenceDraft): boolean =>
  kind === 'metric' &&
  outcome === 'found' &&
  strength <= healthyMax &&
  !(data?.kind === 'metric' && data.signal === 'connections');

const summaryOf = (subject: string, drafts: readonly EvidenceDraft[]): EvidenceDraft | undefined => {
  const [first] = drafts;
  if (first === undefined) return undefined;
  return {
    kind: 'metric',
    subject,
    window: first.window,
    // Any of their queries will do, as long as it is always the same one.
    query: drafts.map(({ query }) => query).reduce((least, query) => (query < least ? query : least)),
    outcome: 'found',
    observation: `${counted(drafts.length, 'signal')} of ${subject} ${drafts.length === 1 ? 'was' : 'were'} looked at, and nothing is unusual.`,
    workloads: [subject],
    strength: healthyMax / 2,
  };
};

/** Replaces the healthy signals of workloads at least so many hops away by one sentence a workload. */
const foldHealthy = (
  drafts: readonly EvidenceDraft[],
  distances: Distances,
  hops: number,
): readonly EvidenceDraft[] => {
  const folds = (draft: EvidenceDraft): boolean => isHealthySignal(draft) && distanceOf(draft, distances) >= hops;
  const bySubject = new Map<string, EvidenceDraft[]>();
  for (const draft of drafts.filter(folds)) {
    const subject = draft.workloads[0] ?? draft.subject;
    const known = bySubject.get(subject);
    if (known === undefined) bySubject.set(subject, [draft]);
    else known.push(draft);
  }
  const summaries = [...bySubject].flatMap(([subject, folded]) => summaryOf(subject, folded) ?? []);
  return [...drafts.filter((draft) => !folds(draft)), ...summaries];
};

const fold = (drafts: readonly EvidenceDraft[], distances: Distances, max: number): readonly EvidenceDraft[] => {
  let folded = drafts;
  for (let hops = foldFromHops; hops >= 0; hops -= 1) {
    folded = foldHealthy(drafts, distances, hops);
    if (folded.length <= max) break;
  }
  return folded;
};

/** What says nothing comparable says nothing. */
const strengthOf = ({ strength }: EvidenceDraft): number =>
  Number.isFinite(strength) ? Math.min(1, Math.max(0, strength)) : 0;

const byText = (left: string, right: string): number => (left === right ? 0 : left < right ? -1 : 1);

/** Observations that read alike still have one order, whichever came first. */
const byData = (left: { readonly draft: EvidenceDraft }, right: { readonly draft: EvidenceDraft }): number =>
  byText(JSON.stringify(left.draft), JSON.stringify(right.draft));

const numbered = (
  { workloads: _workloads, strength: _strength, ...content }: EvidenceDraft,
  index: number,
): Evidence => {
  const evidence = { id: `E${index + 1}`, ...content };
  return { ...evidence, hash: contentHash(evidence) };
};

/**
 * Numbers evidence E1, E2, ... strongest and nearest to the subject first, the same input always in the same order.
 * Healthy signals far away are summed up in a sentence a workload; at most `max` pieces are kept.
 */
export const rankEvidence = (
  drafts: readonly EvidenceDraft[],
  scope: { readonly distances: Distances; readonly max: number },
): readonly Evidence[] =>
  fold(drafts, scope.distances, scope.max)
    .map((draft) => ({
      draft,
      weight: strengthOf(draft) / (1 + 0.5 * distanceOf(draft, scope.distances)),
      key: `${draft.kind} ${draft.subject} ${draft.observation} ${draft.query}`,
    }))
    .toSorted((left, right) => right.weight - left.weight || byText(left.key, right.key) || byData(left, right))
    .slice(0, scope.max)
    .map(({ draft }, index) => numbered(draft, index));

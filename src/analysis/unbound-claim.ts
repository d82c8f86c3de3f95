import type { LabelDemand } from '../domain/pod-template.ts';
import type { ClaimData, VolumeData } from '../domain/surroundings.ts';
import type { Scene, Seen } from './scene.ts';

/** Why no volume takes a claim, in one word, and the sentence for it. */
export interface Unbound {
  readonly claim: Seen<ClaimData>;
  readonly flaw: 'class' | 'mode' | 'capacity' | 'selector' | 'occupied' | 'nothing';
  readonly why: string;
  /** Ids of volumes and events that show it. */
  readonly evidence: readonly string[];
}

const carries = (labels: Readonly<Record<string, string>>, { key, operator, values }: LabelDemand): boolean => {
  const value = labels[key];
  if (operator === 'In') return value !== undefined && values.includes(value);
  return operator === 'Exists' ? value !== undefined : true;
};

type Flaw = Unbound['flaw'];

const isFree = (claim: ClaimData, { claim: holder, phase }: VolumeData): boolean =>
  holder === undefined || (holder === `${claim.claim.namespace ?? ''}/${claim.claim.name}` && phase !== 'Released');

type Condition = (claim: ClaimData, volume: VolumeData) => boolean;

/** The volume controller's own conditions for binding. */
const conditions: readonly (readonly [Flaw, Condition])[] = [
  ['class', (claim, volume) => (claim.storageClass ?? '') === (volume.storageClass ?? '')],
  ['mode', (claim, volume) => claim.accessModes.every((mode) => volume.accessModes.includes(mode))],
  ['capacity', (claim, volume) => (claim.requestedBytes ?? 0) <= (volume.capacityBytes ?? Number.POSITIVE_INFINITY)],
  ['selector', (claim, volume) => (claim.selector ?? []).every((demand) => carries(volume.labels, demand))],
  ['occupied', isFree],
];

/** What keeps a volume from a claim. */
const flawsOf = (claim: ClaimData, volume: VolumeData): readonly Flaw[] =>
  conditions.filter(([, holds]) => !holds(claim, volume)).map(([flaw]) => flaw);

/** The words of the volume controller for each flaw. */
const told: readonly (readonly [RegExp, Flaw])[] = [
  [/storageclass\S* "?[^"]*"? not found|storageClassName does not match/i, 'class'],
  [/incompatible access ?mode|accessmodes?/i, 'mode'],
  [/too small|insufficient capacity/i, 'capacity'],
  [/already bound to a different claim/i, 'occupied'],
  [/no (?:persistent )?volume.*selector|selector/i, 'selector'],
];

const sentences: Readonly<Record<Flaw, string>> = {
  class: 'no volume is of the storage class that it asks for',
  mode: 'no volume offers the access mode that it asks for',
  capacity: 'no volume is as large as it asks for',
  selector: 'no volume carries the labels that it asks for',
  occupied: 'the volume that fits is bound to, or still kept for, another claim',
  nothing: 'no volume is offered to it',
};

/** The claim of the workload that is not bound, and why; undefined when all are, or none is known. */
export const unboundClaimOf = (scene: Scene, workload: string): Unbound | undefined => {
  const claim = scene.claims(workload).find(({ data }) => data.phase === 'Pending' || data.phase === 'Lost');
  if (claim === undefined) return undefined;
  const events = scene.context.evidence.flatMap(({ id, data }) =>
    data?.kind === 'event' && data.object.kind === 'PersistentVolumeClaim' && data.object.name === claim.data.claim.name
      ? [{ id, data }]
      : [],
  );
  // The volume that lacks least is the one that was meant.
  const [nearest] = scene.volumes
    .map((volume) => ({ volume, flaws: flawsOf(claim.data, volume.data) }))
    .toSorted((left, right) => left.flaws.length - right.flaws.length);
  const words = events.map(({ data }) => data.message).join(' ');
  const flaw = told.find(([phrase]) => phrase.test(words))?.[1] ?? nearest?.flaws[0] ?? 'nothing';
  const ids = [...(nearest === undefined ? [] : [nearest.volume.id]), ...events.map(({ id }) => id)];
  return {
    claim,
    flaw,
    why: `claim ${claim.data.claim.name} is ${claim.data.phase}: ${sentences[flaw]}`,
    evidence: ids,
  };
};

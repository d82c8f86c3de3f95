import type { AuditRecord } from '../../../domain/audit.ts';
import type { CaseFile, CaseSummary } from '../../../domain/case-file.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { numberAt, objectAt, textAt, textsAt } from '../../../domain/json-read.ts';
import { wholeJson } from '../../../domain/whole-json.ts';
import { statusOf } from './incident-status.ts';
import { leanFile, leanSummary } from './lean-file.ts';
import { pack, unpack } from './packed.ts';
import { labels, notes, storeVersion } from './store-names.ts';

/** What is kept of an Incident between reading it and replacing it. */
export interface HeldIncident {
  readonly version: number;
  readonly metadata: JsonObject;
  /** The newest part of the chain, and how many full parts went before it. */
  readonly chain: readonly AuditRecord[];
  readonly parts: number;
}

/** The name of the object of a case. */
export const incidentName = (uid: string): string => uid.toLowerCase();

const bounded = (text: string, charsMax: number): string => text.slice(0, charsMax);

const specOf = (file: CaseFile, packed: { file: string; journal: string; parts: number }): JsonObject => {
  const { incident } = file;
  const { suspect } = incident;
  return {
    number: incident.number,
    title: bounded(incident.title, 300),
    severity: incident.severity,
    namespace: bounded(incident.namespace, 63),
    ...(suspect === undefined ? {} : { suspect: `${suspect.kind}/${suspect.name}` }),
    openedAt: incident.openedAt,
    version: file.version,
    file: packed.file,
    journal: packed.journal,
    ...(packed.parts === 0 ? {} : { journalParts: packed.parts }),
  };
};

/** The Incident of a case, bounded in size, and the case file as it can be read again. What others wrote into the metadata is kept. */
export const incidentObject = async (
  whole: CaseFile,
  held: Pick<HeldIncident, 'metadata' | 'chain' | 'parts'>,
  namespace: string,
): Promise<{ readonly object: JsonObject; readonly file: CaseFile }> => {
  const { file, packed } = await leanFile(wholeJson(whole));
  const journal = await pack(held.chain);
  const { uid, number } = file.incident;
  const isOpen = file.rememberedAt === undefined;
  const metadata: JsonObject = {
    ...held.metadata,
    name: incidentName(uid),
    namespace,
    labels: { ...textsAt(held.metadata, 'labels'), [labels.number]: `${number}`, [labels.open]: `${isOpen}` },
    annotations: { ...textsAt(held.metadata, 'annotations'), [notes.summary]: await leanSummary(file) },
  };
  const spec = specOf(file, { file: packed, journal, parts: held.parts });
  return { object: { apiVersion: storeVersion, kind: 'Incident', metadata, spec, status: statusOf(file) }, file };
};

/** The case file of an Incident. */
export const fileOf = (object: JsonObject): Promise<CaseFile> => unpack<CaseFile>(textAt(object, 'spec', 'file'));

/** The newest part of the chain that an Incident carries. */
export const chainOf = async (object: JsonObject): Promise<readonly AuditRecord[]> => {
  const packed = textAt(object, 'spec', 'journal');
  return packed === '' ? [] : unpack<readonly AuditRecord[]>(packed);
};

/** How many full parts of its chain an Incident left behind as records. */
export const partsOf = (object: JsonObject): number => numberAt(object, 'spec', 'journalParts') ?? 0;

/** What is needed to replace an Incident. */
export const heldOf = async (object: JsonObject): Promise<HeldIncident> => ({
  version: numberAt(object, 'spec', 'version') ?? 0,
  metadata: objectAt(object, 'metadata'),
  chain: await chainOf(object),
  parts: partsOf(object),
});

/** The summary that an Incident's metadata carry; undefined when there is none that can be read. */
export const summaryIn = async (object: JsonObject): Promise<CaseSummary | undefined> => {
  const packed = textAt(object, 'metadata', 'annotations', notes.summary);
  return packed === '' ? undefined : unpack<CaseSummary>(packed).catch(() => undefined);
};

/** The Incident with another newest part of its chain, and everything else as it is. */
export const withChain = async (
  object: JsonObject,
  { chain, parts }: Pick<HeldIncident, 'chain' | 'parts'>,
): Promise<JsonObject> => ({
  ...object,
  spec: { ...objectAt(object, 'spec'), journal: await pack(chain), journalParts: parts },
});

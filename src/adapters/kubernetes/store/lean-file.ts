import { contentHash } from '../../../analysis/content-hash.ts';
import { BotError } from '../../../domain/bot-error.ts';
import { type CaseFile, type CaseSummary, summaryOf } from '../../../domain/case-file.ts';
import type { Evidence, EvidenceData } from '../../../domain/evidence.ts';
import type { CaseAlert } from '../../../domain/incident.ts';
import { limits } from '../../../limits.ts';
import { pack } from './packed.ts';

/** Characters of a packed case file: with the journal and the summary an object stays under 900 kB, and etcd takes 1.5 MB. */
export const fileCharsMax = 700_000;

/** Characters of a packed summary: it is an annotation, and all of an object's annotations may hold 256 KiB. */
const summaryCharsMax = 100_000;

/** What a text may keep once there is no room. */
const clippedCharsMax = 120;

const clip = (text: string): string =>
  text.length <= clippedCharsMax ? text : `${text.slice(0, clippedCharsMax - 1)}\u2026`;

const clippedTexts = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(texts)
      .slice(0, limits.labelsMax)
      .map(([name, text]) => [name, clip(text)]),
  );

const clippedAlert = (alert: CaseAlert): CaseAlert => ({
  ...alert,
  labels: clippedTexts(alert.labels),
  annotations: clippedTexts(alert.annotations),
});

/** The evidence with less in it, said in its observation; its hash is of what is left. */
const shortened = (evidence: Evidence, what: string, data: EvidenceData | undefined): Evidence => {
  const { hash: _hash, data: _data, ...rest } = evidence;
  const note = ` (${what} left out: the case file had grown too large)`;
  const told = evidence.observation.includes(note)
    ? evidence.observation
    : `${evidence.observation.slice(0, limits.observationCharsMax - note.length)}${note}`;
  const shorter = { ...rest, observation: told, ...(data === undefined ? {} : { data }) };
  return { ...shorter, hash: contentHash(shorter) };
};

type Shed = (evidence: Evidence) => Evidence;

const withPoints =
  (pointsMax: number): Shed =>
  (evidence) => {
    const { data } = evidence;
    if (data?.kind !== 'metric' || data.points.length <= pointsMax) return evidence;
    const points = pointsMax === 0 ? [] : data.points.slice(-pointsMax);
    return shortened(evidence, pointsMax === 0 ? 'raw points' : 'older raw points', { ...data, points });
  };

const withoutExamples: Shed = (evidence) => {
  const { data } = evidence;
  if (data?.kind !== 'log' || data.patterns.every(({ example }) => example === '')) return evidence;
  const patterns = data.patterns.map((pattern) => ({ ...pattern, example: '' }));
  return shortened(evidence, 'examples', { ...data, patterns });
};

const withoutData: Shed = (evidence) =>
  evidence.data === undefined ? evidence : shortened(evidence, 'measurements', undefined);

const onEvidence =
  (shed: Shed) =>
  (file: CaseFile): CaseFile => {
    const evidence = file.context?.evidence.map(shed);
    const isSame = evidence?.every((one, index) => one === file.context?.evidence[index]) ?? true;
    return file.context === undefined || evidence === undefined || isSame
      ? file
      : { ...file, context: { ...file.context, evidence } };
  };

/** What goes first when a case file has no room: what people read last. */
const sheddings: readonly ((file: CaseFile) => CaseFile)[] = [
  onEvidence(withPoints(60)),
  onEvidence(withPoints(20)),
  onEvidence(withPoints(0)),
  onEvidence(withoutExamples),
  (file) => ({ ...file, alerts: file.alerts.map(clippedAlert) }),
  onEvidence(withoutData),
];

/** The case file in a form that fits into one object, packed. Throws BotError `too_large` when nothing helps. */
export const leanFile = async (file: CaseFile): Promise<{ readonly file: CaseFile; readonly packed: string }> => {
  let lean = file;
  let packed = await pack(lean);
  for (const shed of sheddings) {
    if (packed.length <= fileCharsMax) break;
    const next = shed(lean);
    if (next !== lean) packed = await pack(next);
    lean = next;
  }
  if (packed.length > fileCharsMax) {
    throw new BotError(
      'too_large',
      `case ${file.incident.uid} does not fit into the store (${packed.length} characters)`,
    );
  }
  return { file: lean, packed };
};

const withoutDiffs = (summary: CaseSummary): CaseSummary => ({
  ...summary,
  attempts: summary.attempts.map((attempt) =>
    attempt.review === undefined ? attempt : { ...attempt, review: { ...attempt.review, diff: '' } },
  ),
});

const summarySheddings: readonly ((summary: CaseSummary) => CaseSummary)[] = [
  withoutDiffs,
  (summary) => ({ ...summary, alerts: summary.alerts.map((alert) => clippedAlert({ ...alert, annotations: {} })) }),
  (summary) => ({ ...summary, alerts: summary.alerts.map((alert) => ({ ...alert, labels: {} })) }),
];

/** The summary of a case, packed, small enough for an annotation. Throws BotError `too_large` when nothing helps. */
export const leanSummary = async (file: CaseFile): Promise<string> => {
  let summary = summaryOf(file);
  let packed = await pack(summary);
  for (const shed of summarySheddings) {
    if (packed.length <= summaryCharsMax) return packed;
    summary = shed(summary);
    packed = await pack(summary);
  }
  if (packed.length <= summaryCharsMax) return packed;
  throw new BotError('too_large', `the summary of case ${file.incident.uid} does not fit into the store`);
};

import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { labelsOf } from './cob-labels.ts';
import { readSnapshot, type Snapshot } from './cob-world.ts';
import { caseIdsIn } from './recorded-about.ts';
import type { Diagnosis, Prediction, RecordedCase, RecordedSet, SetKind } from './recorded-set.ts';

const caseOf = (id: string, snapshot: Snapshot): RecordedCase => ({
  id,
  title: snapshot.symptom,
  namespace: snapshot.namespace,
  alertAtMs: snapshot.alertAtMs,
  nowMs: snapshot.nowMs,
  senses: snapshot.senses,
});

const distinct = (predictions: readonly Prediction[]): readonly Prediction[] => [
  ...new Map(predictions.map((prediction) => [JSON.stringify(prediction), prediction])).values(),
];

/** The verdict's cause first, then every hypothesis by its confidence, in the words of the recording. */
const predictionsOf = ({ namespace, verdict, findings }: Diagnosis): readonly Prediction[] => {
  const hypotheses = findings.flatMap((finding) => finding.hypotheses).toSorted((a, b) => b.confidence - a.confidence);
  const causes = [...(verdict.cause === undefined ? [] : [verdict.cause]), ...hypotheses.map(({ cause }) => cause)];
  return distinct(causes.flatMap((cause) => labelsOf(cause, namespace)));
};

const openSet = (folder: string): RecordedSet => {
  return {
    name: basename(folder),
    ids: caseIdsIn(folder),
    open: (id) => caseOf(id, readSnapshot(join(folder, 'cases', id))),
    predictions: predictionsOf,
    named: (diagnosis) => {
      const [first] = predictionsOf(diagnosis);
      return typeof first === 'object' ? first.root_cause : first;
    },
    baselines: {},
  };
};

/** Snapshots of a cluster in trouble, as kubectl printed them. */
export const cobKind: SetKind = {
  name: 'cob',
  matches: (folder) => {
    const about = join(folder, 'set.json');
    return (
      basename(folder).startsWith('cob-') || (existsSync(about) && /Cloud-OpsBench/i.test(readFileSync(about, 'utf8')))
    );
  },
  open: openSet,
};

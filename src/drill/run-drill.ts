import { setTimeout as pause } from 'node:timers/promises';
import type { Bot } from '../main.ts';
import { applyInject, restore, type Undo } from './apply-inject.ts';
import { approveAsPerson } from './approve-as-person.ts';
import { checkField } from './check-fields.ts';
import type { Drill, DrillObject } from './drill-file.ts';
import {
  type DrillResult,
  drillResult,
  judgeCases,
  mainCase,
  phasesOf,
  unfinishedWords,
  writesOf,
} from './drill-result.ts';
import { judgeCluster } from './judge-cluster.ts';
import { type Played, playIncident } from './play-incident.ts';
import { keyOf, type Snapshot, sameContent, takeSnapshot, unsettled } from './snapshot.ts';
import type { Stage } from './stage.ts';
import { startDrillBot } from './start-drill-bot.ts';

/** After the last word of the bot the cluster may still be about to settle; what is not well then counts. */
const settleMsMax = 15_000;
const lookEveryMs = 500;
const defaultNamespace = 'online-boutique';

const targetsOf = (drill: Drill): readonly DrillObject[] =>
  drill.inject.flatMap((step): readonly DrillObject[] => {
    if (step.create !== undefined) {
      const { apiVersion, kind, metadata } = step.create;
      return [
        {
          apiVersion,
          kind,
          name: metadata.name,
          ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
        },
      ];
    }
    const target = step.patch ?? step.delete;
    return target === undefined ? [] : [target];
  });

/** The namespaces that a drill is about, the application's own first. */
export const namespacesOf = (drill: Drill): readonly [string, ...string[]] => {
  const told = [
    ...drill.alert.map(({ labels }) => labels.namespace),
    ...targetsOf(drill).map(({ namespace }) => namespace),
  ].filter((name) => name !== undefined && name !== '') as string[];
  const [first = defaultNamespace, ...others] = [...new Set(told)];
  return [first, ...others];
};

/** Keys of what the injection names: with its namespace, and for kinds without one also bare. */
const targetKeys = (drill: Drill): ReadonlySet<string> => {
  const [home] = namespacesOf(drill);
  return new Set(
    targetsOf(drill).flatMap((target) => [
      keyOf({ ...target, namespace: target.namespace ?? home }),
      keyOf({ kind: target.kind, name: target.name }),
    ]),
  );
};

/** One drill on its stage, while it is played. */
interface Rehearsal {
  readonly drill: Drill;
  readonly stage: Stage;
  readonly bot: Bot;
  readonly before: Snapshot;
}

const worldFailures = async (rehearsal: Rehearsal, injected: Snapshot): Promise<readonly string[]> => {
  const { drill, stage, before } = rehearsal;
  const after = await takeSnapshot(stage.api);
  const fields = await Promise.all(
    drill.expect.fields.map(async (field) => checkField(field, await stage.api.get(field.object))),
  );
  return [
    ...judgeCluster({
      before,
      injected,
      after,
      namespaces: namespacesOf(drill),
      targets: targetKeys(drill),
      expected: drill.expect.outcome,
    }),
    ...fields.filter((failure) => failure !== null),
  ];
};

/** The oracle's last word: what is still wrong when the cluster had its time to settle. */
const untilWell = async (rehearsal: Rehearsal, injected: Snapshot): Promise<readonly string[]> => {
  for (const deadline = Date.now() + settleMsMax; ; await pause(lookEveryMs)) {
    const failures = await worldFailures(rehearsal, injected);
    if (failures.length === 0 || Date.now() >= deadline) return failures;
  }
};

const resultOf = async (rehearsal: Rehearsal, played: Played, failures: readonly string[]): Promise<DrillResult> => {
  const { drill, stage, bot } = rehearsal;
  const writes = (stage.auditedWrites() ?? writesOf(played.files)).length;
  const file = mainCase(played.files, drill.expect);
  const shown = file === undefined ? [] : await bot.shown(file);
  const late = played.isOver
    ? []
    : [`not at its end after ${drill.timeoutSeconds} s: ${unfinishedWords(played.files)}`];
  return drillResult({
    drill,
    files: played.files,
    phasesMs: phasesOf(file, shown, played.alertAt),
    writes,
    failures: [...late, ...judgeCases(played.files, writes, drill.expect), ...failures],
  });
};

const play = async (rehearsal: Rehearsal, undone: (undo: Undo) => void): Promise<DrillResult> => {
  const { drill, stage, bot } = rehearsal;
  await applyInject(stage, drill.inject, undone);
  const injected = await takeSnapshot(stage.api);
  const sendHome = approveAsPerson(bot, stage.slack);
  try {
    const played = await playIncident(bot, drill);
    return await resultOf(rehearsal, played, await untilWell(rehearsal, injected));
  } finally {
    sendHome();
  }
};

/** Puts the cluster back for the next drill, as well as it goes: what was injected in reverse, then what the bot changed. */
const tidyUp = async ({ stage, before, drill }: Rehearsal, undos: readonly Undo[]): Promise<void> => {
  for (const undo of undos.toReversed()) await undo().catch(() => undefined);
  const namespaces = namespacesOf(drill);
  const now = await takeSnapshot(stage.api);
  for (const [key, was] of before) {
    const inside = namespaces.some((namespace) => key.includes(` ${namespace}/`));
    if (inside && !sameContent(was, now.get(key))) await restore(stage.api, was).catch(() => undefined);
  }
  for (const deadline = Date.now() + 2 * settleMsMax; Date.now() < deadline; await pause(lookEveryMs)) {
    const after = await takeSnapshot(stage.api);
    const open = [...before].filter(
      ([key, was]) => unsettled(was) === null && unsettled(after.get(key) ?? {}) !== null,
    );
    if (open.length === 0) return;
  }
};

const unplayed = (drill: Drill, failure: string): DrillResult =>
  drillResult({ drill, files: [], phasesMs: phasesOf(undefined, [], ''), writes: 0, failures: [failure] });

/** Plays one drill from beginning to end with a bot of its own, and leaves the stage as it was where it is kept. Never rejects. */
export const runDrill = async (
  drill: Drill,
  openStage: (namespace: string) => Promise<Stage>,
): Promise<DrillResult> => {
  const namespaces = namespacesOf(drill);
  let stage: Stage | undefined;
  let rehearsal: Rehearsal | undefined;
  const undos: Undo[] = [];
  try {
    stage = await openStage(namespaces[0]);
    const bot = await startDrillBot(stage, namespaces);
    rehearsal = { drill, stage, bot, before: await takeSnapshot(stage.api) };
    return await play(rehearsal, (undo) => undos.push(undo));
  } catch (error) {
    return unplayed(drill, error instanceof Error ? error.message : String(error));
  } finally {
    await rehearsal?.bot.stop();
    if (stage?.isKept === true && rehearsal !== undefined) await tidyUp(rehearsal, undos).catch(() => undefined);
    await stage?.close();
  }
};

import type { Context } from '../../../src/domain/context.ts';
import type { Mode } from '../../../src/domain/mode.ts';
import type { Verdict } from '../../../src/domain/verdict.ts';
import { createRoad } from '../../../src/flow/create-road.ts';
import { createDesk } from '../../../src/flow/desk.ts';
import { createEndingSteps } from '../../../src/flow/ending-steps.ts';
import { createCollectStep, createDeliberateStep, createInvestigateStep } from '../../../src/flow/investigate.ts';
import { createModeKeeper } from '../../../src/flow/mode-keeper.ts';
import { createProposeStep } from '../../../src/flow/propose.ts';
import { createReconciler } from '../../../src/flow/reconcile.ts';
import { createRemedySteps } from '../../../src/flow/remedy-steps.ts';
import type { RoadTools } from '../../../src/flow/road.ts';
import { createSortOutStep } from '../../../src/flow/sort-out.ts';
import type { AlertInbox } from '../../../src/ports/alert-inbox.ts';
import type { Answer } from '../../../src/ports/answer.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Cluster } from '../../../src/ports/cluster.ts';
import type { Desk } from '../../../src/ports/desk.ts';
import type { MemoryShelf } from '../../../src/ports/memory-shelf.ts';
import type { Metrics } from '../../../src/ports/metrics.ts';
import type { Model, ModelAnswer } from '../../../src/ports/model.ts';
import { aContext, aFinding } from '../../fakes/cases.ts';
import { silentLog } from '../../fakes/clock.ts';
import {
  createModelWriter,
  type ModelCluster,
  rolloutsOf,
  shownAs,
  type Written,
  workloadNames,
} from './model-cluster.ts';
import { createModelActions, type RemedyName } from './model-remedies.ts';
import { createModelInbox, createModelJournal, createModelStore, type Durable, type OnPage } from './model-store.ts';
import { approverIds } from './rules.ts';
import { createTurns, type Turns } from './turns.ts';

const namespace = 'online-boutique';

/** What the outside says to whoever asks; it outlives every process. */
export interface Outside {
  readonly durable: Durable;
  readonly cluster: ModelCluster;
  readonly clock: Clock;
  readonly remedies: readonly RemedyName[];
  /** What the director finds at each look, in turn. */
  readonly verdict: () => Verdict;
  readonly firstMode: Mode;
  /** A second loop works on the same cases. */
  readonly rival: boolean;
  readonly uid: () => string;
  readonly random: () => number;
  readonly onPage: OnPage;
  readonly onWritten: (written: Written) => void;
  readonly onRelease: (label: string) => void;
}

/** One life of the process: two loops over the same store, one intake, one desk, one mode. */
export interface Life {
  readonly turns: Turns;
  readonly desk: Desk;
  readonly inbox: AlertInbox;
  readonly mode: () => Mode;
  /** The model gives no answer: watchtower mode is forced. */
  failInference(): Promise<void>;
  start(): Promise<void>;
  /** A start that failed ends the process. */
  hasFailed(): boolean;
}

const found = <T>(value: T): Answer<T> => ({ outcome: 'found', value, query: 'q' });

const clusterFor = ({ cluster }: Outside, turns: Turns): Cluster => {
  const all = () => [...cluster.objects.values()].map(shownAs);
  const context = contextAt('');
  return {
    workloads: () =>
      turns.take('rollouts', () =>
        cluster.silentFor > 0 ? { outcome: 'unreachable', query: 'q', reason: 'away' } : found(rolloutsOf(cluster)),
      ),
    services: async () => ({ outcome: 'empty', query: 'q' }),
    topology: async () => found(context.topology),
    object: ({ name }) =>
      turns.take('object', () => {
        const object = cluster.objects.get(name);
        return object === undefined ? { outcome: 'empty', query: 'q' } : found(shownAs(object));
      }),
    objects: async ({ kind }) => (kind === 'Deployment' ? found(all()) : { outcome: 'empty', query: 'q' }),
  } satisfies Partial<Cluster> as unknown as Cluster;
};

const metricsFor = ({ cluster }: Outside): Metrics =>
  ({
    series: async () => ({ outcome: 'empty', query: 'q' }),
    units: async () => ({ outcome: 'empty', query: 'q' }),
    activeAlerts: async () =>
      cluster.health === 'well'
        ? { outcome: 'empty', query: 'q' }
        : found([{ name: 'WorkloadErrorsHigh', labels: { namespace } }]),
  }) satisfies Partial<Metrics> as unknown as Metrics;

const contextAt = (at: string): Context => ({
  ...aContext,
  at,
  topology: {
    workloads: workloadNames.map((name) => ({ namespace, kind: 'Deployment', name })),
    edges: [{ from: 'frontend', to: 'cartservice' }],
  },
});

const memoryFor = (turns: Turns): MemoryShelf => ({
  remember: () => turns.take('remember', () => undefined),
  recall: async () => [],
});

const ill: ModelAnswer = { kind: 'failed', reason: 'no answer', tookMs: 60_000 };

const meter = { count: () => undefined, observe: () => undefined, set: () => undefined };
const policy = { autoApproveSeconds: 60, approvalExpirySeconds: 600, verifySeconds: 60, verifyStableSeconds: 6 };

const modesFor = (outside: Outside, turns: Turns, tools: RoadTools) => {
  let answer: ModelAnswer = { kind: 'answered', value: {}, tookMs: 1 };
  const model: Model = { label: 'm', ask: async () => answer, probe: async () => answer };
  const { settings } = outside.durable;
  const modes = createModeKeeper({
    ...tools,
    model,
    settings: {
      get: async (key) => settings.get(key) ?? null,
      set: (key, value) => turns.take('set mode', () => void settings.set(key, value)),
      subscribe: () => () => undefined,
    },
    meter,
    initial: outside.firstMode,
  });
  const failInference = async (): Promise<void> => {
    answer = ill;
    const asked = modes.model.ask({ purpose: 'director', instructions: '', data: '', schema: {} });
    answer = { kind: 'answered', value: {}, tookMs: 1 };
    await asked;
  };
  return { modes, failInference };
};

const stepsFor = (
  outside: Outside,
  process: { turns: Turns; tools: RoadTools; inbox: AlertInbox; mode: () => Mode },
) => {
  const { turns, tools, inbox, mode } = process;
  const { clock, remedies } = outside;
  const cluster = clusterFor(outside, turns);
  const changes = { since: async () => ({ outcome: 'empty', query: 'q' }) as const };
  const memory = memoryFor(turns);
  const senses = { cluster, changes, metrics: metricsFor(outside), logs: { lines: async () => found([]) } };
  const writer = createModelWriter(outside.cluster, turns, { mode, onWritten: outside.onWritten });
  const policies = { policies: async () => found([{ name: 'p', action: 'Deny' as const, ready: true }]) };
  const specialists = (['network', 'database', 'compute'] as const).map((discipline) => ({
    discipline,
    name: discipline,
    analyse: () => turns.take('specialist', () => aFinding(discipline)),
  }));
  return {
    collect: createCollectStep({
      ...tools,
      memory,
      collect: () => turns.take('collect', () => contextAt(clock.now())),
    }),
    investigate: createInvestigateStep({ ...tools, specialists }),
    deliberate: createDeliberateStep({
      ...tools,
      director: { deliberate: () => turns.take('director', () => ({ ...outside.verdict(), at: clock.now() })) },
    }),
    propose: createSortOutStep({
      ...tools,
      inbox,
      propose: createProposeStep({ ...tools, cluster, changes, actions: createModelActions(remedies) }),
    }),
    ...createRemedySteps({
      tools,
      senses: senses as Parameters<typeof createRemedySteps>[0]['senses'],
      hands: { writer, policies, namespaces: [namespace], writesPerTenMinutesMax: 1_000 },
      policy,
      meter,
      mode,
    }),
    ...createEndingSteps({
      tools,
      memory,
      archive: { keep: (uid) => turns.take('archive', () => `${uid}.md`) },
    }),
  };
};

/** Builds a process over what is durable: everything in it is real but the outside. */
export const createLife = (outside: Outside): Life => {
  const turns = createTurns(outside.onRelease);
  const { durable, clock } = outside;
  const tools: RoadTools = {
    cases: createModelStore(durable, turns, outside.onPage),
    journal: createModelJournal(durable, turns, clock.now),
    clock,
    ids: { uid: outside.uid },
    log: silentLog,
  };
  const { modes, failInference } = modesFor(outside, turns, tools);
  const mode = (): Mode => modes.state().effective;
  const inbox = createModelInbox(durable, turns);
  const steps = stepsFor(outside, { turns, tools, inbox, mode });
  const looping = { steps, view: { show: () => undefined }, meter, random: outside.random };
  const senses = { cluster: clusterFor(outside, turns) };
  const road = createRoad({ ...looping, tools, inbox, senses, namespace });
  const rival = createReconciler({ ...looping, ...tools });
  const approvers = {
    check: (userId: string) =>
      turns.take('approvers', () =>
        approverIds.includes(userId) ? ({ allowed: true } as const) : ({ allowed: false, reason: 'no' } as const),
      ),
  };
  let failed = false;
  return {
    turns,
    desk: createDesk({ ...tools, approvers, modes }),
    inbox,
    mode,
    failInference,
    start: async () => {
      await modes.start();
      const fail = (): void => {
        failed = true;
      };
      // Not awaited: each waits for its turns.
      road.start().catch(fail);
      if (outside.rival) rival.start().catch(fail);
      await turns.still();
    },
    hasFailed: () => failed,
  };
};

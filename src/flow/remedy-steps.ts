import type { Mode } from '../domain/mode.ts';
import type { Hands } from '../ports/hands.ts';
import type { Meter } from '../ports/meter.ts';
import { type Ownership, soleOwner } from '../ports/ownership.ts';
import type { Senses } from '../ports/senses.ts';
import { type AskPolicy, createAskStep, createDecideStep } from './ask.ts';
import { createExecuteStep, createUndoStep } from './execute.ts';
import { createGuardFacts, createGuardStep, type GuardDeps } from './guard.ts';
import type { RoadTools } from './road.ts';
import { createLookAgainStep, createVerifyStep, createWatchStep, type VerifyPolicy } from './verify.ts';
import { createVitalSigns } from './vital-signs.ts';
import { createWriteOnce } from './write-once.ts';

/** The steps that weigh, ask, act and check. */
export const createRemedySteps = (deps: {
  readonly tools: RoadTools;
  readonly senses: Senses;
  readonly hands: Hands;
  readonly policy: AskPolicy & VerifyPolicy;
  readonly meter: Meter;
  readonly mode: () => Mode;
  /** Told when a review finds that nobody stands guard. */
  readonly doubt?: GuardDeps['doubt'];
  readonly ownership?: Pick<Ownership, 'owns'>;
}) => {
  const { tools, senses, hands, policy, mode, meter } = deps;
  const vitalSigns = createVitalSigns({ metrics: senses.metrics, cluster: senses.cluster, clock: tools.clock });
  const { doubt } = deps;
  const guarding = { ...tools, ...hands, cluster: senses.cluster, ...(doubt === undefined ? {} : { doubt }) };
  const acting = {
    ...tools,
    writeOnce: createWriteOnce({ writer: hands.writer, owns: (deps.ownership ?? soleOwner).owns }),
    factsFor: createGuardFacts(guarding),
    vitalSigns,
    mode,
    meter,
  };
  const watching = { ...tools, vitalSigns, policy };
  return {
    guard: createGuardStep(guarding),
    ask: createAskStep({ ...tools, policy, mode }),
    decide: createDecideStep({ ...tools, mode }),
    execute: createExecuteStep(acting),
    undo: createUndoStep(acting),
    verify: createVerifyStep(watching),
    watch: createWatchStep(watching),
    'look-again': createLookAgainStep(tools),
  };
};

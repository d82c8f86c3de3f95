import type { ContainerFate, ProbeAnswer } from '../../../world/world.ts';
import {
  type ContainerRuntime,
  type ContainerSite,
  doubled,
  type RunningStage,
  type Termination,
} from './container-runtime.ts';
import { answerBySpec, probeFailure } from './probe-verdict.ts';
import { backOffPull, beginPull, endPull, start } from './start-container.ts';

/** A container that ran for this many times the longest back-off starts with a clean slate. */
const forgivenAfterBackOffs = 2;

const terminate = (
  runtime: ContainerRuntime,
  site: ContainerSite,
  end: Omit<Termination, 'finishedMs'>,
): ContainerRuntime => {
  const last = { ...end, finishedMs: site.nowMs };
  const isOver =
    site.restartPolicy === 'Never' ||
    (site.restartPolicy === 'OnFailure' && end.exitCode === 0 && end.reason !== 'Error');
  const isForgiven = site.nowMs - end.startedMs > forgivenAfterBackOffs * site.timings.crashBackOffMsMax;
  return {
    ...runtime,
    crashBackOffMs: isForgiven ? 0 : runtime.crashBackOffMs,
    previous: runtime.last,
    last,
    stage: isOver
      ? { kind: 'finished', untilMs: Number.POSITIVE_INFINITY }
      : { kind: 'terminated', untilMs: site.nowMs + site.timings.terminatedMs },
  };
};

const restart = (runtime: ContainerRuntime, site: ContainerSite): ContainerRuntime =>
  beginPull({ ...runtime, restarts: runtime.restarts + 1 }, site);

/** The first crash restarts at once; each further one waits longer. */
const afterTermination = (runtime: ContainerRuntime, site: ContainerSite): ContainerRuntime => {
  const { crashBackOffMsMin, crashBackOffMsMax } = site.timings;
  const backOffMs = runtime.crashBackOffMs;
  if (backOffMs === 0) return restart({ ...runtime, crashBackOffMs: crashBackOffMsMin }, site);
  const message = `Back-off restarting failed container ${site.spec.name} in pod ${site.podTitle}`;
  site.say({ type: 'Warning', reason: 'BackOff', message });
  return {
    ...runtime,
    crashBackOffMs: doubled(backOffMs, crashBackOffMsMax),
    stage: { kind: 'crash-back-off', backOffMs, untilMs: site.nowMs + backOffMs },
  };
};

/** What a probe finds now. */
type Finding = 'passes' | 'not-yet' | 'never';

/** A process that is still starting answers nobody, whoever asks. */
const isStarting = (stage: RunningStage, fate: ContainerFate, site: ContainerSite): boolean =>
  fate.kind === 'runs' && fate.readyAfterMs !== null && site.nowMs - stage.startedMs < fate.readyAfterMs;

/** What the readiness probe would find now. Without a probe a running container is ready. */
const readiness = (
  stage: RunningStage,
  fate: ContainerFate,
  { answer, site }: { readonly answer: ProbeAnswer | undefined; readonly site: ContainerSite },
): Finding => {
  if (answer === undefined) return 'passes';
  if (answer.kind !== 'answered') return isStarting(stage, fate, site) ? 'not-yet' : 'never';
  if (fate.kind !== 'runs') return stage.ready ? 'passes' : 'not-yet';
  if (fate.readyAfterMs === null) return 'never';
  return site.nowMs - stage.startedMs >= fate.readyAfterMs ? 'passes' : 'not-yet';
};

const nextLookMs = (stage: RunningStage, fate: ContainerFate, site: ContainerSite): number => {
  const passMs = site.nowMs + site.timings.kubeletPassMs;
  const turnMs = fate.kind === 'exits' ? fate.afterMs : fate.kind === 'runs' ? (fate.readyAfterMs ?? 0) : 0;
  const turnAtMs = stage.startedMs + turnMs;
  return turnAtMs > site.nowMs ? Math.min(passMs, turnAtMs) : passMs;
};

/** Kills a container whose liveness probe finds something else than the application, once it has failed often enough. */
const failLiveness = (runtime: ContainerRuntime, stage: RunningStage, site: ContainerSite): ContainerRuntime | null => {
  const probe = site.spec.livenessProbe;
  if (probe === undefined) return null;
  const answer = site.ask(probe) ?? answerBySpec(probe, site.spec);
  if (answer.kind === 'answered') return null;
  if (site.nowMs - stage.startedMs < (probe.failureThreshold ?? 3) * site.timings.probePeriodMs) return null;
  const failure = `Liveness probe failed: ${probeFailure({ probe, container: site.spec, ip: site.podIp }, answer)}`;
  site.say({ type: 'Warning', reason: 'Unhealthy', message: failure });
  const killing = `Container ${site.spec.name} failed liveness probe, will be restarted`;
  site.say({ type: 'Normal', reason: 'Killing', message: killing });
  return terminate(runtime, site, { exitCode: 137, reason: 'Error', startedMs: stage.startedMs });
};

const reportUnready = (stage: RunningStage, site: ContainerSite, answer: ProbeAnswer): number => {
  const probe = site.spec.readinessProbe;
  if (probe === undefined || site.nowMs - stage.saidMs < site.timings.probePeriodMs) return stage.saidMs;
  const message = `Readiness probe failed: ${probeFailure({ probe, container: site.spec, ip: site.podIp }, answer)}`;
  site.say({ type: 'Warning', reason: 'Unhealthy', message });
  return site.nowMs;
};

/** Looks at a running container: the world may have changed its mind about it. */
const watchOver = (runtime: ContainerRuntime, stage: RunningStage, site: ContainerSite): ContainerRuntime => {
  const runningMs = site.nowMs - stage.startedMs;
  const fate = site.judge(runningMs);
  if (fate.kind === 'exits' && runningMs >= fate.afterMs) {
    return terminate(runtime, site, { exitCode: fate.exitCode, reason: fate.reason, startedMs: stage.startedMs });
  }
  const killed = failLiveness(runtime, stage, site);
  if (killed !== null) return killed;
  const probe = site.spec.readinessProbe;
  const answer = probe === undefined ? undefined : (site.ask(probe) ?? answerBySpec(probe, site.spec));
  const found = readiness(stage, fate, { answer, site });
  const saidMs = found === 'never' && answer !== undefined ? reportUnready(stage, site, answer) : stage.saidMs;
  const untilMs = nextLookMs(stage, fate, site);
  return { ...runtime, stage: { ...stage, ready: found === 'passes', saidMs, untilMs } };
};

/** Takes a container one step further if its time has come; a running one is looked at in any case. */
export const stepContainer = (runtime: ContainerRuntime, site: ContainerSite): ContainerRuntime => {
  const { stage } = runtime;
  if (stage.kind === 'running') return watchOver(runtime, stage, site);
  if (stage.untilMs > site.nowMs) return runtime;
  switch (stage.kind) {
    case 'waiting':
    case 'pull-back-off':
      return beginPull(runtime, site);
    case 'pulling':
      return endPull(runtime, site, stage.startedMs);
    case 'pull-failed':
      return backOffPull(runtime, site, stage.message);
    case 'refused':
      return start(runtime, site);
    case 'terminated':
      return afterTermination(runtime, site);
    case 'crash-back-off':
      return restart(runtime, site);
    case 'finished':
      return runtime;
  }
};

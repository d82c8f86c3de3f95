import { type ContainerRuntime, type ContainerSite, doubled, type Stage } from './container-runtime.ts';

const enter = (runtime: ContainerRuntime, stage: Stage): ContainerRuntime => ({ ...runtime, stage });

/** Takes a container from nothing to its image: at once when the node has it, else by pulling. */
export const beginPull = (runtime: ContainerRuntime, site: ContainerSite): ContainerRuntime => {
  const image = site.spec.image;
  if (site.hasImage()) {
    const message = `Container image "${image}" already present on machine`;
    site.say({ type: 'Normal', reason: 'Pulled', message });
    return start(runtime, site);
  }
  site.say({ type: 'Normal', reason: 'Pulling', message: `Pulling image "${image}"` });
  const { stage } = runtime;
  const failedBefore = stage.kind === 'pull-back-off' ? { failedBefore: stage.message } : {};
  return enter(runtime, {
    kind: 'pulling',
    startedMs: site.nowMs,
    ...failedBefore,
    untilMs: site.nowMs + site.pullMs(),
  });
};

const failPull = (runtime: ContainerRuntime, site: ContainerSite, judged: string): ContainerRuntime => {
  // A judge may give the event's whole sentence; statuses carry the cause alone.
  const opening = `Failed to pull image "${site.spec.image}": `;
  const message = judged.startsWith(opening) ? judged.slice(opening.length) : judged;
  site.say({ type: 'Warning', reason: 'Failed', message: `${opening}${message}` });
  site.say({ type: 'Warning', reason: 'Failed', message: 'Error: ErrImagePull' });
  return enter(runtime, { kind: 'pull-failed', message, untilMs: site.nowMs + site.timings.pullFailedMs });
};

/** Ends a pull: the world says whether the image was there to be had. */
export const endPull = (runtime: ContainerRuntime, site: ContainerSite, startedMs: number): ContainerRuntime => {
  const fate = site.judge(0);
  if (fate.kind === 'cannot-pull') return failPull(runtime, site, fate.message);
  site.keepImage();
  const took = `${Math.round(site.nowMs - startedMs)}ms`;
  site.say({
    type: 'Normal',
    reason: 'Pulled',
    message: `Successfully pulled image "${site.spec.image}" in ${took} (${took} including waiting). Image size: ${site.imageBytes()} bytes.`,
  });
  return start({ ...runtime, pullBackOffMs: site.timings.pullBackOffMsMin }, site);
};

/** Waits before the next pull, longer each time. */
export const backOffPull = (runtime: ContainerRuntime, site: ContainerSite, message: string): ContainerRuntime => {
  site.say({ type: 'Normal', reason: 'BackOff', message: `Back-off pulling image "${site.spec.image}"` });
  site.say({ type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff' });
  return {
    ...runtime,
    pullBackOffMs: doubled(runtime.pullBackOffMs, site.timings.pullBackOffMsMax),
    stage: { kind: 'pull-back-off', message, untilMs: site.nowMs + runtime.pullBackOffMs },
  };
};

/** The runtime could not even start the process: it counts as ended, with the code and the times that containerd gives it. */
const failStart = (runtime: ContainerRuntime, site: ContainerSite, message: string): ContainerRuntime => {
  site.say({ type: 'Normal', reason: 'Created', message: `Created container: ${site.spec.name}` });
  site.say({ type: 'Warning', reason: 'Failed', message: `Error: ${message}` });
  return {
    ...runtime,
    previous: runtime.last,
    last: { exitCode: 128, reason: 'StartError', message, startedMs: 0, finishedMs: site.nowMs },
    stage: { kind: 'terminated', untilMs: site.nowMs + site.timings.terminatedMs },
  };
};

/** Creates and starts a container whose image is on the node, unless its configuration is not to be had. */
export const start = (runtime: ContainerRuntime, site: ContainerSite): ContainerRuntime => {
  const fate = site.judge(0);
  if (fate.kind === 'cannot-pull') return failPull(runtime, site, fate.message);
  if (fate.kind === 'cannot-start') return failStart(runtime, site, fate.message);
  const refused = site.missing() ?? (fate.kind === 'cannot-create' ? fate.message : undefined);
  if (refused !== undefined) {
    site.say({ type: 'Warning', reason: 'Failed', message: `Error: ${refused}` });
    return enter(runtime, { kind: 'refused', message: refused, untilMs: site.nowMs + site.timings.configRetryMs });
  }
  site.say({ type: 'Normal', reason: 'Created', message: `Created container: ${site.spec.name}` });
  site.say({ type: 'Normal', reason: 'Started', message: `Started container ${site.spec.name}` });
  return enter(runtime, {
    kind: 'running',
    startedMs: site.nowMs,
    ready: false,
    saidMs: site.nowMs,
    untilMs: site.nowMs,
  });
};

/** What a source of evidence knows, and so what cannot be said while it gives no answer. */
const unknownWithout: Readonly<Record<string, string>> = {
  metrics: 'whether calls fail, wait or pile up, and whether CPU or memory run short, is unknown',
  logs: 'errors that only the workloads themselves tell of are unknown',
  traces: 'whether calls wait between two workloads or inside one is told by metrics alone',
  changes: 'whether a change preceded the trouble is unknown',
  events: 'what Kubernetes reported of pods, images and probes is unknown',
  topology: 'who calls whom is unknown, so that a cause is hard to tell from its echo',
  workloads: 'whether pods run, restart or wait is unknown',
  services: 'whether Services lead to ready pods is unknown',
  nodes: 'whether nodes are ready or cordoned is unknown',
  policies: 'whether a network policy bars calls is unknown',
  quotas: 'whether a quota keeps pods from being made is unknown',
  claims: 'whether volumes are there is unknown',
  autoscalers: 'whether an autoscaler scales the workloads is unknown',
  routes: 'whether requests from outside are routed well is unknown',
};

/** What the silence of a source, by the name that the collector gives it, means for the verdict. */
export const meaningOfSilence = (source: string): string => unknownWithout[source] ?? 'what it knows is missing';

/** Every bound of the bot, unit last. Imports nothing; each number carries its reason. */
export const limits = {
  /** The specification's budget: past it the bot watches and does not write. */
  inferenceMsMax: 60_000,
  /** The model must answer well for this long before a forced watchtower ends. */
  inferenceWellMsMin: 60_000,
  inferenceProbeEveryMs: 30_000,
  /** How often the bot looks whether the policies on its writes stand guard. */
  policyLookEveryMs: 15_000,
  /** Evidence text given to a model, in characters: about 6k tokens. */
  promptCharsMax: 24_000,
  /** Plans that are tried before a person takes over. */
  attemptsMax: 3,
  /** Looks at one case in all, and the pause before another: an alert may come before the trouble shows in the objects. */
  looksMax: 3,
  lookAgainMs: 10_000,
  /** Alerts must stay resolved for this long before they end a case: a flapping alert is not a resolved one. */
  resolvedQuietMsMin: 10_000,
  /** Pods that one remedy may touch. */
  blastPodsMax: 50,
  /** Writes to the cluster in any ten minutes, over all incidents, unless configured otherwise: a runaway bot must stop itself. */
  writesPerTenMinutesMax: 10,
  /** A scale remedy may not ask for more replicas than this. */
  replicasMax: 20,
  /** A resource remedy may at most multiply a limit by this. */
  resourceFactorMax: 4,
  /** Calls to Prometheus, Loki and the Kubernetes API. */
  queryMsMax: 10_000,
  writeMsMax: 15_000,
  slackCallMsMax: 10_000,
  /** One page of the collector: all sources together. */
  collectMsMax: 20_000,
  /** Pieces of evidence in one case, and points in one series. */
  evidenceMax: 400,
  seriesPointsMax: 120,
  logLinesMax: 2_000,
  logLineCharsMax: 1_000,
  /** Spans of one window, and log lines that are read for what happened inside spans: some minutes of a busy shop. */
  spansMax: 60_000,
  spanLinesMax: 12_000,
  /** One question to a tracing backend: its workloads, whole traces of the first and of each other one (twice as many of the quiet window), and the time for all calls. */
  tracedWorkloadsMax: 6,
  tracesOfFirstMax: 30,
  tracesOfOthersMax: 10,
  tracesMsMax: 8_000,
  /** One reply with traces, some 6,000 spans; spans of one trace, because a chain of spans is walked once for each of them. */
  traceReplyBytesMax: 8_388_608,
  spansPerTraceMax: 2_000,
  observationCharsMax: 300,
  /** What one observation keeps of a large object: pods and containers, the unwell first; entries of any other list; characters of one text. */
  podsKeptMax: 40,
  containersKeptMax: 40,
  entriesKeptMax: 120,
  textCharsMax: 2_000,
  /** A name longer than this is no object's: Kubernetes allows 253 characters. */
  nameCharsMax: 253,
  /** Series of one answer of Prometheus, and bytes of one answer of Prometheus or Loki: 4,000 series of 60 points are below 14 MB. */
  seriesMax: 4_000,
  answerBytesMax: 16_777_216,
  /** Objects in one page of a list, and pages: a namespace with more objects of one kind is said to be unreadable. */
  listPageMax: 500,
  listPagesMax: 40,
  /** Workloads and calls of the topology that a case keeps, the nearest to its subject first. */
  topologyWorkloadsMax: 2_000,
  topologyCallsMax: 8_000,
  /** Hypotheses that one specialist holds, and dissenting views that a verdict tells. */
  hypothesesMax: 40,
  dissentMax: 12,
  /** Pieces of evidence that a verdict's account names for each cause, and things it says were ruled out: what a person reads at once. */
  strongestMax: 3,
  ruledOutMax: 8,
  /** Alerts in one delivery and in one case; labels on one alert and characters in one label's value. */
  alertsPerDeliveryMax: 500,
  alertsPerCaseMax: 200,
  labelsMax: 100,
  labelCharsMax: 2_000,
  webhookBytesMax: 1_048_576,
  /** A label's name and an alert's name; longer ones are cut. */
  labelNameCharsMax: 200,
  /** An alert may be so old when it arrives, and so far ahead of the bot's clock; beyond that its arrival counts as its start. */
  alertAgeMsMax: 604_800_000,
  clockSkewMsMax: 300_000,
  /** Refused alerts that one answer and one journal record tell of; the others are counted. */
  refusalsToldMax: 100,
  /** Refused deliveries of one kind that are written into the journal in ten minutes; a flood is counted, not written. */
  refusalsJournalledMax: 20,
  refusalWindowMs: 600_000,
  /** One delivery must be here, body and all, within this time; so many connections may be open at once. */
  deliveryMsMax: 10_000,
  connectionsMax: 500,
  /** An alert joins an open case that is near in the topology when both began within this time. */
  groupingMsMax: 300_000,
  /** Trouble is felt by callers and their callers; further away a common cause is a guess. */
  groupingCallsMax: 2,
  /** Open cases at the same time: more is a platform's outage, where people need fewer threads and not more. Further troubles wait in the inbox. */
  openCasesMax: 1_000,
  /** Alerts that wait in the inbox: some 50 MB. Beyond that senders are asked to come again. */
  inboxMax: 50_000,
  /** Alerts of one sender: at once, and sustained in a minute. Three storms of ten thousand a minute pass; a runaway sender does not. */
  alertsAtOnceMax: 10_000,
  alertsPerMinuteMax: 30_000,
  /** How soon a refused sender should come again. */
  comeAgainMs: 5_000,
  /** How far back the collector looks, and the quiet window before it. */
  windowMs: 300_000,
  baselineMs: 1_200_000,
  /** Changes kept by the flight recorder, and how far before the onset a change may be a suspect. */
  changesMax: 5_000,
  changeLookbackMs: 1_800_000,
  /** Cases that the loop works on at the same time. */
  reconcileConcurrencyMax: 8,
  /** A step that keeps failing is retried with this back-off, then the case goes to a person. */
  stepRetriesMax: 8,
  stepRetryMsMin: 250,
  stepRetryMsMax: 30_000,
  /** Between two looks while verifying. */
  verifyEveryMs: 2_000,
  /** How much longer a verification waits for sources that give no answer, before nobody can say whether the remedy helped. */
  verifyBlindMsMax: 600_000,
  /** Slack messages: characters over all blocks (Slack refuses near 12,000), and edits of one message. */
  messageCharsMax: 8_000,
  slackEditEveryMsMin: 1_000,
  /** Evidence of cases, about a megabyte each, and summaries, some ten kilobytes each, that stay in memory beside the store. */
  contextsCachedMax: 24,
  summariesCachedMax: 1_500,
  memoriesRecalledMax: 3,
  /** How often the wall clock is compared, from which difference on it has jumped, and jumps that a case tells of. */
  clockLookEveryMs: 1_000,
  clockJumpMsMin: 5_000,
  clockJumpsMax: 5,
  shutdownMsMax: 10_000,
} as const;

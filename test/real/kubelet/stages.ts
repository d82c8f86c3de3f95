import { fatesAnnotation } from './pod-fates.ts';

/** One document of KWOK's configuration. */
type Document = Readonly<Record<string, unknown>>;

type List = 'containerStatuses' | 'initContainerStatuses';

/** One transition of the scripted kubelet. */
interface Turn {
  readonly name: string;
  readonly list: List;
  /** jq: which container status takes this turn; `$fate` is the fate of its container. */
  readonly when: string;
  /** The same in the words of Go's templates; `$c` is the status, `$fate` the fate. */
  readonly where: string;
  /** What becomes of such a status: the fields beside name, image and restartCount. */
  readonly becomes: string;
  readonly restartCount?: string;
  readonly delay: Document;
  readonly event?: { readonly type: string; readonly reason: string; readonly message: string };
}

const fates = `((.metadata.annotations["${fatesAnnotation}"] // "{}") | fromjson)`;

const exists = (key: string): Document => ({ key, operator: 'Exists' });
const absent = (key: string): Document => ({ key, operator: 'DoesNotExist' });
const alive = absent('.metadata.deletionTimestamp');
const initialized = '.status.conditions[]? | select(.type == "Initialized" and .status == "True")';

const stage = (name: string, kind: string, spec: Document): Document => ({
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name },
  spec: { resourceRef: { apiGroup: 'v1', kind }, ...spec },
});

const milliseconds = (least: number, most = least): Document => ({
  durationMilliseconds: least,
  jitterDurationMilliseconds: most,
});

/** A condition that keeps the time of its last change as long as nothing changes. */
const condition = (type: string, status: string, more = ''): string =>
  `- {type: ${type}, status: "${status}", lastProbeTime: null, ${more} lastTransitionTime: {{ $old := index $was "${type}" }}` +
  `{{ if and $old (eq $old.status "${status}") }}{{ $old.lastTransitionTime | Quote }}{{ else }}{{ $now | Quote }}{{ end }}}`;

const readiness = (type: string): string =>
  `{{ if $unready }}
${condition(type, 'False', 'reason: ContainersNotReady, message: {{ printf "containers with unready status: %v" $unready | Quote }},')}
{{ else }}
${condition(type, 'True')}
{{ end }}`;

const opening = `{{ $now := Now }}{{ $was := dict }}
{{ range .status.conditions }}{{ $_ := set $was .type . }}{{ end }}
{{ $fates := fromJson (index .metadata.annotations "${fatesAnnotation}") }}`;

const turnTemplate = ({ list, where, becomes, restartCount = '{{ int $c.restartCount }}' }: Turn): string => `${opening}
{{ $unready := list }}{{ $hasRun := false }}
{{ range .status.containerStatuses }}{{ if or .state.running .state.terminated (gt (int .restartCount) 0) }}{{ $hasRun = true }}{{ end }}{{ end }}
${list}:
{{ range $c := .status.${list} }}{{ $fate := index $fates $c.name }}
{{ if ${where} }}
- {name: {{ $c.name | Quote }}, image: {{ $c.image | Quote }}, imageID: "", restartCount: ${restartCount}, ${becomes}}
{{ else }}
- {{ toJson $c }}
{{ end }}
{{ end }}
`;

/** Containers that the turn leaves unready, as far as it concerns the pod's own conditions. */
const podConditions = (becomesReady: string, { where }: Turn): string => `
{{ range $c := .status.containerStatuses }}{{ $fate := index $fates $c.name }}
{{ $isReady := $c.ready }}{{ if ${where} }}{{ $isReady = ${becomesReady} }}{{ end }}
{{ if not $isReady }}{{ $unready = append $unready $c.name }}{{ end }}
{{ end }}
conditions:
${readiness('Ready')}
${readiness('ContainersReady')}`;

const turnStage = (turn: Turn, rest: string): Document =>
  stage(turn.name, 'Pod', {
    selector: {
      matchExpressions: [
        alive,
        exists('.status.podIP'),
        turn.list === 'containerStatuses' ? exists(initialized) : absent(initialized),
        exists(
          `${fates} as $fates | .status.${turn.list}[]? | . as $c | ($fates[$c.name].fate) as $fate | select(${turn.when}) | .name`,
        ),
      ],
    },
    delay: turn.delay,
    next: { ...(turn.event === undefined ? {} : { event: turn.event }), statusTemplate: turnTemplate(turn) + rest },
  });

const among = (what: string, ...words: readonly string[]): string =>
  `(${words.map((word) => `${what} == "${word}"`).join(' or ')})`;
const oneOf = (what: string, ...words: readonly string[]): string =>
  `(has ${what} (list ${words.map((word) => `"${word}"`).join(' ')}))`;

const waitingFor = (...reasons: readonly string[]) => ({
  jq: among('$c.state.waiting.reason', ...reasons),
  go: `(and $c.state.waiting ${oneOf('$c.state.waiting.reason', ...reasons)})`,
});
const fated = (...kinds: readonly string[]) => ({ jq: among('$fate', ...kinds), go: oneOf('$fate.fate', ...kinds) });
const both = (left: { jq: string; go: string }, right: { jq: string; go: string }) => ({
  when: `${left.jq} and ${right.jq}`,
  where: `(and ${left.go} ${right.go})`,
});

const beginning = waitingFor('ContainerCreating', 'PodInitializing');
const dying = fated('exits', 'oom', 'no-start');
const running = { jq: '$c.state.running != null', go: '$c.state.running' };

const waiting = (reason: string, message: string): string =>
  `ready: false, started: false, state: {waiting: {reason: ${reason}, message: ${message}}}, lastState: {{ toJson (default dict $c.lastState) }}`;

const runs =
  'ready: {{ eq $fate.fate "runs" }}, started: true, state: {running: {startedAt: {{ $now | Quote }}}}, lastState: {{ toJson (default dict $c.lastState) }}';

/** How the last life of a container ended. */
const ended = `{{ if eq $fate.fate "oom" }}{exitCode: 137, reason: OOMKilled, {{ else if eq $fate.fate "no-start" }}{exitCode: 128, reason: StartError, message: {{ $fate.message | Quote }}, {{ else }}{exitCode: {{ int $fate.code }}, reason: Error, {{ end }}startedAt: {{ if $c.state.running }}{{ $c.state.running.startedAt | Quote }}{{ else }}{{ $now | Quote }}{{ end }}, finishedAt: {{ $now | Quote }}}`;
const crashed = `ready: false, started: false, state: {waiting: {reason: CrashLoopBackOff, message: {{ printf "back-off restarting failed container=%s" $c.name | Quote }}}}, lastState: {terminated: ${ended}}`;

/** Ten seconds after the first restart, twice as long after each further one, five minutes at most; the first is at once. */
const backOff: Document = {
  durationFrom: {
    expressionFrom:
      '([.status.containerStatuses[]?.restartCount] | max) as $n | if $n == 0 then "1s" else ([10 * pow(2; $n - 1), 300] | min | "\\(floor)s") end',
  },
};

const refusals = (list: List, prefix: string): readonly Document[] => {
  const noImage = both(beginning, fated('no-image'));
  const noConfig = both(beginning, fated('no-config'));
  const message = '{{ $fate.message | Quote }}';
  return [
    { ...noImage, name: `${prefix}-image-missing`, becomes: waiting('ErrImagePull', message), reason: 'Failed' },
    {
      ...both(waitingFor('ErrImagePull'), fated('no-image')),
      name: `${prefix}-pull-back-off`,
      becomes: waiting('ImagePullBackOff', '{{ printf "Back-off pulling image %q" $c.image | Quote }}'),
      reason: 'BackOff',
    },
    {
      ...noConfig,
      name: `${prefix}-configuration-missing`,
      becomes: waiting('CreateContainerConfigError', message),
      reason: 'Failed',
    },
  ].map(({ reason, ...turn }) =>
    turnStage(
      {
        ...turn,
        list,
        delay: milliseconds(400, 1_200),
        event: { type: 'Warning', reason, message: `${prefix}: the container cannot start` },
      },
      '',
    ),
  );
};

const startTurn: Turn = {
  ...both(
    waitingFor('ContainerCreating', 'PodInitializing', 'CreateContainerConfigError'),
    fated('runs', 'unready', 'exits', 'oom'),
  ),
  name: 'container-start',
  list: 'containerStatuses',
  becomes: runs,
  delay: milliseconds(500, 1_500),
};
const endTurn: Turn = {
  ...both(running, fated('exits', 'oom')),
  name: 'container-end',
  list: 'containerStatuses',
  becomes: crashed,
  delay: milliseconds(1_500),
  event: { type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container' },
};
const notStarted: Turn = {
  ...both(beginning, fated('no-start')),
  name: 'container-cannot-start',
  list: 'containerStatuses',
  becomes: crashed,
  delay: milliseconds(500),
  event: { type: 'Warning', reason: 'Failed', message: 'Error: failed to create containerd task' },
};
const restartTurn: Turn = {
  ...both(waitingFor('CrashLoopBackOff'), dying),
  name: 'container-restart',
  list: 'containerStatuses',
  becomes: `{{ if eq $fate.fate "no-start" }}${crashed}{{ else }}${runs}{{ end }}`,
  restartCount: '{{ add1 (int $c.restartCount) }}',
  delay: backOff,
};

const acceptTemplate = `${opening}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
startTime: {{ $now | Quote }}
phase: Pending
conditions:
{{ if .spec.initContainers }}
${condition('Initialized', 'False', 'reason: ContainersNotInitialized,')}
{{ else }}
${condition('Initialized', 'True')}
{{ end }}
${condition('Ready', 'False', 'reason: ContainersNotReady,')}
${condition('ContainersReady', 'False', 'reason: ContainersNotReady,')}
{{ if .spec.initContainers }}
initContainerStatuses:
{{ range .spec.initContainers }}
- {name: {{ .name | Quote }}, image: {{ .image | Quote }}, imageID: "", restartCount: 0, ready: false, started: false, state: {waiting: {reason: PodInitializing}}}
{{ end }}
{{ end }}
{{ $why := ternary "PodInitializing" "ContainerCreating" (not (empty .spec.initContainers)) }}
containerStatuses:
{{ range .spec.containers }}
- {name: {{ .name | Quote }}, image: {{ .image | Quote }}, imageID: "", restartCount: 0, ready: false, started: false, state: {waiting: {reason: {{ $why }}}}}
{{ end }}
`;

const initTemplate = `${opening}
conditions:
${condition('Initialized', 'True')}
initContainerStatuses:
{{ range .status.initContainerStatuses }}
- {name: {{ .name | Quote }}, image: {{ .image | Quote }}, imageID: "", restartCount: 0, ready: true, started: false, state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}}}
{{ end }}
`;

const podStages: readonly Document[] = [
  stage('pod-accept', 'Pod', {
    selector: {
      matchExpressions: [
        alive,
        absent('.status.podIP'),
        exists('.spec.nodeName'),
        exists(`.metadata.annotations["${fatesAnnotation}"]`),
      ],
    },
    delay: milliseconds(100),
    next: { statusTemplate: acceptTemplate },
  }),
  stage('init-complete', 'Pod', {
    selector: {
      matchExpressions: [
        alive,
        exists('.status.podIP'),
        absent(initialized),
        absent(`${fates} as $fates | .spec.initContainers[]? | select($fates[.name].fate != "completes") | .name`),
      ],
    },
    delay: milliseconds(500),
    next: { statusTemplate: initTemplate },
  }),
  ...refusals('initContainerStatuses', 'init'),
  ...refusals('containerStatuses', 'container'),
  turnStage(startTurn, `phase: Running\n${podConditions('(eq $fate.fate "runs")', startTurn)}`),
  turnStage(endTurn, podConditions('false', endTurn)),
  turnStage(notStarted, `phase: Running\n${podConditions('false', notStarted)}`),
  turnStage(restartTurn, podConditions('false', restartTurn)),
  stage('pod-delete', 'Pod', {
    selector: { matchExpressions: [exists('.metadata.deletionTimestamp'), absent('.metadata.finalizers')] },
    delay: milliseconds(300),
    next: { delete: true },
  }),
];

const nodeTemplate = `{{ $now := Now }}
conditions:
{{ range NodeConditions }}
- {type: {{ .type | Quote }}, status: {{ .status | Quote }}, reason: {{ .reason | Quote }}, message: {{ .message | Quote }}, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }}}
{{ end }}
addresses:
- {type: InternalIP, address: {{ NodeIP | Quote }}}
- {type: Hostname, address: {{ NodeName | Quote }}}
`;

const nodeStage = stage('node-ready', 'Node', {
  selector: {
    matchExpressions: [
      {
        key: '.status.conditions[]? | select(.type == "Ready") | .status',
        operator: 'NotIn',
        values: ['True'],
      },
    ],
  },
  next: { statusTemplate: nodeTemplate },
});

/** The scripted kubelet: every stage that a node or a pod can be in, for KWOK's configuration file. */
export const stages: readonly Document[] = [nodeStage, ...podStages];

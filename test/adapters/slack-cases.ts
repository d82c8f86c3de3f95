import type { ViewOptions } from '../../src/adapters/slack/view-options.ts';
import type { Attempt } from '../../src/domain/attempt.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import type { Finding } from '../../src/domain/finding.ts';
import type { Plan } from '../../src/domain/plan.ts';

export const uid = '0197a6c2-7d1e-7c3a-9f00-000000000007';
export const at = '2026-11-22T18:30:00.000Z';
const window = { from: '2026-11-22T18:25:00.000Z', to: at };
const workload = { namespace: 'online-boutique', kind: 'Deployment', name: 'paymentservice' } as const;
export const planHash = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';

export const viewOptions: ViewOptions = { modelLabel: 'none', approvers: ['S0SREAPPR'], files: {} };

/** A case at the very start of its road; `more` writes further pages. */
export const openCase = (more: Partial<CaseFile> = {}): CaseFile => ({
  version: 1,
  incident: {
    uid,
    number: 7,
    title: 'paymentservice does not answer',
    severity: 'critical',
    namespace: 'online-boutique',
    suspect: workload,
    openedAt: at,
  },
  alerts: [
    {
      source: 'alertmanager',
      fingerprint: 'f1',
      status: 'firing',
      name: 'HighErrorRatio',
      severity: 'critical',
      labels: { deployment: 'paymentservice' },
      annotations: { summary: 'Errors of paymentservice are above 5 %' },
      startsAt: '2026-11-22T18:29:00.000Z',
      sender: { name: 'alertmanager', via: 'bearer' },
      receivedAt: at,
      inboxId: 'a1',
      repeats: 2,
    },
  ],
  findings: {},
  attempts: [],
  ...more,
});

const points = Array.from({ length: 60 }, (_, index): readonly [number, number] => [
  Date.parse('2026-11-22T18:10:00.000Z') / 1_000 + index * 20,
  index < 45 ? 0.01 : 0.42,
]);

export const evidence: readonly Evidence[] = [
  {
    id: 'E1',
    kind: 'metric',
    subject: 'paymentservice',
    window,
    query: 'sum(rate(response_total{deployment="paymentservice"}[1m]))',
    outcome: 'found',
    observation: 'The share of failed requests of paymentservice rose from 1 % to 42 %.',
    data: { kind: 'metric', signal: 'error_ratio', workload: 'paymentservice', unit: 'ratio', points },
    hash: 'h1',
  },
  {
    id: 'E2',
    kind: 'change',
    subject: 'deployment/paymentservice',
    window,
    query: '/apis/apps/v1/namespaces/online-boutique/deployments/paymentservice',
    outcome: 'found',
    observation: 'kubectl-set changed the image of paymentservice.',
    data: {
      kind: 'change',
      changes: [
        {
          at: '2026-11-22T18:24:30.000Z',
          object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'online-boutique', name: 'paymentservice' },
          path: '/spec/template/spec/containers/0/image',
          before: 'paymentservice:v1',
          after: 'paymentservice:v2-does-not-exist',
          manager: 'kubectl-set',
        },
      ],
    },
    hash: 'h2',
  },
  {
    id: 'E3',
    kind: 'event',
    subject: 'pod/paymentservice-abc',
    window,
    query: '/api/v1/namespaces/online-boutique/events',
    outcome: 'found',
    observation: 'ImagePullBackOff: the image could not be pulled, 12 times.',
    data: {
      kind: 'event',
      type: 'Warning',
      reason: 'Failed',
      message: 'image not found',
      count: 12,
      lastSeenAt: at,
      object: { apiVersion: 'v1', kind: 'Pod', namespace: 'online-boutique', name: 'paymentservice-abc' },
    },
    hash: 'h3',
  },
  {
    id: 'E4',
    kind: 'log',
    subject: 'redis-cart',
    window,
    query: '{app="redis-cart"}',
    outcome: 'unreachable',
    observation: 'Loki gave no answer.',
    hash: 'h4',
  },
];

const finding = (specialist: Finding['specialist'], more: Partial<Finding> = {}): Finding => ({
  specialist,
  at,
  tookMs: 120,
  hypotheses: [],
  degraded: [],
  dropped: [],
  inference: 'none',
  ...more,
});

export const plan: Plan = {
  id: 'P1',
  at,
  hash: planHash,
  action: 'roll-back',
  workload,
  parameters: { revision: 1 },
  patches: [],
  inverse: [{ target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'paymentservice' }, type: 'json', body: [] }],
  kubectl: ['kubectl -n online-boutique rollout undo deployment/paymentservice'],
  risk: 'low',
  blastRadius: { pods: 1, workloads: 1, description: 'one pod of paymentservice' },
  reason: 'The new image cannot be pulled; the previous revision ran well.',
  preconditions: [],
  fitness: 0.9,
};

export const attempt = (more: Partial<Attempt> = {}): Attempt => ({
  plan,
  review: {
    at,
    planHash,
    passed: true,
    gates: [
      { name: 'dry run', passed: true, reason: 'the API server accepted the patch' },
      { name: 'kyverno', passed: true, reason: '4 policies are ready' },
    ],
    diff: '--- before\n+++ after\n-  image: paymentservice:v2\n+  image: paymentservice:v1\n',
  },
  ask: {
    at,
    expiresAt: '2026-11-22T19:30:00.000Z',
    autoApproveAt: '2026-11-22T18:32:00.000Z',
    autoReason: 'low risk, the specialists agree',
    approversNeeded: 1,
  },
  ballots: [],
  ...more,
});

/** The case when a proposal waits for people. */
export const waitingCase = (more: Partial<CaseFile> = {}): CaseFile =>
  openCase({
    recollections: [
      {
        similarity: 0.93,
        exact: true,
        memory: {
          uid: 'u0',
          at: '2026-10-01T10:00:00.000Z',
          namespace: 'online-boutique',
          workload: 'paymentservice',
          alertName: 'HighErrorRatio',
          fault: 'bad-image',
          action: 'roll-back',
          outcome: 'resolved',
          summary: 'The rollback helped within a minute.',
          signature: 's',
        },
      },
    ],
    context: {
      at,
      window,
      baseline: { from: '2026-11-22T18:05:00.000Z', to: window.from },
      topology: { workloads: [workload], edges: [] },
      evidence,
      unreachable: ['loki'],
    },
    findings: {
      network: finding('network', { abstains: 'Latency on every edge is ordinary.' }),
      database: finding('database', {
        abstains: 'redis-cart has free connections.',
        degraded: ['loki did not answer'],
      }),
      compute: finding('compute', {
        hypotheses: [
          {
            cause: { workload: 'paymentservice', fault: 'bad-image', component: 'container server' },
            confidence: 0.95,
            evidence: ['E3', 'E2', 'E1'],
            against: [],
            reasoning: 'The pull fails since the image changed.',
            from: 'image-pull',
          },
        ],
      }),
    },
    verdict: {
      kind: 'agreed',
      at,
      cause: { workload: 'paymentservice', fault: 'bad-image' },
      confidence: 0.92,
      votes: [
        { specialist: 'network', confidence: 0, stance: 'abstains' },
        { specialist: 'database', confidence: 0, stance: 'abstains' },
        {
          specialist: 'compute',
          cause: { workload: 'paymentservice', fault: 'bad-image' },
          confidence: 0.95,
          stance: 'supports',
        },
      ],
      dissent: [],
      evidence: ['E3', 'E2', 'E1'],
      reasoning: 'One specialist names a cause and nobody contradicts it.',
      inference: 'none',
    },
    attempts: [attempt()],
    ...more,
  });

export const approved: Attempt = attempt({
  ballots: [{ kind: 'approve', by: { id: 'U0BOB0001', name: 'bob' }, at, planHash, via: 'emoji' }],
  decision: {
    kind: 'approved',
    by: [{ id: 'U0BOB0001', name: 'bob' }],
    at: '2026-11-22T18:31:00.000Z',
    planHash,
    via: 'emoji',
    reason: 'one approver was needed',
  },
});

/** The case at its end, resolved. */
export const closedCase = (more: Partial<CaseFile> = {}): CaseFile =>
  waitingCase({
    attempts: [
      {
        ...approved,
        execution: {
          actionId: 'act1',
          intentAt: '2026-11-22T18:31:01.000Z',
          finishedAt: '2026-11-22T18:31:02.000Z',
          outcome: 'applied',
          written: [{ target: 'deployment/paymentservice', resourceVersion: '812', auditId: `${uid}.act1` }],
        },
        verification: {
          startedAt: '2026-11-22T18:31:02.000Z',
          deadline: '2026-11-22T18:36:02.000Z',
          checks: [{ name: 'rollout', passed: true, observation: '1 of 1 pods are ready' }],
          verdict: 'recovered',
          at: '2026-11-22T18:32:00.000Z',
        },
      },
    ],
    closure: { at: '2026-11-22T18:32:01.000Z', outcome: 'resolved', reason: 'The remedy helped.' },
    postMortem: {
      at: '2026-11-22T18:32:02.000Z',
      title: 'INC-7 paymentservice does not answer',
      summary: 'A bad image was rolled out and rolled back.',
      timeline: [{ at, actor: 'alertmanager', text: 'HighErrorRatio began' }],
      lessons: ['Check that an image exists before a rollout.'],
      markdown: '# INC-7\n\nA bad image was rolled out and rolled back.\n',
    },
    ...more,
  });

/** The case handed over after a rejection. */
export const escalatedCase = (): CaseFile =>
  waitingCase({
    attempts: [
      attempt({
        decision: {
          kind: 'rejected',
          by: [{ id: 'U0BOB0001', name: 'bob' }],
          at,
          planHash,
          via: 'button',
          reason: 'bob rejected it',
        },
      }),
    ],
    closure: {
      at,
      outcome: 'escalated',
      reason: 'The proposal was rejected.',
      nextStep: 'Find out why the image is missing.',
    },
  });

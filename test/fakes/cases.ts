import type { Alert } from '../../src/domain/alert.ts';
import type { Attempt } from '../../src/domain/attempt.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import type { Context } from '../../src/domain/context.ts';
import type { Discipline } from '../../src/domain/fault.ts';
import type { Finding } from '../../src/domain/finding.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Verdict } from '../../src/domain/verdict.ts';

const at = '2026-01-05T10:00:00.000Z';

/** An alert as a source makes it. */
export const anAlert = (change: Partial<Alert> = {}): Alert => ({
  source: 'alertmanager',
  fingerprint: 'f1',
  status: 'firing',
  name: 'WorkloadErrorsHigh',
  severity: 'critical',
  labels: { namespace: 'online-boutique', deployment: 'cartservice' },
  annotations: { summary: 'cartservice fails' },
  startsAt: at,
  sender: { name: 'alertmanager', via: 'bearer' },
  receivedAt: at,
  ...change,
});

/** A context without evidence. */
export const aContext: Context = {
  at,
  window: { from: at, to: at },
  baseline: { from: at, to: at },
  topology: { workloads: [], edges: [] },
  evidence: [],
  unreachable: [],
};

/** A finding that abstains. */
export const aFinding = (specialist: Discipline): Finding => ({
  specialist,
  at,
  tookMs: 1,
  hypotheses: [],
  abstains: 'nothing in its field',
  degraded: [],
  dropped: [],
  inference: 'none',
});

/** A verdict that all agree on. */
export const aVerdict = (change: Partial<Verdict> = {}): Verdict => ({
  kind: 'agreed',
  at,
  cause: { workload: 'cartservice', fault: 'crash-loop' },
  confidence: 0.95,
  votes: [],
  dissent: [],
  evidence: [],
  reasoning: 'the container crashes since its variable was changed',
  inference: 'none',
  ...change,
});

/** A low-risk plan for the cart. */
export const aPlan = (change: Partial<Plan> = {}): Plan => {
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'online-boutique', name: 'cartservice' };
  return {
    id: 'plan-1',
    at,
    hash: 'hash-1',
    action: 'roll-back',
    workload: { namespace: 'online-boutique', kind: 'Deployment', name: 'cartservice' },
    parameters: {},
    patches: [{ target, type: 'merge', body: { spec: { replicas: 2 } } }],
    inverse: [{ target, type: 'merge', body: { spec: { replicas: 1 } } }],
    kubectl: ['kubectl -n online-boutique rollout undo deployment/cartservice'],
    risk: 'low',
    blastRadius: { pods: 2, workloads: 1, description: '2 of 2 pods of cartservice' },
    reason: 'the last rollout broke it',
    preconditions: [{ target, path: '/metadata/uid', equals: 'u1' }],
    fitness: 0.9,
    ...change,
  };
};

/** An attempt whose gates passed and that waits for people until 11:00, with an auto-approve deadline at 10:05. */
export const aWaitingAttempt = (change: Partial<Attempt> = {}, plan: Plan = aPlan()): Attempt => ({
  plan,
  review: { at, planHash: plan.hash, gates: [], passed: true, diff: '' },
  ask: {
    at,
    expiresAt: '2026-01-05T11:00:00.000Z',
    autoApproveAt: '2026-01-05T10:05:00.000Z',
    autoReason: 'low risk, agreed verdict, all gates passed',
    approversNeeded: plan.risk === 'high' ? 2 : 1,
  },
  ballots: [],
  ...change,
});

/** A fresh case with one alert. */
export const aCase = (change: Partial<CaseFile> = {}): CaseFile => ({
  version: 1,
  incident: {
    uid: '019b8d1e-0000-7000-8000-000000000001',
    number: 1,
    title: 'cartservice fails',
    severity: 'critical',
    namespace: 'online-boutique',
    suspect: { namespace: 'online-boutique', kind: 'Deployment', name: 'cartservice' },
    openedAt: at,
  },
  alerts: [{ ...anAlert(), inboxId: 'i1', repeats: 0 }],
  findings: {},
  attempts: [],
  ...change,
});

/** A case that was investigated and agreed on. */
export const anAgreedCase = (change: Partial<CaseFile> = {}): CaseFile =>
  aCase({
    context: aContext,
    findings: { network: aFinding('network'), database: aFinding('database'), compute: aFinding('compute') },
    verdict: aVerdict(),
    ...change,
  });

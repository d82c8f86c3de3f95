import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKubernetes } from '../src/adapters/kubernetes/create-kubernetes.ts';
import { createAuditReader } from '../src/analysis/audit-events.ts';
import { faultsInAudit } from '../src/analysis/check-audit.ts';
import type { CaseFile } from '../src/domain/case-file.ts';
import { textAt } from '../src/domain/json-read.ts';
import { shortName } from '../src/domain/workload.ts';
import { type Cluster, startCluster } from '../src/lab/cluster/cluster.ts';
import { laboratoryManifests } from './adapters/kubernetes-laboratory.ts';
import { createMemoryRecords, quietLog, wallClock } from './adapters/kubernetes-parts.ts';
import { closedCase, uid } from './adapters/slack-cases.ts';

const actUser = 'system:serviceaccount:sre:ai4all-sre-act';
const target = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'online-boutique', name: 'adservice' };
const patch = { target, type: 'merge' as const, body: { spec: { replicas: 3 } } };
const actionId = '0197a6c2-7d1e-7c3a-9f00-0000000000aa';

let cluster: Cluster;
let file: CaseFile;

/** What the audit log of the laboratory says against the case, `change` applied to each of its lines. */
const faults = (change: (line: string) => string = (line) => line): readonly string[] => {
  const reader = createAuditReader(uid);
  for (const event of cluster.auditEvents()) reader.read(change(JSON.stringify(event)));
  return [...reader.faults, ...faultsInAudit(file, reader.events, [actUser])].map(
    ({ where, what }) => `${where} ${what}`,
  );
};

beforeAll(async () => {
  cluster = await startCluster({ nowMs: Date.now, manifests: laboratoryManifests });
  const { writer, cluster: reading } = createKubernetes({
    kubeconfig: cluster.kubeconfig('bot'),
    actAccount: { namespace: 'sre', name: 'ai4all-sre-act' },
    namespaces: ['online-boutique'],
    records: createMemoryRecords(),
    clock: wallClock,
    log: quietLog,
  });
  const live = await reading.object(target);
  if (live.outcome !== 'found') throw new Error('the workload is there');
  const stamp = { incidentUid: uid, actionId, resourceVersion: textAt(live.value, 'metadata', 'resourceVersion') };
  const before = wallClock.now();
  await writer.dryRun(patch, stamp);
  await writer.challenge(target, stamp);
  const answer = await writer.write(patch, stamp);
  if (answer.kind !== 'written') throw new Error(`the write was not accepted: ${answer.kind}`);
  const { auditId, resourceVersion } = answer;
  const whole = closedCase();
  const [attempt] = whole.attempts;
  if (attempt === undefined) throw new Error('the case has an attempt');
  const execution = {
    ...{ actionId, intentAt: before, finishedAt: wallClock.now(), outcome: 'applied' as const },
    written: [{ target: shortName(target), resourceVersion, auditId }],
  };
  const plan = { ...attempt.plan, id: actionId, at: before, patches: [patch] };
  file = { ...whole, attempts: [{ ...attempt, plan, execution }] };
}, 60_000);
afterAll(() => cluster.close());

describe('the audit log of an API server, joined with the case whose write it saw', () => {
  it('holds a dry run, a challenge and a write in the name of the acting account, and nothing that the case does not know', () => {
    expect(faults()).toEqual([]);
  });

  it('is not believed when somebody else used the Audit-ID', () => {
    expect(faults((line) => line.replaceAll(actUser, 'mallory')).join()).toContain(
      'was made by mallory, who is not the bot',
    );
  });

  it('is not believed when the write was about something else', () => {
    expect(faults((line) => line.replaceAll('"name":"adservice"', '"name":"frontend"')).join()).toContain(
      'which the plan does not touch',
    );
  });

  it('shows when the write is gone', () => {
    const isWrite = (line: string): boolean => line.includes(`"auditID":"${uid}.${actionId}"`);
    expect(faults((line) => (isWrite(line) ? '' : line)).join()).toContain('is missing from the audit log');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shardNames, shardOf, shardsMax } from '../../src/adapters/kubernetes/store/shards.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import { allCases, troubleWithJournal, troubleWithThread, troubleWithWrites } from '../crash/once-checks.ts';
import { breakSelector } from '../crash/tills.ts';
import { createAlertSender } from '../stories/alert-sender.ts';
import { waitUntil } from '../stories/wait-until.ts';
import { type ReplicaStage, type StagedReplica, startReplicaStage } from './replica-stage.ts';

/** Services that call nobody, so that each is an incident of its own. */
const leaves = ['adservice', 'emailservice', 'paymentservice', 'shippingservice'];

/** Far more than it takes on an idle machine. */
const testMsMax = 600_000;
let stage: ReplicaStage;

beforeAll(async () => {
  stage = await startReplicaStage(3, { AUTO_APPROVE_SECONDS: '8', VERIFY_SECONDS: '60' });
}, 120_000);

afterAll(async () => {
  await stage?.close();
}, 60_000);

/** Who holds each shard now, as the API server knows it. */
const holders = (): ReadonlyMap<string, string> =>
  new Map(
    shardNames.map((name) => [
      name,
      String(stage.lab.cluster.store.get('leases', 'sre', name)?.spec.holderIdentity ?? ''),
    ]),
  );

const replicaOf = (file: CaseFile | undefined): StagedReplica | undefined =>
  stage.replicas.find((replica) => replica.identity() === holders().get(shardOf(file?.incident.uid ?? '')));

const untilShared = (count: number): Promise<unknown> =>
  waitUntil({
    what: `${count} replicas share the incidents`,
    look: async () => {
      const all = [...holders().values()];
      return [...new Set(all)].map((holder) => all.filter((one) => one === holder).length);
    },
    holds: (shares) => shares.length === count && shares.every((share) => share >= Math.floor(shardsMax / count)),
    describe: (shares) => shares.join(', '),
  });

const describeCases = (files: readonly CaseFile[]): string =>
  files
    .map(({ incident, version, closure, attempts }) => {
      const attempt = attempts.at(-1);
      const stand = closure?.outcome ?? (attempt?.execution === undefined ? 'before the write' : 'after the write');
      return `INC-${incident.number} page ${version} ${stand}`;
    })
    .join('; ');

/** A busy machine may not answer in time; then it is looked at again. */
const seen = (): Promise<readonly CaseFile[]> => allCases(stage).catch(() => []);

const untilCases = (what: string, holds: (files: readonly CaseFile[]) => boolean): Promise<readonly CaseFile[]> =>
  waitUntil({ what, look: seen, holds, describe: describeCases, timeoutMs: testMsMax });

const isAsked = ({ attempts }: CaseFile): boolean => attempts.at(-1)?.ask !== undefined;
const isEnded = (file: CaseFile): boolean => file.rememberedAt !== undefined;

let receiver = '';
const sender = createAlertSender(() => receiver);

/** Sends an alert until it is taken, as Alertmanager does. */
const sendAtLast = async (workload: string): Promise<void> => {
  const taken = () =>
    sender.send({ name: 'ShopComplains', workload }).then(
      () => true,
      () => false,
    );
  await waitUntil({
    what: 'the alert is taken',
    look: taken,
    holds: (is) => is,
    describe: String,
    timeoutMs: testMsMax,
  });
};

/** Breaks services and tells one replica after the other of it. */
const begin = async (services: readonly string[]): Promise<void> => {
  for (const [n, workload] of services.entries()) {
    breakSelector(stage.lab, workload);
    const alive = stage.replicas.filter((replica) => replica.isAlive());
    receiver = (await alive[n % alive.length]?.url) ?? '';
    await sendAtLast(workload);
  }
};

const troubles = async (files: readonly CaseFile[]): Promise<readonly string[]> => {
  const threads = await Promise.all(files.map((file) => troubleWithThread(stage, file)));
  return [...threads.flat(), ...troubleWithWrites(stage, files), ...(await troubleWithJournal(stage, files))];
};

/** Every incident ended well, each action was written once, each message is shown once, and no line of the journal is missing. */
const checkInvariants = async (count: number): Promise<void> => {
  await untilCases('every incident ends', (files) => files.length === count && files.every(isEnded));
  const left = await waitUntil({
    what: 'every thread is told to its end',
    look: () => allCases(stage).then(troubles, (error: unknown) => [String(error)]),
    holds: (found) => found.length === 0,
    describe: (found) => found.join('; '),
    timeoutMs: 60_000,
  });
  expect(left).toEqual([]);
  const files = await allCases(stage);
  expect(files.map(({ closure }) => closure?.outcome)).toEqual(files.map(() => 'resolved'));
  expect(files.map(({ attempts }) => attempts[0]?.execution?.outcome)).toEqual(files.map(() => 'applied'));
};

describe('three replicas on the store in the API server', { timeout: testMsMax }, () => {
  it('share the incidents; one is killed, one is cut off, and nothing is lost or done twice', async () => {
    await untilShared(3);
    await begin(leaves);
    const asked = await untilCases('all are proposed', (files) => files.filter(isAsked).length === leaves.length);
    expect(new Set(asked.map(({ incident }) => incident.number)).size).toBe(leaves.length);

    // The windows close in seconds: one replica dies with its incidents, another is cut off from the API server as it is about to write.
    const [doomed, cutOff] = [...new Set([...asked.map(replicaOf), ...stage.replicas])].filter(
      (one) => one !== undefined,
    );
    await doomed?.kill();
    cutOff?.wire.unplug();
    await untilShared(1);
    cutOff?.wire.plug();
    await untilShared(2);
    await checkInvariants(leaves.length);
  });

  it('go on when a replica stood still in mid-incident for longer than its lease, and let it in again', async () => {
    await begin(['currencyservice']);
    const count = leaves.length + 1;
    const files = await untilCases('it is proposed', (all) => all.filter(isAsked).length === count);
    const frozen = replicaOf(files.at(-1));
    frozen?.freeze();
    await untilShared(1);
    frozen?.thaw();
    await untilShared(2);
    await checkInvariants(count);
  });
});

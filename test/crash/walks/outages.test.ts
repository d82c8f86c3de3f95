import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CaseFile } from '../../../src/domain/case-file.ts';
import { startWire, type Wire } from '../../adapters/kubernetes-proxy.ts';
import { waitUntil } from '../../stories/wait-until.ts';
import { createCaseWatch, isAsked, isEnded } from '../case-watch.ts';
import { type CrashStage, startCrashStage } from '../crash-stage.ts';
import { breakSelector, openTills, tillName, tillNamespace } from '../tills.ts';

const bot = 'system:serviceaccount:sre:ai4all-sre';
const wires: Record<string, Wire> = {};
let stage: CrashStage;
const { untilCase, untilAllIsTold, proposalOf } = createCaseWatch(() => stage, 240_000);

const wireTo = async (name: string, address: string): Promise<string> => {
  const wire = await startWire(address);
  wires[name] = wire;
  return wire.through(address);
};

beforeAll(async () => {
  stage = await startCrashStage({
    config: { NAMESPACES: tillNamespace, AUTO_APPROVE_SECONDS: '5', VERIFY_SECONDS: '20' },
    laboratory: { slack: { rateLimits: false, socketAckMs: 1_000 } },
    detour: async ({ slack, cluster, telemetry }, dataDir) => {
      const kubeconfig = join(dataDir, 'kubeconfig-wired.yaml');
      writeFileSync(kubeconfig, await wireTo('api', cluster.kubeconfig('bot')), { mode: 0o600 });
      return {
        KUBECONFIG: kubeconfig,
        SLACK_API_URL: await wireTo('slack', slack.apiUrl),
        PROMETHEUS_URL: await wireTo('prometheus', telemetry.prometheusUrl),
        LOKI_URL: await wireTo('loki', telemetry.lokiUrl),
      };
    },
  });
  await openTills(stage.lab, 8);
}, 240_000);

afterEach(() => {
  for (const wire of Object.values(wires)) wire.plug();
  stage.lab.cluster.clearFaults();
});

afterAll(async () => {
  await stage?.close();
  for (const wire of Object.values(wires)) await wire.close();
}, 60_000);

const till = tillName;

const breakAndTell = async (service: string): Promise<void> => {
  breakSelector(stage.lab, service, tillNamespace);
  await stage.alert({ name: 'ShopComplains', workload: service, namespace: tillNamespace });
};

const resolved = { closure: { outcome: 'resolved' } };
const isIntended = ({ attempts }: CaseFile): boolean => attempts[0]?.execution !== undefined;
const isApplied = ({ attempts }: CaseFile): boolean => attempts[0]?.execution?.outcome === 'applied';

describe('an outage of Slack', { timeout: 300_000 }, () => {
  it('from before the alert until after the end loses no message: the thread is complete afterwards', async () => {
    wires.slack?.unplug();
    stage.lab.slack.dropSockets();
    await breakAndTell(till(0));
    expect(await untilCase(till(0), 'it ends without Slack', isEnded)).toMatchObject(resolved);
    expect(stage.lab.slack.messages(stage.lab.slack.channels.incidents)).toEqual([]);
    wires.slack?.plug();
    await untilAllIsTold();
  });

  it('that is slow, asks to wait, fails, loses answers and breaks its sockets in the middle neither loses nor doubles', async () => {
    const { slack } = stage.lab;
    for (const method of ['chat.postMessage', 'chat.update', 'files.completeUploadExternal']) {
      slack.injectFault({ method, status: 429, retryAfter: 1, times: 2 });
      slack.injectFault({ method, lostReply: true });
      slack.injectFault({ method, status: 503 });
      slack.injectFault({ method, error: 'internal_error' });
      slack.injectFault({ method, delayMs: 1_500 });
    }
    slack.injectFault({ method: 'conversations.replies', status: 429, retryAfter: 1 });
    await breakAndTell(till(1));
    await untilCase(till(1), 'it has findings', ({ findings }) => findings.network !== undefined);
    slack.refreshSocket();
    await untilCase(till(1), 'it is decided', ({ attempts }) => attempts[0]?.decision !== undefined);
    slack.dropSockets();
    expect(await untilCase(till(1), 'it ends', isEnded)).toMatchObject(resolved);
    await untilAllIsTold();
  });
});

describe('an outage of the API server', { timeout: 300_000 }, () => {
  it('while looking is told as what could not be known, and ends nothing', async () => {
    wires.api?.unplug();
    await breakAndTell(till(2));
    const file = await untilCase(till(2), 'it has looked in vain', ({ context }) => context !== undefined);
    expect(file.context?.unreachable.length).toBeGreaterThan(0);
    expect(file.context?.evidence.some(({ outcome }) => outcome === 'unreachable')).toBe(true);
    wires.api?.plug();
    await untilCase(till(2), 'it ends', isEnded);
    await untilAllIsTold();
  });

  it('that swallows the answer to the write, and is away right after it, is settled by reading back: one write', async () => {
    stage.lab.cluster.injectFault({ user: `${bot}-act`, verb: 'patch', dryRun: false, lostReply: true });
    await breakAndTell(till(3));
    await untilCase(till(3), 'the write is intended', isIntended);
    wires.api?.unplug();
    const during = await untilCase(till(3), 'it is still in doubt', isIntended);
    expect(during.closure).toBeUndefined();
    wires.api?.plug();
    expect(await untilCase(till(3), 'it ends', isEnded)).toMatchObject(resolved);
    await untilAllIsTold();
  });

  it('while verifying longer than the deadline undoes nothing, and goes on when it is back', async () => {
    await breakAndTell(till(4));
    const { attempts } = await untilCase(till(4), 'the write is done', isApplied);
    for (const name of ['api', 'prometheus']) wires[name]?.unplug();
    const finishedMs = Date.parse(attempts[0]?.execution?.finishedAt ?? '');
    const isLate = ({ attempts: [attempt] }: CaseFile): boolean =>
      attempt?.verification?.verdict !== undefined ||
      Date.parse(attempt?.verification?.checkedAt ?? '') > finishedMs + 25_000;
    const late = await untilCase(till(4), 'the deadline has passed', isLate);
    if (late.attempts[0]?.verification?.verdict === undefined) expect(late.attempts[0]?.undo).toBeUndefined();
    for (const name of ['api', 'prometheus']) wires[name]?.plug();
    const file = await untilCase(till(4), 'it ends', isEnded);
    expect(file).toMatchObject(resolved);
    expect(file.attempts[0]?.undo).toBeUndefined();
    await untilAllIsTold();
  });
});

describe('an outage of Prometheus and Loki', { timeout: 300_000 }, () => {
  it('is told in the thread, and the objects alone lead to the remedy or to a person', async () => {
    for (const name of ['prometheus', 'loki']) wires[name]?.unplug();
    await breakAndTell(till(5));
    const file = await untilCase(till(5), 'it has looked', ({ context }) => context !== undefined);
    const silent = file.context?.evidence.filter(({ outcome }) => outcome === 'unreachable') ?? [];
    expect(new Set(silent.map(({ kind }) => kind))).toEqual(new Set(['metric', 'log']));
    await untilCase(till(5), 'it ends or waits', (one) => isEnded(one) || one.attempts.length > 0);
    for (const name of ['prometheus', 'loki']) wires[name]?.plug();
    await untilCase(till(5), 'it ends', isEnded);
    await untilAllIsTold();
  });
});

describe('deliveries that come late, twice or not at all', { timeout: 300_000 }, () => {
  it('count once, and a swallowed one is heard when the socket stands again', async () => {
    const { slack } = stage.lab;
    const { bob } = slack.users;
    await stage.bot.rest();
    stage.bot.wake({ AUTO_APPROVE_SECONDS: '600' });
    await breakAndTell(till(6));
    const file = await untilCase(till(6), 'it is asked', isAsked);
    const place = await waitUntil({
      what: 'the proposal stands in the thread',
      look: () => proposalOf(file),
      holds: (found) => found !== null,
      describe: () => 'no proposal yet',
    });
    if (place === null) return;
    slack.injectDelivery({ kind: 'interactive', copies: 2, lateMs: 500 });
    await slack.people.click({ user: bob, ...place, actionId: 'hold' });
    await untilCase(till(6), 'it is held', ({ attempts }) => attempts[0]?.heldBy !== undefined);
    slack.injectDelivery({ kind: 'events_api', swallowed: true });
    await slack.people.react({ user: bob, ...place, name: '+1' });
    slack.dropSockets();
    const ended = await untilCase(till(6), 'it ends', isEnded);
    expect(ended.attempts[0]?.ballots.map(({ kind }) => kind)).toEqual(['hold', 'approve']);
    await untilAllIsTold();
  });
});

describe('a disk without room, and a clock that is set', { timeout: 300_000 }, () => {
  it('a full disk refuses alerts with advice, stops nothing for good, and loses no page', async () => {
    const url = await stage.bot.url();
    stage.bot.say({ diskFull: true });
    const refusal = await waitUntil({
      what: 'the webhook refuses',
      look: () => stage.tryAlert({ name: 'ShopComplains', workload: till(7), namespace: tillNamespace }),
      holds: (error) => error !== null,
      describe: String,
    });
    expect(String(refusal)).toMatch(/503.*send it again/);
    expect(await (await fetch(`${url}/healthz`)).text()).toContain('ok');
    stage.bot.say({ diskFull: false });
    await breakAndTell(till(7));
    await untilCase(till(7), 'it has a verdict', ({ verdict }) => verdict !== undefined);
    stage.bot.say({ diskFull: true });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    stage.bot.say({ diskFull: false });
    await untilCase(till(7), 'it is asked', isAsked);
    stage.bot.jump(3_600_000);
    const moved = await untilCase(till(7), 'the jump is known', ({ clockJumps }) => clockJumps !== undefined);
    expect(moved.attempts.at(-1)?.decision).toBeUndefined();
    expect((await stage.stores.journal.of(moved.incident.uid)).map(({ verb }) => verb)).toContain('clock-jumped');
    stage.bot.jump(0);
    const back = await untilCase(till(7), 'the way back is known', ({ clockJumps }) => clockJumps?.length === 2);
    expect(back.attempts[0]?.decision).toBeUndefined();
    const [attempt] = back.attempts;
    expect(Date.parse(attempt?.ask?.autoApproveAt ?? '') - Date.parse(attempt?.ask?.at ?? '')).toBeLessThan(700_000);
    const place = await proposalOf(back);
    if (place !== null) await stage.lab.slack.people.react({ user: stage.lab.slack.users.bob, ...place, name: '+1' });
    await untilCase(till(7), 'it ends', isEnded);
    await untilAllIsTold();
  });
});

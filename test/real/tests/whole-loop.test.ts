import type { V1Deployment } from '@kubernetes/client-node';
import { PatchStrategy } from '@kubernetes/client-node';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { environmentBeside } from '../../../src/demo/environment.ts';
import type { CaseFile } from '../../../src/domain/case-file.ts';
import { incidentsOf } from '../../../src/drill/play-incident.ts';
import { openStage, type Stage } from '../../../src/drill/stage.ts';
import { type Bot, startBot } from '../../../src/main.ts';
import { patchAs } from '../../contracts/kubernetes-api-client.ts';
import { adminKubeconfig } from '../harness/cluster-state.ts';
import { openClients } from '../harness/kube-client.ts';
import { shopNamespace } from '../harness/shop.ts';
import { freshShop, realAddresses } from './real-cluster.ts';

const name = 'shippingservice';
const rightImage = `online-boutique/${name}:v0.10.2`;
const wrongImage = `online-boutique/${name}:v0.12.0`;
/** A rule waits half a minute, Alertmanager ten seconds, and the alert looks back a minute before it is over. */
const patience = { timeout: 220_000, interval: 500 } as const;

let stage: Stage;
let bot: Bot;

beforeAll(async () => {
  const { prometheus, botPort } = realAddresses();
  await freshShop();
  stage = await openStage(
    { folders: [], json: false, kubeconfig: adminKubeconfig, prometheus, parallel: 1 },
    shopNamespace,
  );
  const environment = environmentBeside(stage.address, stage.dataDir, {
    CHAOS: 'off',
    WEBHOOK_PORT: String(botPort),
    AUTO_APPROVE_SECONDS: '5',
    VERIFY_SECONDS: '150',
  });
  bot = await startBot(readConfig(environment), pino({ level: 'silent' }));
});

afterAll(async () => {
  await bot.stop();
  await stage.close();
});

const clients = openClients(adminKubeconfig);
const shipping = (): Promise<V1Deployment> => clients.apps.readNamespacedDeployment({ name, namespace: shopNamespace });
const imageOf = ({ spec }: V1Deployment): string | undefined => spec?.template.spec?.containers[0]?.image;

describe('from a real alert to a healthy system', () => {
  it('real rules see a bad image, a real Alertmanager calls the bot, and the bot rolls back', async () => {
    await vi.waitFor(
      () => expect(bot.blindSpots().filter((spot) => spot.includes('not listed yet'))).toEqual([]),
      patience,
    );
    const containers = [{ name: 'server', image: wrongImage }];
    await clients.apps.patchNamespacedDeployment(
      { name, namespace: shopNamespace, body: { spec: { template: { spec: { containers } } } }, fieldManager: 'ci' },
      patchAs(PatchStrategy.StrategicMergePatch),
    );
    const mended = await vi.waitFor(async (): Promise<CaseFile> => {
      const file = (await incidentsOf(bot)).find(({ closure }) => closure !== undefined);
      if (file === undefined) throw new Error('no incident is at its end');
      return file;
    }, patience);
    expect(mended).toMatchObject({
      closure: { outcome: 'resolved' },
      verdict: { kind: 'agreed', cause: { fault: 'bad-image', workload: name } },
    });
    const after = await shipping();
    expect(imageOf(after)).toBe(rightImage);
    expect(after.metadata?.annotations).toMatchObject({ 'sre.ai4all.dev/incident-uid': mended.incident.uid });
    expect(stage.slack.messages(stage.slack.channels.incidents).length).toBeGreaterThan(1);
  });
});

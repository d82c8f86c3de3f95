import { describe, expect, it } from 'vitest';
import { createAlertQuota } from '../../src/adapters/http/alert-quota.ts';
import { limits } from '../../src/limits.ts';
import { createStillClock } from '../fakes/clock.ts';

describe('how much may come in', () => {
  it('a storm of ten thousand alerts in a minute passes', async () => {
    const clock = createStillClock();
    const quota = createAlertQuota({ inbox: { size: async () => 0 }, clock });
    for (let delivery = 0; delivery < 1_000; delivery += 1) {
      expect(await quota.shed('alertmanager')).toBeNull();
      quota.spend('alertmanager', 10);
      clock.advance(60);
    }
  });

  it('a runaway sender is told when to come again, and no other sender suffers', async () => {
    const clock = createStillClock();
    const quota = createAlertQuota({ inbox: { size: async () => 0 }, clock });
    quota.spend('runaway', limits.alertsAtOnceMax + limits.alertsPerDeliveryMax);
    expect(await quota.shed('runaway')).toMatchObject({ status: 429, kind: 'too-many-alerts', againSeconds: 5 });
    expect(await quota.shed('goalert')).toBeNull();
    clock.advance(5_000);
    expect(await quota.shed('runaway')).toBeNull();
  });

  it('a full inbox takes nothing more until there is room', async () => {
    const clock = createStillClock();
    const inbox: { waiting: number } = { waiting: limits.inboxMax };
    const quota = createAlertQuota({ inbox: { size: async () => inbox.waiting }, clock });
    expect(await quota.shed('alertmanager')).toMatchObject({ status: 503, kind: 'inbox-full' });
    inbox.waiting = 10;
    clock.advance(1_000);
    expect(await quota.shed('alertmanager')).toBeNull();
  });
});

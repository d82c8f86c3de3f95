import type { ActiveAlert } from '../alerting/alert-rule.ts';
import type { Origins } from './alertmanager-body.ts';
import { createAlertmanagerReceiver } from './alertmanager-receiver.ts';
import { createGoalertReceiver, goalertTest } from './goalert-receiver.ts';
import type { Notifier } from './notifier.ts';
import { postJson } from './post-json.ts';

/** Somebody who wants to be told. Alertmanager proves itself by a bearer token, GoAlert by a secret in the URL's path. */
export interface Receiver {
  readonly kind: 'alertmanager' | 'goalert';
  readonly url: string;
  readonly token?: string;
}

/** All who are told. */
export interface Receivers {
  /** The returned function takes the receiver away again. */
  add(receiver: Receiver): () => void;
  tick(nowMs: number, alerts: readonly ActiveAlert[]): Promise<void>;
  /** Sends each receiver its system's test message. */
  sendTest(nowMs: number): Promise<void>;
}

const testTimeoutMs = 3_000;

const notifierFor = (
  receiver: Receiver,
  options: { readonly repeatMs: number; readonly origins: Origins },
): Notifier =>
  receiver.kind === 'goalert'
    ? createGoalertReceiver({ url: receiver.url, ...options })
    : createAlertmanagerReceiver({
        url: receiver.url,
        ...(receiver.token === undefined ? {} : { token: receiver.token }),
        ...options,
      });

/** Alertmanager has no test message: people send an alert that says what it is. */
const testAlert = (nowMs: number): ActiveAlert => ({
  labels: { alertname: 'TelemetryTest', severity: 'info' },
  annotations: { summary: 'A test of the road from the telemetry to this receiver. Nothing is wrong.' },
  state: 'firing',
  activeAtMs: nowMs,
  firedAtMs: nowMs,
  value: 1,
  expr: 'vector(1)',
});

/** A list of receivers that starts empty. `repeatMs` is the time after which a firing group is told again. */
export const createReceivers = (options: { readonly repeatMs: number; readonly origins: Origins }): Receivers => {
  const entries = new Map<Receiver, Notifier>();

  const test = async (receiver: Receiver, nowMs: number): Promise<void> => {
    if (receiver.kind === 'goalert') {
      await postJson({ url: receiver.url, body: goalertTest, timeoutMs: testTimeoutMs });
      return;
    }
    const notifier = notifierFor(receiver, options);
    await notifier.tick(nowMs, [testAlert(nowMs)]);
    await notifier.tick(nowMs, [{ ...testAlert(nowMs), state: 'resolved', resolvedAtMs: nowMs }]);
  };

  return {
    add: (receiver) => {
      const entry = { ...receiver };
      entries.set(entry, notifierFor(entry, options));
      return () => {
        entries.delete(entry);
      };
    },
    tick: async (nowMs, alerts) => {
      await Promise.all([...entries.values()].map((notifier) => notifier.tick(nowMs, alerts)));
    },
    sendTest: async (nowMs) => {
      await Promise.all([...entries.keys()].map((receiver) => test(receiver, nowMs)));
    },
  };
};

import { laboratorySenders } from '../../src/demo/environment.ts';
import { shopNamespace } from '../../src/lab/laboratory.ts';

/** One alert as a story tells it; the sender gives it the form of its dialect. */
export interface AlertPost {
  readonly via?: 'alertmanager' | 'goalert';
  readonly status?: 'firing' | 'resolved';
  readonly name: string;
  readonly workload: string;
  /** The shop's unless given. */
  readonly namespace?: string;
}

/** Sends alerts to the webhook and remembers which still fire. */
export interface AlertSender {
  /** Resolves when the webhook has accepted the alert. */
  send(post: AlertPost): Promise<void>;
  /** Tells of every alert that still fires that it is over. */
  resolveAll(): Promise<void>;
}

interface Sent {
  readonly post: AlertPost;
  readonly number: number;
  readonly startsAt: string;
}

const post = async (url: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<void> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (response.status !== 202) throw new Error(`the webhook answered ${response.status}: ${await response.text()}`);
};

const summaryOf = ({ post: { name, workload } }: Sent): string => `${name}: ${workload} is in trouble`;

const alertmanagerBody = (sent: Sent, status: 'firing' | 'resolved') => ({
  version: '4',
  status,
  alerts: [
    {
      status,
      labels: {
        alertname: sent.post.name,
        namespace: sent.post.namespace ?? shopNamespace,
        deployment: sent.post.workload,
        severity: 'critical',
      },
      annotations: { summary: summaryOf(sent) },
      startsAt: sent.startsAt,
      endsAt: status === 'resolved' ? new Date().toISOString() : '0001-01-01T00:00:00Z',
      fingerprint: `story-${sent.number}`,
    },
  ],
});

const goalertBody = (sent: Sent, status: 'firing' | 'resolved') =>
  status === 'resolved'
    ? { AppName: 'GoAlert', Type: 'AlertStatus', AlertID: sent.number, LogEntry: 'Closed by the story' }
    : {
        AppName: 'GoAlert',
        Type: 'Alert',
        AlertID: sent.number,
        Summary: summaryOf(sent),
        Details: `alertname: ${sent.post.name}\nnamespace: ${sent.post.namespace ?? shopNamespace}\ndeployment: ${sent.post.workload}`,
        ServiceID: '5b0b2b1e-7b1f-4c57-9d0c-1f3f3a5d1a02',
        ServiceName: 'Online Boutique',
        Meta: null,
      };

/** Makes a sender for the webhook at `url`, which is asked at each alert because a bot may start anew elsewhere. */
export const createAlertSender = (url: () => string): AlertSender => {
  const firing = new Map<string, Sent>();
  let last = 9_000;

  const deliver = async (sent: Sent, status: 'firing' | 'resolved'): Promise<void> => {
    if (sent.post.via === 'goalert') {
      await post(`${url()}/alerts/goalert/${laboratorySenders.goalert}`, goalertBody(sent, status));
      return;
    }
    const authorization = `Bearer ${laboratorySenders.alertmanager}`;
    await post(`${url()}/alerts/alertmanager`, alertmanagerBody(sent, status), { authorization });
  };

  return {
    send: async (wanted) => {
      const key = `${wanted.via ?? 'alertmanager'} ${wanted.name} ${wanted.workload}`;
      last += 1;
      const sent = firing.get(key) ?? { post: wanted, number: last, startsAt: new Date().toISOString() };
      if (wanted.status === 'resolved') firing.delete(key);
      else firing.set(key, sent);
      await deliver(sent, wanted.status ?? 'firing');
    },
    resolveAll: async () => {
      for (const [key, sent] of [...firing]) {
        firing.delete(key);
        await deliver(sent, 'resolved');
      }
    },
  };
};

import type { AlertGroup } from './alert-groups.ts';
import { alertmanagerBody, type Origins } from './alertmanager-body.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import { type Delivery, postJson } from './post-json.ts';

/** GoAlert's own limit for a webhook. */
const timeoutMs = 3_000;
const summaryCharsMax = 1_024;
const detailsCharsMax = 6_144;

const service = { ServiceID: '5b0b2b1e-7b1f-4c57-9d0c-1f3f3a5d1a01', ServiceName: 'Online Boutique' } as const;

type Payload = ReturnType<typeof alertmanagerBody>;

const summaryOf = (payload: Payload): string => {
  const summary = payload.commonAnnotations.summary ?? payload.alerts[0]?.annotations.summary;
  return (summary ?? payload.commonLabels.alertname ?? 'alert').slice(0, summaryCharsMax);
};

/** What GoAlert's Alertmanager integration writes into an alert: links, then the payload it was given. */
const detailsOf = (payload: Payload): string => {
  const lines = payload.alerts.map(
    (alert) => `${alert.annotations.summary ?? alert.labels.alertname} [View](${alert.generatorURL})\n\n`,
  );
  const text = `[Prometheus Alertmanager UI](${payload.externalURL})\n\n${lines.join('')}## Payload\n\n\`\`\`json\n${JSON.stringify(payload, null, 2)}\n\`\`\`\n`;
  return text.slice(0, detailsCharsMax);
};

/** GoAlert looks at no status: whatever was answered at all counts as sent. */
const asGoAlertSeesIt = (delivery: Delivery): Delivery => (delivery === 'unreachable' ? delivery : 'delivered');

/** The message of a test that a person asks for in GoAlert. */
export const goalertTest = { AppName: 'GoAlert', Type: 'Test' } as const;

/**
 * Notifies a webhook as GoAlert does when Alertmanager feeds it: one numbered alert a group, `Alert` when it opens and at
 * each repeat, `AlertStatus` when it closes. No header proves the sender; the secret is in the URL.
 */
export const createGoalertReceiver = (options: {
  readonly url: string;
  readonly repeatMs: number;
  readonly origins: Origins;
}): Notifier => {
  const openIds = new Map<string, number>();
  let lastId = 0;

  const idOf = (group: AlertGroup): number => {
    const id = openIds.get(group.key) ?? lastId + 1;
    lastId = Math.max(lastId, id);
    openIds.set(group.key, id);
    return id;
  };

  const send = async (group: AlertGroup): Promise<Delivery> => {
    const payload = alertmanagerBody(group, options.origins);
    const AlertID = idOf(group);
    const body =
      payload.status === 'firing'
        ? {
            AppName: 'GoAlert',
            Type: 'Alert',
            AlertID,
            Summary: summaryOf(payload),
            Details: detailsOf(payload),
            ...service,
            Meta: null,
          }
        : { AppName: 'GoAlert', Type: 'AlertStatus', AlertID, LogEntry: 'Closed via Prometheus Alertmanager' };
    const delivery = asGoAlertSeesIt(await postJson({ url: options.url, body, timeoutMs }));
    if (delivery === 'delivered' && payload.status === 'resolved') openIds.delete(group.key);
    return delivery;
  };

  return createNotifier({ repeatMs: options.repeatMs, send });
};

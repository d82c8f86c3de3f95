import { alertmanagerBody, type Origins } from './alertmanager-body.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import { postJson } from './post-json.ts';

/** Alertmanager's own limit for a webhook. */
const timeoutMs = 10_000;

/** Notifies a webhook as Alertmanager does: version 4 bodies, a bearer token where one is given, resolved notices, repeats. */
export const createAlertmanagerReceiver = (options: {
  readonly url: string;
  readonly token?: string;
  readonly repeatMs: number;
  readonly origins: Origins;
}): Notifier => {
  const headers = {
    'user-agent': 'Alertmanager/0.25.0',
    ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
  };
  return createNotifier({
    repeatMs: options.repeatMs,
    send: (group) => postJson({ url: options.url, headers, body: alertmanagerBody(group, options.origins), timeoutMs }),
  });
};

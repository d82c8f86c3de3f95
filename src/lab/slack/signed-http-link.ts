import { createHmac } from 'node:crypto';
import { type Ack, type EnvelopeKind, isObject, type JsonObject, type Link } from './slack-objects.ts';

const retriesMax = 3;

const bodyOf = (kind: EnvelopeKind, payload: JsonObject): string => {
  if (kind === 'events_api') return JSON.stringify(payload);
  const fields = kind === 'slash_commands' ? payload : { payload: JSON.stringify(payload) };
  const form = new URLSearchParams();
  for (const [key, value] of Object.entries(fields)) form.set(key, String(value));
  return form.toString();
};

const readAnswer = async (response: Response): Promise<JsonObject> => {
  const text = await response.text();
  if (text === '') return {};
  if (!(response.headers.get('content-type') ?? '').includes('json')) return { text };
  const json: unknown = JSON.parse(text);
  return isObject(json) ? json : {};
};

/** Delivers to a request URL over signed HTTP. Events are tried three times more, with the retry headers; `ackMs` bounds each attempt. */
export const createSignedHttpLink = (options: {
  readonly requestUrl: string;
  readonly signingSecret: string;
  readonly ackMs: number;
  readonly nowMs: () => number;
}): Link => {
  const attempt = async (kind: EnvelopeKind, payload: JsonObject, number: number): Promise<Ack> => {
    const body = bodyOf(kind, payload);
    const seconds = String(Math.floor(options.nowMs() / 1000));
    const signature = createHmac('sha256', options.signingSecret).update(`v0:${seconds}:${body}`).digest('hex');
    const retry = number === 0 ? {} : { 'x-slack-retry-num': String(number), 'x-slack-retry-reason': 'http_timeout' };
    const response = await fetch(options.requestUrl, {
      method: 'POST',
      body,
      headers: {
        'content-type': kind === 'events_api' ? 'application/json' : 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': seconds,
        'x-slack-signature': `v0=${signature}`,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        ...retry,
      },
      signal: AbortSignal.timeout(options.ackMs),
    });
    return { acked: response.ok, payload: response.ok ? await readAnswer(response) : {}, attempts: number + 1 };
  };
  const deliver = async (kind: EnvelopeKind, payload: JsonObject): Promise<Ack> => {
    const attempts = kind === 'events_api' ? retriesMax + 1 : 1;
    for (let number = 0; number < attempts; number += 1) {
      const ack = await attempt(kind, payload, number).catch(() => undefined);
      if (ack?.acked === true) return ack;
    }
    return { acked: false, payload: {}, attempts };
  };
  return { deliver, connected: () => true, close: () => undefined };
};

import { limits } from '../../limits.ts';

/** Why a delivery is not taken, or not wholly. */
export type RefusalKind =
  | 'unknown-sender'
  | 'unknown-source'
  | 'unknown-path'
  | 'wrong-method'
  | 'malformed-json'
  | 'content-type'
  | 'too-large'
  | 'no-alert-readable'
  | 'some-alerts-unreadable'
  | 'bad-request'
  | 'too-slow'
  | 'too-many-connections'
  | 'too-many-alerts'
  | 'inbox-full';

/** The answer to a refused delivery: its status, and one sentence with what is wrong and what to do. */
export interface RefusalAnswer {
  readonly kind: RefusalKind;
  readonly status: number;
  readonly error: string;
  /** When it may come again, for a delivery that is shed and not wrong. */
  readonly againSeconds?: number;
}

const answer = (kind: RefusalKind, status: number, error: string): RefusalAnswer => ({ kind, status, error });

/** The answers that do not depend on what was sent. */
export const refusals = {
  unknownSender: answer(
    'unknown-sender',
    401,
    'the sender is not known: send Authorization: Bearer <secret>, or use the secret path /alerts/<source>/<secret>',
  ),
  malformedJson: answer('malformed-json', 400, 'the body is not JSON: send one JSON document, as the sender makes it'),
  contentType: answer('content-type', 415, 'the body is not declared as JSON: send Content-Type: application/json'),
  tooLarge: answer(
    'too-large',
    413,
    `the body is larger than ${limits.webhookBytesMax.toLocaleString('en')} bytes: send fewer alerts at once (max_alerts in Alertmanager)`,
  ),
  unknownPath: answer(
    'unknown-path',
    404,
    'there is nothing here: alerts go to POST /alerts/<source>, probes are /healthz, /readyz and /metrics',
  ),
  badAddress: answer('bad-request', 400, 'the address cannot be read: check the URL for stray percent signs'),
  headersTooLarge: answer('bad-request', 431, 'the headers are too large: send fewer or shorter ones'),
  notHttp: answer('bad-request', 400, 'this is no request in HTTP/1.1: send one'),
  tooSlow: answer(
    'too-slow',
    408,
    `the request was not complete within ${limits.deliveryMsMax / 1000} seconds: send it again`,
  ),
} as const;

/** What a sender that sends too much is told; Alertmanager and GoAlert come again by themselves. */
export const tooManyAlerts = (againMs: number): RefusalAnswer => ({
  ...answer(
    'too-many-alerts',
    429,
    `more than ${limits.alertsPerMinuteMax.toLocaleString('en')} alerts a minute from one sender: send it again later, with fewer alerts or longer group intervals`,
  ),
  againSeconds: Math.ceil(againMs / 1000),
});

/** Too much waits already: what is not accepted is not lost, it stays with its sender. */
export const inboxFull: RefusalAnswer = {
  ...answer(
    'inbox-full',
    503,
    `${limits.inboxMax.toLocaleString('en')} alerts wait for a case already: send it again later`,
  ),
  againSeconds: Math.ceil(limits.comeAgainMs / 1000),
};

/** A known address, asked in the wrong way. */
export const wrongMethod = (allowed: string): RefusalAnswer =>
  answer('wrong-method', 405, `this address takes ${allowed} only`);

/** An alert dialect that nobody speaks here. */
export const unknownSource = (known: readonly string[]): RefusalAnswer =>
  answer(
    'unknown-source',
    404,
    `there is no such alert source; there are ${known.map((name) => `/alerts/${name}`).join(', ')}`,
  );

const byCode: Readonly<Record<string, RefusalAnswer>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: refusals.tooLarge,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: refusals.contentType,
  FST_ERR_CTP_EMPTY_JSON_BODY: refusals.malformedJson,
  FST_ERR_CTP_INVALID_JSON_BODY: refusals.malformedJson,
};

/** What the framework would not take, in the bot's own words: the framework's may quote the body. Null for trouble of our own. */
export const refusalOf = (error: { readonly code?: string; readonly statusCode?: number }): RefusalAnswer | null => {
  const known = byCode[error.code ?? ''];
  if (known !== undefined) return known;
  const status = error.statusCode ?? 500;
  if (status >= 500) return null;
  return answer('bad-request', status, 'the request cannot be read: send what the sender makes, unchanged');
};

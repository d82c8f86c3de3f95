import { type AppEvent, drawBearerToken, drawUuid, type Pen, rfc3339, type Voice } from './voice.ts';

type Severity = 'debug' | 'info' | 'warning' | 'error' | 'fatal';

const logrus = (pen: Pen, severity: Severity, message: string): string =>
  JSON.stringify({ message, severity, timestamp: rfc3339(pen.atMs) });

const requestFields = (pen: Pen, task: string): Readonly<Record<string, unknown>> => {
  const [method, path] = task.split(' ');
  return {
    'http.req.id': drawUuid(pen),
    'http.req.method': method,
    'http.req.path': path,
    session: drawUuid(pen),
  };
};

const frontendServed = (event: AppEvent & { kind: 'served' }, pen: Pen): string => {
  const fields = requestFields(pen, event.task);
  const timestamp = rfc3339(pen.atMs);
  const status = event.error === null ? (event.task.startsWith('POST') ? 302 : 200) : 500;
  if (event.error !== null) {
    return JSON.stringify({
      error: event.error,
      ...fields,
      'http.resp.status': status,
      message: 'request error',
      severity: 'error',
      timestamp,
    });
  }
  return JSON.stringify({
    ...fields,
    'http.resp.bytes': Math.round(pen.random.logNormal(7_900, 0.2)),
    'http.resp.status': status,
    'http.resp.took_ms': Math.round(event.ms),
    message: 'request complete',
    severity: 'debug',
    timestamp,
  });
};

const frontendChatter = (pen: Pen): string =>
  pen.random.chance(0.5)
    ? JSON.stringify({
        authorization: drawBearerToken(pen),
        message: 'forwarding session to upstream',
        session: drawUuid(pen),
        severity: 'debug',
        timestamp: rfc3339(pen.atMs),
      })
    : logrus(pen, 'info', 'Tracing disabled.');

const misconfigured = (event: AppEvent & { kind: 'misconfigured' }, pen: Pen): string =>
  event.value === ''
    ? `panic: environment variable "${event.variable}" not set`
    : logrus(pen, 'fatal', `invalid ${event.variable}="${event.value}": ${event.problem}`);

/** The shop's front end: logrus JSON with HTTP fields. */
export const frontendVoice: Voice = (event, pen) => {
  switch (event.kind) {
    case 'started':
      return logrus(pen, 'info', `starting server on :${event.port}`);
    case 'misconfigured':
      return misconfigured(event, pen);
    case 'served':
      return frontendServed(event, pen);
    case 'call-failed':
      return event.tolerated
        ? JSON.stringify({
            error: event.error,
            message: event.trouble,
            severity: 'warning',
            timestamp: rfc3339(pen.atMs),
          })
        : null;
    case 'chatter':
      return frontendChatter(pen);
  }
};

const orderLines = (event: AppEvent & { kind: 'served' }, pen: Pen): string => {
  if (event.error !== null) return logrus(pen, 'error', `[${event.task}] failed: ${event.error}`);
  const chosen = pen.random.pick([
    `[PlaceOrder] user_id="${drawUuid(pen)}" user_currency="USD"`,
    `payment went through (transaction_id: ${drawUuid(pen)})`,
    `order confirmation email sent to "someone@example.com"`,
  ]);
  return logrus(pen, 'info', chosen);
};

const goLines: Readonly<Record<string, (event: AppEvent & { kind: 'served' }, pen: Pen) => string>> = {
  checkoutservice: orderLines,
  productcatalogservice: (event, pen) =>
    logrus(pen, 'info', `[${event.task}] served from catalog in ${event.ms.toFixed(2)}ms`),
  shippingservice: (event, pen) =>
    logrus(pen, 'info', `[${event.task}] ${pen.random.chance(0.5) ? 'received request' : 'completed request'}`),
};

const plainServed = (event: AppEvent & { kind: 'served' }, pen: Pen): string =>
  logrus(pen, event.error === null ? 'info' : 'error', event.error ?? `[${event.task}] completed request`);

/** The other Go services: JSON with severity and message. */
export const goVoice: Voice = (event, pen) => {
  switch (event.kind) {
    case 'started':
      return logrus(pen, 'info', `starting to listen on tcp: ":${event.port}"`);
    case 'misconfigured':
      return misconfigured(event, pen);
    case 'served':
      return (goLines[pen.workload] ?? plainServed)(event, pen);
    case 'call-failed':
      return logrus(pen, event.tolerated ? 'warning' : 'error', `${event.trouble} (${event.peer}): ${event.error}`);
    case 'chatter':
      return logrus(pen, 'debug', 'Profiling disabled.');
  }
};

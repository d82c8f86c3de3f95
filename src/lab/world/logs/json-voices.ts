import { type AppEvent, drawUuid, type Pen, type Voice } from './voice.ts';

type Served = AppEvent & { readonly kind: 'served' };
type Failed = AppEvent & { readonly kind: 'call-failed' };
type Write = (pen: Pen, severity: 'debug' | 'info' | 'warn' | 'error', message: string) => string;

/** What an application of this language says; only the envelope differs. */
interface Repertoire {
  readonly started: (port: string) => string;
  readonly served: (event: Served, pen: Pen) => string;
  readonly chatter: string;
}

const pino: Write = (pen, severity, message) =>
  JSON.stringify({
    severity,
    time: Math.round(pen.atMs),
    pid: 1,
    hostname: pen.podName,
    name: `${pen.workload}-server`,
    message,
  });

const python: Write = (pen, severity, message) =>
  JSON.stringify({
    timestamp: Number((pen.atMs / 1_000).toFixed(6)),
    severity: severity === 'warn' ? 'WARNING' : severity.toUpperCase(),
    name: `${pen.workload}-server`,
    message,
  });

const log4j: Write = (pen, severity, message) =>
  JSON.stringify({
    instant: { epochSecond: Math.floor(pen.atMs / 1_000), nanoOfSecond: Math.floor(pen.atMs % 1_000) * 1_000_000 },
    thread: 'grpc-default-executor-1',
    level: severity.toUpperCase(),
    loggerName: 'hipstershop.AdService',
    message,
    endOfBatch: false,
    loggerFqcn: 'org.apache.logging.log4j.spi.AbstractLogger',
  });

const failure = (event: Failed): string => `${event.trouble} (${event.peer}): ${event.error}`;

const speak =
  (write: Write, repertoire: Repertoire): Voice =>
  (event, pen) => {
    switch (event.kind) {
      case 'started':
        return write(pen, 'info', repertoire.started(event.port));
      case 'misconfigured':
        return write(pen, 'error', `cannot start: ${event.variable}="${event.value}" ${event.problem}`);
      case 'served':
        return event.error === null
          ? write(pen, 'info', repertoire.served(event, pen))
          : write(pen, 'error', `${event.task} failed: ${event.error}`);
      case 'call-failed':
        return write(pen, event.tolerated ? 'warn' : 'error', failure(event));
      case 'chatter':
        return write(pen, 'debug', repertoire.chatter);
    }
  };

const cards = ['visa ending 0454', 'visa ending 1881', 'mastercard ending 4444'] as const;

/** The payment service: pino JSON. */
export const paymentVoice = speak(pino, {
  started: (port) => `PaymentService gRPC server started on port ${port}`,
  served: (_, pen) => {
    const amount = `USD${Math.round(pen.random.logNormal(60, 0.6))}.${pen.random.text('0123456789', 2)}`;
    return `Transaction processed: ${pen.random.pick(cards)} Amount: ${amount}`;
  },
  chatter: 'Tracing disabled.',
});

/** The currency service: pino JSON. */
export const currencyVoice = speak(pino, {
  started: (port) => `CurrencyService gRPC server started on port ${port}`,
  served: ({ task }) => (task === 'Convert' ? 'conversion request successful' : 'Getting supported currencies...'),
  chatter: 'Profiler disabled.',
});

/** The recommendation service: Python JSON. */
export const recommendationVoice = speak(python, {
  started: (port) => `listening on port: ${port}`,
  served: (_, pen) =>
    `[Recv ListRecommendations] product_ids=${JSON.stringify(['OLJCESPC7Z', '9SIQT8TOJO', pen.random.text('ABCDEFGHJKLMNP0123456789', 10)])}`,
  chatter: 'Profiler disabled.',
});

/** The email service: Python JSON. */
export const emailVoice = speak(python, {
  started: (port) => `listening on port: ${port}`,
  served: (_, pen) =>
    `A request to send order confirmation email to user-${drawUuid(pen).slice(0, 8)}@example.com has been received.`,
  chatter: 'Tracing disabled.',
});

const contexts = ['clothing', 'accessories', 'kitchen', 'footwear', 'decor'] as const;

/** The ad service: log4j's JSON layout. */
export const adVoice = speak(log4j, {
  started: (port) => `Ad Service started, listening on ${port}`,
  served: (_, pen) => `received ad request (context_words=[${pen.random.pick(contexts)}])`,
  chatter: 'Stats disabled.',
});

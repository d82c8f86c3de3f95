import { z } from 'zod';
import { boundedText, severityOf, shapeProblem } from '../analysis/alert-reading.ts';
import type { Alert } from '../domain/alert.ts';
import type { Delivery, Parsed, Source } from '../ports/source.ts';

const meta = z.record(z.string(), z.coerce.string()).nullish();

/** GoAlert's outgoing webhook bodies; newer versions add fields, so unknown ones are let through. */
const bodyShape = z.discriminatedUnion('Type', [
  z.object({
    Type: z.literal('Alert'),
    AlertID: z.number().int(),
    Summary: z.string(),
    Details: z.string().default(''),
    ServiceID: z.string().default(''),
    ServiceName: z.string().default(''),
    Meta: meta,
  }),
  z.object({
    Type: z.literal('AlertBundle'),
    ServiceID: z.string(),
    ServiceName: z.string().default(''),
    Count: z.number().int(),
  }),
  z.object({
    Type: z.literal('AlertStatus'),
    AlertID: z.number().int(),
    LogEntry: z.string(),
    Summary: z.string().default(''),
    ServiceName: z.string().default(''),
    Meta: meta,
  }),
  z.object({ Type: z.literal('Verification'), Code: z.string() }),
  z.object({ Type: z.literal('ScheduleOnCallUsers') }),
  z.object({ Type: z.literal('Test') }),
]);

type Body = z.infer<typeof bodyShape>;
type AlertBody = Extract<Body, { Type: 'Alert' }>;
type StatusBody = Extract<Body, { Type: 'AlertStatus' }>;

/** `key: value` or `key=value` lines of the details, as people and Alertmanager's template write them. */
const labelsIn = (details: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    details
      .split('\n')
      .map((line) => /^\s*-?\s*([a-zA-Z_][a-zA-Z0-9_]{0,63})\s*[:=]\s*(.{1,500}?)\s*$/.exec(line))
      .flatMap((match) => (match?.[1] === undefined ? [] : [[match[1], boundedText(match[2] ?? '')]])),
  );

const payloadLabels = /"labels":\s*(\{[^{}]*\})/;
const flat = z.record(z.string(), z.coerce.string());

/** The first alert's labels in the Alertmanager payload that GoAlert quotes; none where it quotes none, or cut it off there. */
const labelsQuoted = (details: string): Readonly<Record<string, string>> => {
  try {
    const read = flat.safeParse(JSON.parse(payloadLabels.exec(details)?.[1] ?? '{}'));
    return read.success ? read.data : {};
  } catch {
    return {};
  }
};

const clean = (record: Readonly<Record<string, string>> | null | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(record ?? {}).map(([key, value]) => [boundedText(key), boundedText(value)]));

const base = (body: AlertBody | StatusBody, delivery: Delivery) => {
  const details = 'Details' in body ? body.Details : '';
  const labels = { ...labelsIn(details), ...clean(labelsQuoted(details)), ...clean(body.Meta) };
  return {
    source: 'goalert',
    fingerprint: `goalert-${body.AlertID}`,
    occurrence: String(body.AlertID),
    name: boundedText(labels.alertname ?? body.Summary),
    severity: severityOf(labels.severity ?? 'critical'),
    labels: { ...labels, goalert_service: boundedText(body.ServiceName) },
    sender: delivery.sender,
    receivedAt: delivery.receivedAt,
    // GoAlert sends no time of its own: its delivery is the earliest that is known.
    startsAt: delivery.receivedAt,
  };
};

const firing = (body: AlertBody, delivery: Delivery): Alert => ({
  ...base(body, delivery),
  status: 'firing',
  annotations: { summary: boundedText(body.Summary), description: boundedText(body.Details) },
});

/** A status entry ends the alert when its words say that it was closed; an acknowledgement changes nothing here. */
const closed = (body: StatusBody): boolean => /^closed\b/i.test(body.LogEntry.trim());

const resolved = (body: StatusBody, delivery: Delivery): Alert => ({
  ...base(body, delivery),
  status: 'resolved',
  annotations: { summary: boundedText(body.Summary), log: boundedText(body.LogEntry) },
  endsAt: delivery.receivedAt,
});

const notice = (text: string): Parsed => ({ alerts: [], refused: [], notice: text });

const parsed = (body: Body, delivery: Delivery): Parsed => {
  switch (body.Type) {
    case 'Alert':
      return { alerts: [firing(body, delivery)], refused: [] };
    case 'AlertStatus':
      return closed(body)
        ? { alerts: [resolved(body, delivery)], refused: [] }
        : notice(`GoAlert alert ${body.AlertID}: ${boundedText(body.LogEntry)}`);
    case 'AlertBundle':
      return notice(
        `GoAlert bundled ${body.Count} alerts of ${boundedText(body.ServiceName)} without their texts: set DisableMessageBundles so that each arrives`,
      );
    case 'Verification':
      return notice(`GoAlert's verification code for this webhook is ${boundedText(body.Code)}`);
    case 'ScheduleOnCallUsers':
      return notice('an on-call change, which is no alert');
    case 'Test':
      return notice('a test message: the webhook works');
  }
};

/** GoAlert's outgoing webhook. */
export const goalert: Source = {
  name: 'goalert',
  parse: (body, delivery) => {
    const read = bodyShape.safeParse(body);
    return read.success
      ? parsed(read.data, delivery)
      : { alerts: [], refused: [{ index: -1, reason: `not a GoAlert webhook: ${shapeProblem(read.error)}` }] };
  },
};

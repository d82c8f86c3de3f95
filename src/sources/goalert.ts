import { z } from 'zod';
import { alertNameOf, boundedLine, boundedText, severityOf, shapeProblem } from '../analysis/alert-reading.ts';
import { foreignLabels } from '../analysis/foreign-labels.ts';
import type { Alert } from '../domain/alert.ts';
import type { Delivery, Parsed, Source } from '../ports/source.ts';

/** Labels that could not be read are as good as none: the alert itself matters more. */
const meta = z.record(z.string(), z.unknown()).nullish().catch(null);

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

/** GoAlert itself keeps 6 KiB of details; what is longer was not written by it. */
const detailsCharsMax = 16_000;
const lineCharsMax = 600;

/** `key: value` or `key=value` lines of the details, as people and Alertmanager's template write them. */
const labelsIn = (details: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    details
      .split('\n')
      .map((line) =>
        /^(?:-\s{0,8})?([a-zA-Z_][a-zA-Z0-9_]{0,63})\s{0,8}[:=](.{1,500})$/.exec(line.trim().slice(0, lineCharsMax)),
      )
      .flatMap((match) => (match?.[1] === undefined ? [] : [[match[1], (match[2] ?? '').trim()]])),
  );

const payloadLabels = /"labels":\s{0,20}(\{[^{}]*\})/;
const flat = z.record(z.string(), z.string());

/** The first alert's labels in the Alertmanager payload that GoAlert quotes; none where it quotes none, or cut it off there. */
const labelsQuoted = (details: string): Readonly<Record<string, unknown>> => {
  try {
    const read = flat.safeParse(JSON.parse(payloadLabels.exec(details)?.[1] ?? '{}'));
    return read.success ? read.data : {};
  } catch {
    return {};
  }
};

const cutDoubt = (details: string): readonly string[] =>
  details.length > detailsCharsMax ? ['Its details were too long and cut.'] : [];

const base = (body: AlertBody | StatusBody, delivery: Delivery) => {
  const details = 'Details' in body ? body.Details : '';
  const near = details.slice(0, detailsCharsMax);
  const labels = foreignLabels({ ...labelsIn(near), ...labelsQuoted(near), ...body.Meta }, 'label');
  const name = alertNameOf(labels.value.alertname ?? body.Summary);
  const severity = severityOf(labels.value.severity ?? 'critical');
  const doubts = [...name.doubts, ...severity.doubts, ...labels.doubts, ...cutDoubt(details)];
  return {
    source: 'goalert',
    fingerprint: `goalert-${body.AlertID}`,
    occurrence: String(body.AlertID),
    name: name.value,
    severity: severity.value,
    labels: { ...labels.value, goalert_service: boundedText(body.ServiceName) },
    sender: delivery.sender,
    receivedAt: delivery.receivedAt,
    // GoAlert sends no time of its own: its delivery is the earliest that is known.
    startsAt: delivery.receivedAt,
    ...(doubts.length === 0 ? {} : { doubts }),
  };
};

const firing = (body: AlertBody, delivery: Delivery): Alert => ({
  ...base(body, delivery),
  status: 'firing',
  annotations: { summary: boundedText(body.Summary), description: boundedText(body.Details) },
});

/** A status entry ends the alert when its words say that it was closed; an acknowledgement changes nothing here. */
const closed = (body: StatusBody): boolean => /^\s{0,20}closed\b/i.test(body.LogEntry);

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
        : notice(`GoAlert alert ${body.AlertID}: ${boundedLine(body.LogEntry)}`);
    case 'AlertBundle':
      return notice(
        `GoAlert bundled ${body.Count} alerts of ${boundedLine(body.ServiceName)} without their texts: set DisableMessageBundles so that each arrives`,
      );
    case 'Verification':
      return notice(`GoAlert's verification code for this webhook is ${boundedLine(body.Code)}`);
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

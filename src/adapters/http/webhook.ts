import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Sender } from '../../domain/alert.ts';
import { limits } from '../../limits.ts';
import type { AlertInbox } from '../../ports/alert-inbox.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Notices } from '../../ports/notices.ts';
import type { Parsed, Source } from '../../ports/source.ts';
import { type AlertQuota, createAlertQuota } from './alert-quota.ts';
import type { Refusal } from './refusal-book.ts';
import { type RefusalAnswer, refusals, unknownSource } from './refusals.ts';

/** What the webhook needs. `refuse` answers a request with a refusal and notes it; `note` only notes. */
export interface WebhookDeps {
  readonly senders: readonly { readonly name: string; readonly secret: string }[];
  readonly sources: readonly Source[];
  readonly inbox: Pick<AlertInbox, 'accept' | 'size'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly refuse: (request: FastifyRequest, reply: FastifyReply, answer: RefusalAnswer) => Promise<FastifyReply>;
  readonly note: (refusal: Refusal) => Promise<void>;
  /** Tells people that deliveries are shed. */
  readonly notices: Notices;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Comparing digests takes the same time whatever was sent, and hides the secret's length too. */
const senderOf = (deps: WebhookDeps, secret: string, via: Sender['via']): Sender | null => {
  const given = digest(secret);
  const match = deps.senders.find((sender) => timingSafeEqual(digest(sender.secret), given));
  return match === undefined ? null : { name: match.name, via };
};

const bearerOf = (request: FastifyRequest): string =>
  /^Bearer (.{1,500})$/.exec(request.headers.authorization ?? '')?.[1] ?? '';

const pathSecretOf = (request: FastifyRequest): string => (request.params as { secret?: string }).secret ?? '';

const doubtsToldMax = 20;

const answerOf = (parsed: Parsed, accepted: readonly { readonly id: string; readonly repeated: boolean }[]) => {
  const doubts = [...new Set(parsed.alerts.flatMap((alert) => alert.doubts ?? []))].slice(0, doubtsToldMax);
  const more = parsed.refused.length - limits.refusalsToldMax;
  return {
    accepted: accepted.length,
    repeated: accepted.filter((entry) => entry.repeated).length,
    ids: accepted.map((entry) => entry.id),
    refused: parsed.refused.slice(0, limits.refusalsToldMax),
    ...(more > 0 ? { refusedMore: more } : {}),
    ...(doubts.length === 0 ? {} : { doubts }),
    ...(parsed.notice === undefined ? {} : { notice: parsed.notice }),
  };
};

const refusedInWords = ({ refused, alerts }: Parsed): string => {
  const told = refused.map(({ index, reason }) => (index < 0 ? reason : `alert ${index}: ${reason}`));
  const all = refused.length + alerts.length;
  return `${refused.length} of ${all} refused: ${told.join('; ')}`.slice(0, limits.observationCharsMax);
};

const tell = async (
  deps: WebhookDeps,
  told: { source: string; sender: Sender; request: FastifyRequest; parsed: Parsed; status: number },
): Promise<void> => {
  const { source, sender, request, parsed, status } = told;
  for (const _refused of parsed.refused) deps.meter.count('alerts_total', { source, kind: 'refused' });
  if (parsed.notice !== undefined)
    deps.log.info({ source, sender: sender.name, notice: parsed.notice }, 'a notice, no alert');
  if (parsed.refused.length === 0) return;
  const kind = status === 202 ? 'some-alerts-unreadable' : 'no-alert-readable';
  await deps.note({ kind, status, source, sender: sender.name, from: request.ip, reason: refusedInWords(parsed) });
};

/** Takes one delivery in and answers only after every readable alert in it is durable. */
const receive = async (
  deps: WebhookDeps,
  source: Source,
  delivery: { request: FastifyRequest; reply: FastifyReply; sender: Sender; quota: AlertQuota },
): Promise<FastifyReply> => {
  const { request, reply, sender, quota } = delivery;
  const parsed = source.parse(request.body, { sender, receivedAt: deps.clock.now() });
  quota.spend(sender.name, parsed.alerts.length);
  const accepted = parsed.alerts.length === 0 ? [] : await deps.inbox.accept(parsed.alerts);
  for (const { repeated } of accepted)
    deps.meter.count('alerts_total', { source: source.name, kind: repeated ? 'repeated' : 'new' });
  const status = accepted.length === 0 && parsed.refused.length > 0 ? 422 : 202;
  await tell(deps, { source: source.name, sender, request, parsed, status });
  return reply.code(status).send(answerOf(parsed, accepted));
};

/** Adds `POST /alerts/<source>`. Who sends and in which dialect is settled before a byte of the body is read. */
export const addWebhooks = (server: FastifyInstance, deps: WebhookDeps): void => {
  const quota = createAlertQuota(deps);
  const admitted = new WeakMap<FastifyRequest, { readonly sender: Sender; readonly source: Source }>();

  const addWebhook = (path: string, via: Sender['via'], secretOf: (request: FastifyRequest) => string): void => {
    const admit = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
      const sender = senderOf(deps, secretOf(request), via);
      if (sender === null) {
        // What is still to come of the body is nothing to wait for.
        void reply.header('www-authenticate', 'Bearer realm="alerts"').header('connection', 'close');
        return deps.refuse(request, reply, refusals.unknownSender);
      }
      const source = deps.sources.find(({ name }) => name === (request.params as { source: string }).source);
      if (source === undefined) {
        return deps.refuse(request, reply, unknownSource(deps.sources.map(({ name }) => name)));
      }
      const shed = await quota.shed(sender.name);
      if (shed !== null) {
        deps.notices.tell(
          shed.kind,
          `Deliveries of ${sender.name} are being refused for now (${shed.status}): ${shed.error}. The sender keeps them and comes again; nothing that was accepted is lost.`,
        );
        return deps.refuse(request, reply, shed);
      }
      admitted.set(request, { sender, source });
      return undefined;
    };
    server.post(path, { onRequest: admit }, (request, reply) => {
      const known = admitted.get(request);
      if (known === undefined) return deps.refuse(request, reply, refusals.unknownSender);
      return receive(deps, known.source, { request, reply, sender: known.sender, quota });
    });
  };

  addWebhook('/alerts/:source', 'bearer', bearerOf);
  // GoAlert can send no header, so its secret is part of the path.
  addWebhook('/alerts/:source/:secret', 'path', pathSecretOf);
};

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Sender } from '../../domain/alert.ts';
import type { Parsed, Source } from '../../ports/source.ts';
import { type AlertQuota, createAlertQuota } from './alert-quota.ts';
import { answerOf, refusedInWords } from './delivery-answer.ts';
import { refusals, unknownSource } from './refusals.ts';
import { senderOf } from './sender-of.ts';
import type { WebhookDeps } from './webhook-deps.ts';

const bearerOf = (request: FastifyRequest): string =>
  /^Bearer (.{1,500})$/.exec(request.headers.authorization ?? '')?.[1] ?? '';

const pathSecretOf = (request: FastifyRequest): string => (request.params as { secret?: string }).secret ?? '';

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
      const sender = senderOf(deps.senders, secretOf(request), via);
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

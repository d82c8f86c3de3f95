import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AlertInbox } from '../../ports/alert-inbox.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Notices } from '../../ports/notices.ts';
import type { Source } from '../../ports/source.ts';
import type { Refusal } from './refusal-book.ts';
import type { RefusalAnswer } from './refusals.ts';
import type { KnownSender } from './sender-of.ts';

/** What the webhook needs. `refuse` answers a request with a refusal and notes it; `note` only notes. */
export interface WebhookDeps {
  readonly senders: readonly KnownSender[];
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

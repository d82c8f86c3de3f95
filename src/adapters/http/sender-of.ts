import { createHash, timingSafeEqual } from 'node:crypto';
import type { Sender } from '../../domain/alert.ts';

/** A sender that may deliver alerts, and the secret by which it proves itself. */
export interface KnownSender {
  readonly name: string;
  readonly secret: string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whose secret it is, or null. Comparing digests takes the same time whatever was sent, and hides the secret's length too. */
export const senderOf = (senders: readonly KnownSender[], secret: string, via: Sender['via']): Sender | null => {
  const given = digest(secret);
  const match = senders.find((sender) => timingSafeEqual(digest(sender.secret), given));
  return match === undefined ? null : { name: match.name, via };
};

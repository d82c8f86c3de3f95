import type { CaseFile } from '../../domain/case-file.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Ownership } from '../../ports/ownership.ts';
import type { Shown, ShownLedger } from '../../ports/shown-ledger.ts';
import type { Message } from './message.ts';
import type { Outbox } from './outbox.ts';
import type { SlackWeb } from './slack-web.ts';

/** What is remembered about an incident's thread while it is being brought up to date; lost without harm at a restart. */
export interface ThreadWork {
  /** Something changed since the pass began: newer content is waiting. */
  dirty: boolean;
  /** A message may stand in Slack without the ledger knowing it. */
  suspect: boolean;
  /** Keys of messages that a person deleted. */
  readonly gone: Set<string>;
  uploadTriesLeft: number;
  /** When the pass had to leave something for later: how much later. */
  laterMs: number | undefined;
}

/** What every pass over a thread needs. */
export interface ThreadTools {
  readonly web: SlackWeb;
  readonly shown: ShownLedger;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
  /** When each message was last edited, epoch ms. */
  readonly editedAt: Map<string, number>;
  /** Another replica must never double a message: asked before everything that is sent about an incident. */
  readonly ownership: Pick<Ownership, 'owns' | 'ownedSinceMs'>;
  /** Everything that should stand in the thread; `folded` says in it that evidence may be missing. `files` are the ids of files that Slack holds, by the key of their message. */
  readonly render: (file: CaseFile, files: Readonly<Record<string, string>>, folded?: boolean) => readonly Message[];
  /** The newest page of the case. */
  readonly read: (uid: string) => Promise<CaseFile | null>;
  /** The ledger's word for a thread that tells this case completely. */
  readonly mark: (file: CaseFile) => string;
  /** Nobody knows whether a call about this thread took effect, or still will. */
  readonly raiseDoubt: (uid: string) => Promise<void>;
  /** Whether something of this thread may still be under way, so that it cannot be called complete. */
  readonly isUnsure: (uid: string) => boolean;
  /** Whether so many messages wait that evidence is left out of the threads. */
  readonly isBusy: () => boolean;
}

/** One pass over one thread. `file` is the newest page that was read, `messages` what should stand, `shown` what the ledger says: all are kept up to date as the pass goes. */
export interface Pass {
  readonly tools: ThreadTools;
  file: CaseFile;
  messages: readonly Message[];
  /** A newer page was read on the way: what was passed before may differ from it. */
  isOverrun: boolean;
  /** Where a new root goes. */
  readonly channel: string;
  readonly work: ThreadWork;
  readonly shown: Map<string, Shown>;
}

/** The ledger's key for the file of a message. */
export const fileKeyOf = (key: string): string => `file:${key}`;

/** Enters into the ledger that a message now stands at this address with this content. */
export const enter = async (
  { tools, file, work, shown }: Pass,
  key: string,
  at: Pick<Shown, 'channel' | 'ts' | 'hash'>,
): Promise<void> => {
  const entry: Shown = { uid: file.incident.uid, key, ...at, at: tools.clock.now() };
  await tools.shown.put(entry);
  shown.set(key, entry);
  work.gone.delete(key);
};

const retryMs = 2_000;

/** Has another pass come back soon. */
export const leaveForLater = (work: ThreadWork): void => {
  work.laterMs = Math.min(work.laterMs ?? retryMs, retryMs);
};

/** Leaves a picture or a document for a later pass, a few times. */
export const leaveFileForLater = (work: ThreadWork): void => {
  work.uploadTriesLeft -= 1;
  if (work.uploadTriesLeft > 0) leaveForLater(work);
};

/** Whether the thread is another replica's by now. */
export const isLost = ({ tools, file }: Pick<Pass, 'tools' | 'file'>): boolean =>
  !tools.ownership.owns(file.incident.uid);

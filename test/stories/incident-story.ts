import { type CaseFile, phaseOf } from '../../src/domain/case-file.ts';
import type { Laboratory } from '../../src/lab/laboratory.ts';
import type { SlackMessage } from '../../src/lab/slack/slack-objects.ts';
import type { Bot } from '../../src/main.ts';
import { waitUntil } from './wait-until.ts';

/** A message as people see it: `key` is the bot's own name for it, or the file's name for a file. */
export interface ThreadMessage {
  readonly key: string;
  /** Everything that the message shows in words, button labels included. */
  readonly words: string;
  readonly message: SlackMessage;
}

/** One incident at one moment. */
export interface Sight {
  readonly file: CaseFile;
  /** Root first; empty before the root stands. */
  readonly thread: readonly ThreadMessage[];
}

/** A write of the bot as the API server's audit log has it. */
export interface AuditedWrite {
  readonly auditId: string;
  readonly verb: string;
  readonly object: string;
  readonly code: number;
}

/** One incident, told from outside. */
export interface IncidentStory {
  readonly uid: string;
  see(): Promise<Sight>;
  /** Resolves with the first sight for which the predicate holds. Rejects with the case's state when patience ends. */
  until(what: string, holds: (sight: Sight) => boolean): Promise<Sight>;
  /** The address of a message of the thread, for hands that react or click. Throws when it does not stand there. */
  address(key: string): Promise<{ readonly channel: string; readonly ts: string }>;
  /** Accepted writes of the bot for this incident, dry runs left out. */
  writes(): readonly AuditedWrite[];
}

const isWord = (key: string): boolean => key === 'text' || key === 'alt_text';

const wordsIn = (value: unknown, key = ''): readonly string[] => {
  if (typeof value === 'string') return isWord(key) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => wordsIn(inner, Array.isArray(value) ? key : name));
};

const keyOf = ({ metadata, files }: SlackMessage): string => {
  const payload = metadata?.event_payload as { readonly key?: string } | undefined;
  return payload?.key ?? `file:${files?.[0]?.name ?? ''}`;
};

/** A message with its words: those of its blocks where it has any, for they are what Slack shows. */
export const readMessage = (message: SlackMessage): ThreadMessage => ({
  key: keyOf(message),
  words: message.blocks === undefined ? message.text : wordsIn(message.blocks).join('\n'),
  message,
});

const stateInWords = ({ file, thread }: Sight): string =>
  [
    `INC-${file.incident.number} is ${phaseOf(file)}`,
    `verdict ${file.verdict?.kind ?? '-'} ${file.verdict?.cause?.fault ?? '-'} of ${file.verdict?.cause?.workload ?? '-'} (${file.verdict?.confidence ?? '-'})`,
    ...file.attempts.map(
      ({ plan, review, decision, execution, verification }) =>
        `${plan.action} of ${plan.workload.name}: gates ${review?.passed ?? '-'}, ${decision?.kind ?? 'undecided'}, ${execution?.outcome ?? 'not carried out'}, ${verification?.verdict ?? JSON.stringify(verification?.checks.filter(({ passed }) => !passed))}`,
    ),
    `noPlan ${file.noPlan ?? '-'}`,
    `watch ${JSON.stringify(file.watch?.checks.filter(({ passed }) => !passed))}`,
    `closure ${file.closure?.outcome ?? '-'}: ${file.closure?.reason ?? ''}`,
    `thread ${thread.map(({ key }) => key).join(', ')}`,
  ].join('\n  ');

const botUsers = ['system:serviceaccount:sre:ai4all-sre', 'system:serviceaccount:sre:ai4all-sre-act'];
/** The bot's own store, where it is in the API server. */
const bookkeeping = /^\/apis\/(sre\.ai4all\.dev|coordination\.k8s\.io)\//;

const reads = new Set(['get', 'list', 'watch']);

/** Every write that the API server accepted from the bot, dry runs left out, oldest first. */
export const writesOfBot = (lab: Laboratory): readonly AuditedWrite[] =>
  lab.cluster
    .auditEvents()
    .filter(
      ({ user, verb, objectRef }) => botUsers.includes(user.username) && !reads.has(verb) && objectRef !== undefined,
    )
    .filter(({ objectRef }) => objectRef?.subresource !== 'token')
    .filter(({ requestURI }) => !requestURI.includes('dryRun=All') && !bookkeeping.test(requestURI))
    .map(({ auditID, verb, objectRef, responseStatus }) => ({
      auditId: auditID,
      verb,
      object: `${objectRef?.resource}/${objectRef?.name}`,
      code: Number(responseStatus.code),
    }))
    .filter(({ code }) => code < 300);

/** The story of the incident with this uid, whichever bot runs. */
export const createIncidentStory = (deps: {
  readonly lab: Laboratory;
  readonly bot: () => Bot;
  readonly uid: string;
}): IncidentStory => {
  const { lab, bot, uid } = deps;
  const channel = lab.slack.channels.incidents;

  const threadNow = (): readonly ThreadMessage[] => {
    const messages = lab.slack.messages(channel).map(readMessage);
    const root = messages.find(({ key, words }) => key === 'root' && words.includes(uid));
    return root === undefined ? [] : lab.slack.thread(channel, root.message.ts).map(readMessage);
  };

  const see = async (): Promise<Sight> => {
    const file = await bot().cases.read(uid);
    if (file === null) throw new Error(`case ${uid} is not in the store`);
    return { file, thread: threadNow() };
  };

  return {
    uid,
    see,
    until: (what, holds) =>
      waitUntil({ what, look: see, holds, describe: stateInWords, subscribe: (wake) => bot().cases.subscribe(wake) }),
    address: async (key) => {
      const found = threadNow().find((message) => message.key === key);
      if (found === undefined) throw new Error(`no message ${key} stands in the thread`);
      return { channel, ts: found.message.ts };
    },
    writes: () => writesOfBot(lab).filter(({ auditId }) => auditId.startsWith(uid)),
  };
};

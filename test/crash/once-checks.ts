import { contentHash } from '../../src/adapters/slack/message.ts';
import { renderThread } from '../../src/adapters/slack/render-thread.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import type { Laboratory } from '../../src/lab/laboratory.ts';
import type { SlackMessage } from '../../src/lab/slack/slack-objects.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { writesOfBot } from '../stories/incident-story.ts';

/** What is looked at: the laboratory and the bot's stores, while or after it ran. */
export interface Scene {
  readonly lab: Laboratory;
  readonly stores: Stores;
}

interface Tag {
  readonly uid?: string;
  readonly key?: string;
}

const tagOf = ({ metadata }: SlackMessage): Tag => (metadata?.event_payload ?? {}) as Tag;

const repeated = (names: readonly string[]): readonly string[] =>
  [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].sort();

const missingFrom = (wanted: readonly string[], there: readonly string[]): readonly string[] =>
  wanted.filter((one) => !there.includes(one));

/** What each incident meant to write, by the Audit-IDs under which the API server knows it. */
const intendedWrites = (files: readonly CaseFile[]): readonly string[] =>
  files.flatMap(({ attempts }) =>
    attempts.flatMap(({ execution, undo }) =>
      [execution, undo].flatMap((one) => (one?.written ?? []).map(({ auditId }) => auditId)),
    ),
  );

/** Everything that was written to the cluster twice, without being in a case file, or was said to be written and was not. */
export const troubleWithWrites = ({ lab }: Scene, files: readonly CaseFile[]): readonly string[] => {
  const written = writesOfBot(lab).map(({ auditId }) => auditId);
  const intended = intendedWrites(files);
  return [
    ...repeated(written).map((one) => `written twice: ${one}`),
    ...missingFrom(written, intended).map((one) => `written, but no case says so: ${one}`),
    ...missingFrom(intended, written).map((one) => `said to be written, but never was: ${one}`),
  ];
};

/** Pages without exactly one line in the journal: versions begin at one and each page adds one. */
export const troubleWithJournal = async ({ stores }: Scene, files: readonly CaseFile[]): Promise<readonly string[]> => {
  const broken = await stores.journal.firstBroken();
  const uneven = await Promise.all(
    files.map(async ({ incident, version }) => {
      const lines = await stores.journal.of(incident.uid);
      const said = lines.map(({ verb }) => verb).join(' ');
      return lines.length === version
        ? []
        : [`INC-${incident.number}: ${version} pages, ${lines.length} lines: ${said}`];
    }),
  );
  return [...(broken === null ? [] : [`the journal's chain breaks at ${broken}`]), ...uneven.flat()];
};

const filesIn = (messages: readonly SlackMessage[]): readonly string[] =>
  messages.flatMap(({ files = [] }) => files.map(({ name }) => String(name)));

const withoutPictures = (blocks: readonly { readonly type: string }[]) => blocks.filter(({ type }) => type !== 'image');

/** Where the thread of an incident is not what the case says: messages missing, doubled, out of date or at the wrong place. */
export const troubleWithThread = async ({ lab, stores }: Scene, file: CaseFile): Promise<readonly string[]> => {
  const { uid, number } = file.incident;
  const channel = lab.slack.channels.incidents;
  const shown = await stores.shown.of(uid);
  const files = Object.fromEntries(
    shown.flatMap(({ key, ts }) => (key.startsWith('file:') ? [[key.slice('file:'.length), ts]] : [])),
  );
  const wanted = renderThread(file, { modelLabel: 'none', approvers: [], files });
  const mine = lab.slack.messages(channel).filter((message) => tagOf(message).uid === uid);
  const root = mine.find((message) => tagOf(message).key === 'root');
  const thread = root === undefined ? [] : lab.slack.thread(channel, root.ts);
  const keys = mine.map((message) => String(tagOf(message).key));
  const expected = wanted.map(({ key }) => key);
  const documents = wanted.flatMap(({ attachment }) => (attachment?.place === 'thread' ? [attachment.name] : []));
  const stale = wanted.filter((message) => {
    const there = mine.find((one) => tagOf(one).key === message.key);
    const ledger = shown.find(({ key }) => key === message.key);
    const bare = { ...message, blocks: withoutPictures(message.blocks) } as typeof message;
    const isCurrent = [contentHash(message), contentHash(bare)].includes(ledger?.hash ?? '');
    return there !== undefined && (there.text !== message.text || !isCurrent || ledger?.ts !== there.ts);
  });
  return [
    ...repeated(keys).map((key) => `doubled: ${key}`),
    ...repeated(filesIn(thread)).map((name) => `doubled: ${name}`),
    ...missingFrom(expected, keys).map((key) => `missing: ${key}`),
    ...missingFrom(documents, filesIn(thread)).map((name) => `missing: ${name}`),
    ...missingFrom(keys, expected).map((key) => `nobody asked for: ${key}`),
    ...mine.filter((one) => !thread.includes(one)).map((one) => `outside its thread: ${tagOf(one).key}`),
    ...stale.map(({ key }) => `out of date: ${key}`),
  ].map((trouble) => `INC-${number} ${trouble}`);
};

/** Every case file, whole, oldest first. */
export const allCases = async ({ stores }: Scene): Promise<readonly CaseFile[]> => {
  const summaries = await stores.cases.recent(100_000);
  const files: CaseFile[] = [];
  for (const { incident } of summaries.toReversed()) {
    const file = await stores.cases.read(incident.uid);
    if (file !== null) files.push(file);
  }
  return files;
};

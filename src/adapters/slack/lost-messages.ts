import type { CaseFile } from '../../domain/case-file.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ShownLedger } from '../../ports/shown-ledger.ts';
import type { Address, FindRoot } from './find-root.ts';
import { readThread } from './read-messages.ts';
import type { SlackWeb } from './slack-web.ts';

/** What is needed to look for messages whose posting was never confirmed. */
export interface LostMessagesDeps {
  readonly web: SlackWeb;
  readonly shown: ShownLedger;
  readonly clock: Clock;
  readonly findRoot: FindRoot;
}

/** Looks in Slack for messages of an incident that the ledger does not know, and enters them: so that a lost reply is no second post. */
export const findLostMessages = async (
  deps: LostMessagesDeps,
  file: CaseFile,
  place: { readonly channel: string; readonly fileNames: Readonly<Record<string, string>> },
): Promise<void> => {
  const { web, shown, clock } = deps;
  const { uid } = file.incident;
  const known = new Map((await shown.of(uid)).map((one) => [one.key, one]));
  const root: Address | undefined = known.get('root') ?? (await deps.findRoot(file, place.channel));
  if (root === undefined) return;
  const { channel, ts } = root;
  const replies = await readThread(web, root, { uid, fileNames: place.fileNames });
  const found = [{ key: 'root', ts }, ...replies];
  const unknown = new Map(found.filter(({ key }) => !known.has(key)).map((one) => [one.key, one.ts]));
  // An unknown content hash differs from every real one, so the next edit brings the message up to date.
  for (const [key, at] of unknown) await shown.put({ uid, key, channel, ts: at, hash: '', at: clock.now() });
};

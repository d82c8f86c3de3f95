import {
  laboratoryApp,
  laboratoryChannels,
  laboratoryGroups,
  laboratoryTeam,
  laboratoryUsers,
} from './laboratory-team.ts';
import { createMessageLog, type MessageLog } from './message-log.ts';
import type {
  JsonObject,
  SlackChannel,
  SlackFile,
  SlackGroup,
  SlackMessage,
  SlackUser,
  SlackView,
} from './slack-objects.ts';
import { createViewStacks, type ViewStacks } from './view-stacks.ts';

/** What just changed, for those who show the workspace. */
export type Change =
  | { readonly kind: 'message'; readonly message: SlackMessage }
  | { readonly kind: 'message-removed'; readonly channel: string; readonly ts: string }
  | { readonly kind: 'ephemeral'; readonly user: string; readonly message: SlackMessage }
  | { readonly kind: 'ephemeral-removed'; readonly user: string; readonly ts: string }
  | { readonly kind: 'views'; readonly user: string; readonly views: readonly SlackView[] }
  | { readonly kind: 'home'; readonly user: string; readonly view: SlackView }
  | { readonly kind: 'channel'; readonly channel: SlackChannel }
  | { readonly kind: 'shelf'; readonly channel: string; readonly bookmarks: readonly JsonObject[] }
  | { readonly kind: 'status'; readonly channel: string; readonly thread: string; readonly status: string }
  | { readonly kind: 'link'; readonly connected: boolean };

/** A file with its bytes. `ready` comes true a moment after the upload, as in Slack. */
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  readonly altText: string | undefined;
  readonly bytes: Uint8Array | undefined;
  readonly file: SlackFile | undefined;
  readonly ready: boolean;
  readonly shares: readonly { readonly channel: string; readonly ts: string; readonly thread: string | undefined }[];
}

/** Everything that the local Slack knows, in memory. */
export interface Workspace {
  readonly team: typeof laboratoryTeam;
  readonly app: typeof laboratoryApp;
  readonly users: ReadonlyMap<string, SlackUser>;
  readonly channels: ReadonlyMap<string, SlackChannel>;
  readonly groups: ReadonlyMap<string, SlackGroup>;
  readonly messages: MessageLog;
  readonly views: ViewStacks;
  readonly files: Map<string, StoredFile>;
  readonly bookmarks: Map<string, readonly JsonObject[]>;
  setMembers(channel: string, members: readonly string[]): void;
  home(user: string): SlackView | undefined;
  setHome(user: string, view: SlackView): void;
  ephemerals(user: string): readonly SlackMessage[];
  putEphemeral(user: string, message: SlackMessage): void;
  removeEphemeral(user: string, ts: string): void;
  announce(change: Change): void;
  /** Calls back for every change from now on. Returns the way to stop. */
  onChange(listener: (change: Change) => void): () => void;
  /** A new message timestamp, `seconds.micros`, later than every one before. */
  nextTs(): string;
  newId(prefix: string): string;
  nowMs(): number;
}

const byId = <T extends { readonly id: string }>(items: readonly T[]): Map<string, T> =>
  new Map(items.map((item) => [item.id, item]));

const createTimestamps = (nowMs: () => number) => {
  let lastMicros = 0;
  return (): string => {
    lastMicros = Math.max(lastMicros + 1, Math.floor(nowMs() * 1000));
    return `${Math.floor(lastMicros / 1e6)}.${String(lastMicros % 1e6).padStart(6, '0')}`;
  };
};

const createEphemerals = (announce: (change: Change) => void) => {
  const byUser = new Map<string, readonly SlackMessage[]>();
  const of = (user: string) => byUser.get(user) ?? [];
  return {
    ephemerals: of,
    putEphemeral: (user: string, message: SlackMessage): void => {
      byUser.set(user, [...of(user).filter((known) => known.ts !== message.ts), message]);
      announce({ kind: 'ephemeral', user, message });
    },
    removeEphemeral: (user: string, ts: string): void => {
      byUser.set(
        user,
        of(user).filter((known) => known.ts !== ts),
      );
      announce({ kind: 'ephemeral-removed', user, ts });
    },
  };
};

/** Makes the laboratory's workspace: its people, its channels, no messages. */
export const createWorkspace = (deps: {
  readonly nowMs: () => number;
  readonly newId: (prefix: string) => string;
}): Workspace => {
  const listeners = new Set<(change: Change) => void>();
  const announce = (change: Change): void => {
    for (const listener of listeners) listener(change);
  };
  const channels = byId(laboratoryChannels);
  const homes = new Map<string, SlackView>();

  return {
    team: laboratoryTeam,
    app: laboratoryApp,
    users: byId(laboratoryUsers),
    channels,
    groups: byId(laboratoryGroups),
    messages: createMessageLog({
      put: (message) => announce({ kind: 'message', message }),
      removed: (channel, ts) => announce({ kind: 'message-removed', channel, ts }),
    }),
    views: createViewStacks((user, views) => announce({ kind: 'views', user, views })),
    files: new Map(),
    bookmarks: new Map(),
    setMembers: (id, members) => {
      const channel = channels.get(id);
      if (channel === undefined) return;
      channels.set(id, { ...channel, members });
      announce({ kind: 'channel', channel: { ...channel, members } });
    },
    home: (user) => homes.get(user),
    setHome: (user, view) => {
      homes.set(user, view);
      announce({ kind: 'home', user, view });
    },
    ...createEphemerals(announce),
    announce,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    nextTs: createTimestamps(deps.nowMs),
    newId: deps.newId,
    nowMs: deps.nowMs,
  };
};

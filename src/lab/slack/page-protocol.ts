import type { CommandHint, JsonObject, SlackChannel, SlackMessage, SlackUser, SlackView } from './slack-objects.ts';
import type { Change } from './workspace.ts';

/** Everything that the page shows to one person, sent when it connects. */
export interface Snapshot {
  readonly kind: 'snapshot';
  readonly team: { readonly id: string; readonly name: string };
  readonly me: string;
  readonly botUserId: string;
  readonly users: readonly SlackUser[];
  readonly groups: readonly { readonly id: string; readonly handle: string }[];
  readonly channels: readonly SlackChannel[];
  readonly messages: readonly SlackMessage[];
  readonly ephemerals: readonly SlackMessage[];
  readonly views: readonly SlackView[];
  readonly home: SlackView | null;
  readonly bookmarks: readonly { readonly channel: string; readonly bookmarks: readonly JsonObject[] }[];
  readonly commands: readonly CommandHint[];
  /** Whether people may write to the app directly. */
  readonly messagesTab: boolean;
  readonly connected: boolean;
}

/** What the server tells the page, one a time, over `GET /page/events?as=<user>`. */
export type PageEvent = Snapshot | Change;

/** What the page may ask for, by the last part of `POST /page/<name>`. Every body also holds `user`. */
export interface PageRequests {
  readonly say: { readonly channel: string; readonly text: string; readonly thread?: string };
  readonly slash: { readonly channel: string; readonly command: string; readonly text: string };
  readonly react: { readonly channel: string; readonly ts: string; readonly name: string; readonly on: boolean };
  readonly click: {
    readonly actionId: string;
    readonly blockId: string;
    readonly channel?: string;
    readonly ts?: string;
    readonly viewId?: string;
    readonly option?: string;
    readonly options?: readonly string[];
    readonly input?: string;
    readonly values?: JsonObject;
  };
  readonly submit: { readonly viewId: string; readonly values: JsonObject };
  readonly close: { readonly viewId: string };
  readonly home: { readonly tab: 'home' | 'messages' };
  readonly join: { readonly channel: string };
  readonly dismiss: { readonly ts: string };
}

/** The server's answer: whether the app acknowledged, and what it said at once (a modal's errors, for example). */
export interface PageAnswer {
  readonly ok: boolean;
  readonly acked: boolean;
  readonly payload: JsonObject;
  /** Why not, in words for a person. */
  readonly error?: string;
}

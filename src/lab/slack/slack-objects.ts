/** Any JSON object of the protocol whose inside the server does not need to know. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** One emoji under a message, and who put it there. */
export interface Reaction {
  readonly name: string;
  readonly users: readonly string[];
  readonly count: number;
}

/** A file as Slack describes it; the bytes are served at `url_private`. */
export interface SlackFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly mimetype: string;
  readonly filetype: string;
  readonly size: number;
  readonly user: string;
  readonly created: number;
  readonly url_private: string;
  readonly url_private_download: string;
  readonly permalink: string;
  readonly alt_txt?: string;
}

/** A message as Slack sends it in events and histories, with its channel. */
export interface SlackMessage {
  readonly type: 'message';
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  readonly team: string;
  readonly subtype?: string;
  readonly blocks?: readonly JsonObject[];
  readonly attachments?: readonly JsonObject[];
  readonly metadata?: JsonObject;
  readonly files?: readonly SlackFile[];
  readonly reactions?: readonly Reaction[];
  readonly edited?: { readonly user: string; readonly ts: string };
  readonly bot_id?: string;
  readonly app_id?: string;
  readonly bot_profile?: JsonObject;
  readonly client_msg_id?: string;
  readonly thread_ts?: string;
  readonly parent_user_id?: string;
  readonly reply_count?: number;
  readonly reply_users?: readonly string[];
  readonly reply_users_count?: number;
  readonly latest_reply?: string;
  readonly pinned_to?: readonly string[];
  readonly streaming_state?: 'in_progress' | 'completed';
  /** Set on messages that one person alone sees. */
  readonly is_ephemeral?: boolean;
}

/** A channel or a direct conversation between one person and the app. */
export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'channel' | 'im';
  readonly topic: string;
  readonly members: readonly string[];
}

/** A person or the bot. `role` is for the people at the page; the protocol does not carry it. */
export interface SlackUser {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly role: string;
  readonly timeZone: string;
  readonly isBot: boolean;
}

/** A user group, such as the approvers. */
export interface SlackGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
}

/** A modal or an App Home tab that the app put up. */
export interface SlackView {
  readonly id: string;
  readonly team_id: string;
  readonly type: 'modal' | 'home';
  readonly blocks: readonly JsonObject[];
  readonly private_metadata: string;
  readonly callback_id: string;
  readonly external_id: string;
  readonly hash: string;
  readonly state: { readonly values: JsonObject };
  readonly root_view_id: string;
  readonly previous_view_id: string | null;
  readonly title: JsonObject | null;
  readonly submit: JsonObject | null;
  readonly close: JsonObject | null;
  readonly notify_on_close: boolean;
  readonly clear_on_close: boolean;
  readonly app_id: string;
  readonly bot_id: string;
}

/** What the app answered to a delivery: `acked: false` when it stayed silent too long, on every attempt. */
export interface Ack {
  readonly acked: boolean;
  readonly payload: JsonObject;
  readonly attempts: number;
}

/** The three kinds of delivery that Slack makes to an app. */
export type EnvelopeKind = 'events_api' | 'slash_commands' | 'interactive';

/** The way to the app: Socket Mode or signed HTTP. */
export interface Link {
  deliver(kind: EnvelopeKind, payload: JsonObject): Promise<Ack>;
  /** Whether a delivery made now would reach an app. */
  connected(): boolean;
  close(): void;
}

/** A slash command that the app registered. */
export interface CommandHint {
  readonly command: string;
  readonly description: string;
  readonly usageHint: string;
  /** Whether mentions reach the app as ids instead of as typed. */
  readonly escapes?: boolean;
}

/** Drops members whose value is undefined, because Slack leaves them out. */
export const present = <T extends object>(
  object: T,
): { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof present<T>
  >;

/** Whether a value is a JSON object and no list. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

import { webApi } from '@slack/bolt';
import { BotError } from '../../domain/bot-error.ts';

/**
 * What went wrong with a call to Slack.
 * `lost`: nobody knows whether it took effect. `gone`: the message or thread is no longer there. `content`: Slack refuses these blocks.
 * `refused`: a person must mend the installation. `unwilling`: this one message cannot be edited or deleted.
 */
export type TroubleKind = 'lost' | 'rate_limited' | 'gone' | 'content' | 'unwilling' | 'refused' | 'other';

/** Trouble with Slack; its message is advice for the person who runs the bot. */
export class SlackTrouble extends BotError {
  readonly kind: TroubleKind;
  /** The Web API method that failed. */
  readonly method: string;
  /** How long Slack wants to be left alone; 0 unless `rate_limited`. */
  readonly retryAfterMs: number;

  constructor(
    kind: TroubleKind,
    code: string,
    options: { method: string; message: string; retryAfterMs?: number; cause?: unknown },
  ) {
    super(code, options.message, { retryable: kind !== 'refused' && kind !== 'content', cause: options.cause });
    this.kind = kind;
    this.method = options.method;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}

const kinds: Readonly<Record<string, TroubleKind>> = {
  ratelimited: 'rate_limited',
  rate_limited: 'rate_limited',
  message_not_found: 'gone',
  thread_not_found: 'gone',
  cant_update_message: 'unwilling',
  cant_delete_message: 'unwilling',
  edit_window_closed: 'unwilling',
  invalid_blocks: 'content',
  invalid_blocks_format: 'content',
  msg_too_long: 'content',
  msg_blocks_too_long: 'content',
  too_many_attachments: 'content',
  internal_error: 'lost',
  fatal_error: 'lost',
  service_unavailable: 'lost',
  request_timeout: 'lost',
};

const advice: Readonly<Record<string, string>> = {
  invalid_auth:
    'Slack refused the token. Copy it again from the app’s page (OAuth & Permissions for xoxb-, Basic Information for xapp-).',
  not_authed:
    'No token was sent to Slack. Set the bot token (xoxb-) and, for Socket Mode, the app-level token (xapp-).',
  account_inactive: 'The token belongs to a workspace or a bot that is gone. Install the app again.',
  token_revoked: 'The token was revoked. Install the app again and copy the new one.',
  token_expired: 'The token has expired. Switch token rotation off for this app, or install it again.',
  not_allowed_token_type:
    'This kind of token cannot make the call. The bot token begins with xoxb-, the app-level token with xapp-.',
  missing_scope: 'The app lacks a scope. Compare its scopes with slack-manifest.yml and install it again.',
  channel_not_found:
    'The channel does not exist, or it is private and the bot is not in it. Check its id and /invite the bot.',
  not_in_channel: 'The bot is not in the channel. Type /invite with the bot’s name there.',
  is_archived: 'The channel is archived. Give the bot another one.',
  restricted_action: 'A workspace setting forbids the bot to post there. Ask an admin of the workspace.',
  no_permission: 'The bot may not do this in the workspace. Ask an admin of the workspace.',
  plan_upgrade_required: 'User groups need a paid plan of Slack. List the approvers by their user ids instead.',
  no_such_subteam: 'The approvers’ user group does not exist. Check its id or handle.',
  ekm_access_denied: 'An admin of the workspace has suspended posting. Ask them.',
};

/** Codes that another try cannot mend: a person must. */
const isRefusal = (code: string): boolean =>
  advice[code] !== undefined || code === 'invalid_client' || code === 'team_access_not_granted';

const platformTrouble = (error: webApi.WebAPIPlatformError, method: string): SlackTrouble => {
  const code = error.data.error;
  const scope: unknown = Object.entries(error.data).find(([name]) => name === 'needed')?.[1];
  const needed = typeof scope === 'string' ? ` It needs ${scope}.` : '';
  const kind = kinds[code] ?? (isRefusal(code) ? 'refused' : 'other');
  const details = (error.data.response_metadata?.messages ?? []).slice(0, 3).join('; ');
  const said = details === '' ? '' : ` (${details})`;
  return new SlackTrouble(kind, code, {
    method,
    message: `${method}: ${code}${said}. ${advice[code] ?? ''}${needed}`.trim(),
    cause: error,
  });
};

/** Any failure of a call to Slack as {@link SlackTrouble}, with advice where there is some. */
export const troubleOf = (error: unknown, method: string): SlackTrouble => {
  if (error instanceof SlackTrouble) return error;
  if (error instanceof webApi.WebAPIRateLimitedError) {
    const retryAfterMs = error.retryAfter * 1_000;
    return new SlackTrouble('rate_limited', 'rate_limited', {
      method,
      message: `${method}: Slack asks to wait.`,
      retryAfterMs,
      cause: error,
    });
  }
  if (error instanceof webApi.WebAPIPlatformError) return platformTrouble(error, method);
  const why = error instanceof Error ? error.message : String(error);
  return new SlackTrouble('lost', 'no_answer', {
    method,
    message: `${method}: no usable answer from Slack (${why}).`,
    cause: error,
  });
};

/** Where a `response_url` leads: the message or command that it belongs to. */
export interface ResponseContext {
  readonly user: string;
  readonly channel: string;
  /** The message with the clicked button; absent for a command. */
  readonly ts?: string;
  readonly thread?: string;
  readonly isEphemeral?: boolean;
}

/** The short-lived keys that Slack hands out: trigger ids (3 s, once) and response urls (30 min, five times). */
export interface Tickets {
  newTrigger(user: string): string;
  /** The user of a trigger, which is used up by asking; or why it is refused. */
  useTrigger(
    id: string,
  ):
    | { readonly user: string }
    | { readonly refused: 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id' };
  newResponse(context: ResponseContext): string;
  /** The context of a response key, one use of which is spent by asking; undefined when unknown, spent or too old. */
  useResponse(key: string): ResponseContext | undefined;
}

const triggerLifeMs = 3_000;
const responseLifeMs = 30 * 60_000;
const responseUsesMax = 5;

/** Keeps tickets in memory. `newKey` must not be guessable. */
export const createTickets = (deps: { readonly nowMs: () => number; readonly newKey: () => string }): Tickets => {
  const triggers = new Map<string, { readonly user: string; readonly bornMs: number; used: boolean }>();
  const responses = new Map<string, { readonly context: ResponseContext; readonly bornMs: number; uses: number }>();

  return {
    newTrigger: (user) => {
      const id = `${deps.nowMs()}.${triggers.size}.${deps.newKey()}`;
      triggers.set(id, { user, bornMs: deps.nowMs(), used: false });
      return id;
    },
    useTrigger: (id) => {
      const trigger = triggers.get(id);
      if (trigger === undefined) return { refused: 'invalid_trigger_id' };
      if (trigger.used) return { refused: 'exchanged_trigger_id' };
      if (deps.nowMs() - trigger.bornMs > triggerLifeMs) return { refused: 'expired_trigger_id' };
      trigger.used = true;
      return { user: trigger.user };
    },
    newResponse: (context) => {
      const key = deps.newKey();
      responses.set(key, { context, bornMs: deps.nowMs(), uses: 0 });
      return key;
    },
    useResponse: (key) => {
      const response = responses.get(key);
      if (response === undefined || deps.nowMs() - response.bornMs > responseLifeMs) return undefined;
      response.uses += 1;
      return response.uses > responseUsesMax ? undefined : response.context;
    },
  };
};

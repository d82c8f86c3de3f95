/** What a thread shows beside the case file. */
export interface ViewOptions {
  /** `none`, or the model's name. */
  readonly modelLabel: string;
  /** Set while the bot is in watchtower mode: why. */
  readonly watchtower?: string;
  /** Whom to mention when a decision or a person is needed: user or user group ids. */
  readonly approvers: readonly string[];
  /** Ids of the files that Slack already holds, by the key of the message that they belong to. */
  readonly files: Readonly<Record<string, string>>;
  /** True while the channel is so busy that evidence is left out of the thread. */
  readonly folded?: boolean;
}

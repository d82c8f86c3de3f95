import type { Answer } from './answer.ts';

/** One admission policy that judges the bot's writes. */
export interface PolicyState {
  readonly name: string;
  readonly action: 'Deny' | 'Audit' | 'Warn';
  readonly ready: boolean;
  /** Set when the bot counts on this policy and it does not stand guard: why, in words that follow its name (`only audits`). */
  readonly trouble?: string;
}

/** Kyverno as the bot sees it. `empty` means that no policy or no admission webhook is there: then nothing may be written. */
export interface PolicyEngine {
  policies(): Promise<Answer<readonly PolicyState[]>>;
}

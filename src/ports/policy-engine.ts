import type { Answer } from './answer.ts';

/** One admission policy that judges the bot's writes. */
export interface PolicyState {
  readonly name: string;
  readonly action: 'Deny' | 'Audit' | 'Warn';
  readonly ready: boolean;
}

/** Kyverno as the bot sees it. `empty` means that no policy or no admission webhook is there: then nothing may be written. */
export interface PolicyEngine {
  policies(): Promise<Answer<readonly PolicyState[]>>;
}

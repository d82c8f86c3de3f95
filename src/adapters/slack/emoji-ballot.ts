import type { Ballot } from '../../domain/decision.ts';

const ballots: Readonly<Record<string, Ballot['kind']>> = {
  white_check_mark: 'approve',
  heavy_check_mark: 'approve',
  '+1': 'approve',
  thumbsup: 'approve',
  no_entry: 'reject',
  no_entry_sign: 'reject',
  x: 'reject',
  '-1': 'reject',
  thumbsdown: 'reject',
  raised_hand: 'hold',
  hand: 'hold',
  pause_button: 'hold',
  double_vertical_bar: 'hold',
};

/** What an emoji means on a proposal, whatever its skin tone; null when it means nothing. Taking an approval away is a withdrawal. */
export const emojiBallot = (reaction: string, added: boolean): Ballot['kind'] | null => {
  const name = reaction.replace(/::skin-tone-[2-6]$/, '');
  const kind = Object.hasOwn(ballots, name) ? (ballots[name] ?? null) : null;
  if (added) return kind;
  return kind === 'approve' ? 'withdraw' : null;
};

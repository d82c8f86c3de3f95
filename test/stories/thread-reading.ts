import type { Sight, ThreadMessage } from './incident-story.ts';

/** What one message of the thread says; empty when it does not stand there. */
export const wordsOf = (thread: readonly ThreadMessage[], key: string): string =>
  thread.find((message) => message.key === key)?.words ?? '';

/** The messages in the order in which they stand; the three analyses, which come in any order, by name. */
export const keysOf = (thread: readonly ThreadMessage[]): readonly string[] => {
  const keys = thread.map(({ key }) => key);
  const isAnalysis = (key: string): boolean => key.startsWith('analysis:');
  const analyses = keys.filter(isAnalysis).sort();
  return keys.map((key) => (isAnalysis(key) ? (analyses.shift() ?? key) : key));
};

/** Whether a message of the thread has buttons to decide with. */
export const hasButtons = (thread: readonly ThreadMessage[], key: string): boolean => {
  const blocks = JSON.stringify(thread.find((message) => message.key === key)?.message.blocks ?? []);
  return ['approve', 'reject', 'hold'].every((action) => blocks.includes(`"action_id":"${action}"`));
};

const outcomes = /\*(Resolved|Handed over to a person|Closed without action|Recovered by itself)\*/;
const verdicts = /\*(Recovered|Not recovered in time|It got worse)\*/;

/** The road is at its end, and the thread has caught up: an edit comes at most once a second, so each message is asked for. */
export const isToldToTheEnd = ({ file, thread }: Sight): boolean =>
  file.rememberedAt !== undefined &&
  outcomes.test(wordsOf(thread, 'root')) &&
  file.attempts.every(({ ask, verification }, index) => {
    const isAsked = ask !== undefined;
    const isVerified = verification !== undefined;
    return (
      (!isAsked || !hasButtons(thread, `proposal:${index + 1}`)) &&
      (!isVerified || verdicts.test(wordsOf(thread, `result:${index + 1}`)))
    );
  }) &&
  thread.some(({ key }) => key.endsWith('post-mortem.md'));

/** A proposal waits for people, in the case and before their eyes. */
export const awaits =
  (number: number) =>
  ({ file, thread }: Sight): boolean =>
    file.attempts.length === number &&
    file.attempts.at(-1)?.ask !== undefined &&
    file.attempts.at(-1)?.decision === undefined &&
    hasButtons(thread, `proposal:${number}`);

import type { CaseFile } from '../domain/case-file.ts';
import type { LocalSlack } from '../lab/slack/local-slack.ts';
import type { Bot } from '../main.ts';

/** What a sure diagnosis still lacks when the bot may not decide by itself: one approver's word. */
const needsOneWord = ({ attempts, verdict }: CaseFile): boolean => {
  const attempt = attempts.at(-1);
  if (attempt?.ask === undefined || attempt.decision !== undefined || attempt.ballots.length > 0) return false;
  const { autoApproveAt, approversNeeded } = attempt.ask;
  const isSure = verdict?.kind === 'agreed' && attempt.plan.risk === 'medium';
  return autoApproveAt === undefined && approversNeeded === 1 && isSure;
};

const proposalOf = async (
  bot: Bot,
  file: CaseFile,
): Promise<{ readonly channel: string; readonly ts: string } | undefined> => {
  const key = `proposal:${file.attempts.length}`;
  return (await bot.shown(file)).find((message) => message.key === key);
};

const lookEveryMs = 500;
/** So long a person waits for an answer to an emoji before taking the button. */
const patienceMs = 4_000;

/**
 * Somebody is on call in a rehearsal: bob approves, by emoji and if that is not heard by button, what is agreed, passed every gate,
 * and is asked of one person only because its risk is medium. He says nothing to what is unsure or of high risk. Returns the way
 * to send him home.
 */
export const approveAsPerson = (bot: Bot, slack: LocalSlack): (() => void) => {
  const reactedAtMs = new Map<string, number>();
  const clicked = new Set<string>();

  const speak = async (planId: string, place: { readonly channel: string; readonly ts: string }): Promise<void> => {
    const { channel, ts } = place;
    const user = slack.users.bob;
    const reactedMs = reactedAtMs.get(planId);
    if (reactedMs === undefined) {
      reactedAtMs.set(planId, Date.now());
      await slack.people.react({ user, channel, ts, name: 'white_check_mark' });
    } else if (Date.now() - reactedMs > patienceMs && !clicked.has(planId)) {
      clicked.add(planId);
      await slack.people.click({ user, channel, ts, actionId: 'approve' });
    }
  };

  const look = async (uid: string): Promise<void> => {
    const file = await bot.cases.read(uid);
    if (file === null || !needsOneWord(file)) return;
    const place = await proposalOf(bot, file);
    if (place !== undefined) await speak(file.attempts.at(-1)?.plan.id ?? '', place);
  };

  const timer = setInterval(() => {
    bot.cases
      .open()
      .then((files) => Promise.all(files.map(({ incident }) => look(incident.uid))))
      .catch(() => undefined); // a word that finds no hearing: the next look says it again, another way
  }, lookEveryMs);
  return () => clearInterval(timer);
};

import type { CaseFile } from '../domain/case-file.ts';
import type { LocalSlack } from '../lab/slack/local-slack.ts';
import type { Bot } from '../main.ts';

/** What a sure diagnosis still lacks when the bot may not decide by itself: one approver's word. */
const needsOneWord = ({ attempts, verdict }: CaseFile): boolean => {
  const attempt = attempts.at(-1);
  if (attempt?.ask === undefined || attempt.decision !== undefined || attempt.ballots.length > 0) return false;
  const { autoApproveAt, approversNeeded } = attempt.ask;
  return (
    autoApproveAt === undefined && approversNeeded === 1 && attempt.plan.risk === 'medium' && verdict?.kind === 'agreed'
  );
};

const proposalOf = async (
  bot: Bot,
  file: CaseFile,
): Promise<{ readonly channel: string; readonly ts: string } | undefined> => {
  const key = `proposal:${file.attempts.length}`;
  return (await bot.shown(file)).find((message) => message.key === key);
};

/**
 * Somebody is on call in a rehearsal: bob approves by emoji what is agreed, passed every gate, and is asked of one person only
 * because its risk is medium. He says nothing to what is unsure or of high risk. Returns the way to send him home.
 */
export const approveAsPerson = (bot: Bot, slack: LocalSlack): (() => void) => {
  const done = new Set<string>();
  const look = async (uid: string): Promise<void> => {
    const file = await bot.cases.read(uid);
    const planId = file?.attempts.at(-1)?.plan.id ?? '';
    if (file === null || done.has(planId) || !needsOneWord(file)) return;
    const place = await proposalOf(bot, file);
    if (place === undefined) return;
    done.add(planId);
    await slack.people.react({ user: slack.users.bob, channel: place.channel, ts: place.ts, name: 'white_check_mark' });
  };
  const timer = setInterval(() => {
    bot.cases
      .open()
      .then((files) => Promise.all(files.map(({ incident }) => look(incident.uid))))
      .catch(() => undefined); // the bot is going away; what was not approved by then is not
  }, 500);
  return () => clearInterval(timer);
};

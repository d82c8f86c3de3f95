import type { SlackUser } from '../slack-objects.ts';
import { usePage } from './page-context.ts';

/** Calm hues with enough contrast under white initials, in light and dark. */
const colours = ['#4a63b8', '#a3473f', '#3d7a4e', '#8a5a14', '#7a4a96', '#1f7487'] as const;

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .map((word) => word.charAt(0))
    .slice(0, 2)
    .join('')
    .toUpperCase();

const BotMark = ({ size }: { readonly size: number }) => (
  <svg viewBox="0 0 36 36" width={size} height={size} aria-hidden="true" className="avatar-mark">
    <rect width="36" height="36" fill="#175e54" />
    <path
      d="M6 19h6l3.5-9 5.5 16 3.5-7H30"
      fill="none"
      stroke="#eafff8"
      strokeWidth="2.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  </svg>
);

/** A person's initials on a colour of their own; the app's heartbeat. Decorative: the name stands beside it. */
export const Avatar = ({ user, size = 36 }: { readonly user: SlackUser; readonly size?: number }) => {
  const { world } = usePage();
  const place = world.users.findIndex((known) => known.id === user.id);
  const colour = colours[(place + colours.length) % colours.length];
  const style = { width: size, height: size, borderRadius: Math.round(size / 4), fontSize: Math.round(size * 0.38) };
  if (user.isBot)
    return (
      <span className="avatar" style={style}>
        <BotMark size={size} />
      </span>
    );
  return (
    <span className="avatar" style={{ ...style, background: colour }} aria-hidden="true">
      {initials(user.realName)}
    </span>
  );
};

import type { ReactNode } from 'react';
import { Avatar } from './avatar.tsx';
import { Icon } from './icon.tsx';
import { directChannelOf, usePage, userOf } from './page-context.ts';
import { ThemeSwitch } from './theme-switch.tsx';

const Entry = (props: {
  readonly isHere: boolean;
  readonly isUnread: boolean;
  readonly testId: string;
  readonly onGo: () => void;
  readonly children: ReactNode;
}) => (
  <button
    type="button"
    className={`entry${props.isUnread ? ' entry-unread' : ''}`}
    aria-current={props.isHere ? 'page' : undefined}
    data-testid={props.testId}
    onClick={props.onGo}
  >
    {props.children}
    {props.isUnread ? (
      <span className="unread-dot">
        <span className="visually-hidden">unread messages</span>
      </span>
    ) : null}
  </button>
);

/** Who the page acts as: everything typed and clicked here is done by this person. */
const UserSwitch = ({ onSwitch }: { readonly onSwitch: (user: string) => void }) => {
  const { world } = usePage();
  return (
    <fieldset className="user-switch" data-testid="user-switch">
      <legend>Acting as</legend>
      {world.users
        .filter((user) => !user.isBot)
        .map((user) => (
          <label key={user.id} className="person" data-testid={`user-switch-${user.name}`}>
            <input
              type="radio"
              name="acting-as"
              className="visually-hidden"
              checked={user.id === world.me}
              onChange={() => onSwitch(user.id)}
            />
            <Avatar user={user} size={28} />
            <span className="person-words">
              <span className="person-name">{user.realName}</span>
              <span className="quiet">{user.role}</span>
            </span>
            {user.id === world.me ? <Icon name="check" size={18} /> : null}
          </label>
        ))}
    </fieldset>
  );
};

/** The workspace: its channels, its app, and the people whom one may be. */
export const Sidebar = (props: {
  readonly isUnread: (channel: string) => boolean;
  readonly onSwitch: (user: string) => void;
  readonly online: boolean;
}) => {
  const { world, place, go } = usePage();
  const bot = userOf(world, world.botUserId);
  const channels = world.channels.filter((channel) => channel.kind === 'channel');
  return (
    <nav className="sidebar" aria-label="Workspace">
      <div className="workspace">
        <div>
          <p className="workspace-name">{world.team.name}</p>
          <p className="quiet">{props.online ? 'Local Slack' : 'Reconnecting…'}</p>
        </div>
        <ThemeSwitch />
      </div>
      <div className="sidebar-scroll">
        <h2 className="sidebar-title">Channels</h2>
        {channels.map((channel) => (
          <Entry
            key={channel.id}
            testId={`channel-${channel.name}`}
            isHere={place.kind === 'channel' && place.channel === channel.id}
            isUnread={props.isUnread(channel.id)}
            onGo={() => go({ kind: 'channel', channel: channel.id, thread: null })}
          >
            <Icon name="hash" size={17} />
            <span>{channel.name}</span>
          </Entry>
        ))}
        <h2 className="sidebar-title">Apps</h2>
        <Entry
          testId="app-srebot"
          isHere={place.kind === 'app'}
          isUnread={props.isUnread(directChannelOf(world))}
          onGo={() => go({ kind: 'app', tab: 'home' })}
        >
          <Avatar user={bot} size={20} />
          <span>{bot.name}</span>
          <span className={`presence${world.connected ? ' presence-on' : ''}`}>
            {world.connected ? 'online' : 'offline'}
          </span>
        </Entry>
      </div>
      <UserSwitch onSwitch={props.onSwitch} />
    </nav>
  );
};

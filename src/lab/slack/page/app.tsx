import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'react';
import type { PageAnswer, PageRequests } from '../page-protocol.ts';
import { AppPane } from './app-pane.tsx';
import { ChannelPane } from './channel-pane.tsx';
import { Icon } from './icon.tsx';
import { ModalView } from './modal-view.tsx';
import { directChannelOf, PageProvider, type PageTools, usePage } from './page-context.ts';
import { emptyState, type PageState, reducePage } from './page-store.ts';
import { addressOf, type Place, readPlace } from './place.ts';
import { ask, listen } from './server.ts';
import { Sidebar } from './sidebar.tsx';
import { ThreadPane } from './thread-pane.tsx';

const defaultUser = 'U0ALICE01';
const defaultChannel = 'C0INCIDNT';
const noticeMs = 6000;

const firstUser = (): string => new URLSearchParams(window.location.search).get('as') ?? defaultUser;

/** The live state, as seen by one person. */
const useLiveState = (user: string) => {
  const [state, dispatch] = useReducer(reducePage, emptyState);
  useEffect(
    () =>
      listen(user, {
        event: (event) => dispatch({ kind: 'event', event }),
        online: (online) => dispatch({ kind: 'online', online }),
      }),
    [user],
  );
  const onSeen = useCallback((channel: string) => dispatch({ kind: 'seen', channel }), []);
  return { state, onSeen };
};

/** The place in the page, kept in the address bar. */
const usePlace = (user: string) => {
  const [place, setPlace] = useState<Place>(() => readPlace(window.location, defaultChannel));
  useEffect(() => {
    const onPop = (): void => setPlace(readPlace(window.location, defaultChannel));
    window.addEventListener('popstate', onPop);
    return () => window.removeEventListener('popstate', onPop);
  }, []);
  useEffect(() => {
    const address = addressOf(place, user);
    if (address !== window.location.pathname + window.location.search) window.history.pushState(null, '', address);
  }, [place, user]);
  return [place, setPlace] as const;
};

const useNotice = () => {
  const [notice, setNotice] = useState('');
  const timer = useRef(0);
  const notify = useCallback((text: string): void => {
    window.clearTimeout(timer.current);
    setNotice(text);
    timer.current = window.setTimeout(() => setNotice(''), noticeMs);
  }, []);
  return [notice, notify] as const;
};

const troubleOf = (answer: PageAnswer): string | null => {
  if (!answer.ok) return answer.error ?? 'That did not work.';
  return answer.acked ? null : 'The app did not answer in time.';
};

const isUnread = (state: PageState, channel: string): boolean => {
  const newest = state.world?.messages.filter((message) => message.channel === channel).at(-1);
  return newest !== undefined && newest.ts > (state.seen.get(channel) ?? '') && newest.user !== state.world?.me;
};

const Panes = (props: { readonly onSeen: (channel: string) => void; readonly onMenu: () => void }) => {
  const { place, world } = usePage();
  const direct = directChannelOf(world);
  const { onSeen } = props;
  useEffect(() => {
    if (place.kind === 'app') onSeen(direct);
  }, [place, direct, onSeen]);
  const menu = (
    <button
      type="button"
      className="icon-button narrow-only"
      aria-label="Open the menu"
      data-testid="menu"
      onClick={props.onMenu}
    >
      <Icon name="menu" />
    </button>
  );
  if (place.kind === 'app') return <AppPane tab={place.tab} menu={menu} />;
  return (
    <>
      <ChannelPane channelId={place.channel} menu={menu} onSeen={onSeen} />
      {place.thread === null ? null : <ThreadPane channel={place.channel} thread={place.thread} />}
    </>
  );
};

const Waiting = () => (
  <p className="empty" role="status">
    Connecting…
  </p>
);

/** The whole page: who one is, where one is, and what is there. */
export const App = () => {
  const [user, setUser] = useState(firstUser);
  const { state, onSeen } = useLiveState(user);
  const [place, setPlace] = usePlace(user);
  const [notice, notify] = useNotice();
  const [menuOpen, setMenuOpen] = useState(false);
  const { world, fresh, statuses } = state;

  const act = useCallback(
    async <N extends keyof PageRequests>(name: N, request: PageRequests[N]): Promise<PageAnswer> => {
      const answer = await ask(user, name, request);
      const trouble = troubleOf(answer);
      if (trouble !== null) notify(trouble);
      return answer;
    },
    [user, notify],
  );
  const go = useCallback(
    (next: Place): void => {
      setPlace(next);
      setMenuOpen(false);
    },
    [setPlace],
  );
  const tools = useMemo<PageTools | null>(
    () => (world === null ? null : { world, fresh, statuses, place, go, act, notify }),
    [world, fresh, statuses, place, go, act, notify],
  );

  if (tools === null) return <Waiting />;
  const hasThread = place.kind === 'channel' && place.thread !== null;
  const top = tools.world.views.at(-1);
  return (
    <PageProvider value={tools}>
      <div className={`frame${hasThread ? ' frame-thread' : ''}${menuOpen ? ' frame-menu' : ''}`}>
        <Sidebar isUnread={(channel) => isUnread(state, channel)} onSwitch={setUser} online={state.online} />
        {menuOpen ? (
          <button type="button" className="scrim" aria-label="Close the menu" onClick={() => setMenuOpen(false)} />
        ) : null}
        <Panes onSeen={onSeen} onMenu={() => setMenuOpen(true)} />
      </div>
      {top === undefined ? null : <ModalView key={`${top.id}-${top.hash}`} view={top} />}
      <div className="notice-place" role="status" aria-live="polite">
        {notice === '' ? null : (
          <p className="notice" data-testid="notice">
            {notice}
          </p>
        )}
      </div>
    </PageProvider>
  );
};

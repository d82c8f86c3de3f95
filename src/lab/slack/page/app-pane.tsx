import { type ReactNode, useEffect, useMemo } from 'react';
import type { SlackView } from '../slack-objects.ts';
import { Avatar } from './avatar.tsx';
import { Blocks } from './block.tsx';
import { Conversation, PaneHead } from './channel-pane.tsx';
import { initialValues, useFormState } from './form-state.ts';
import { directChannelOf, usePage, userOf } from './page-context.ts';
import { SurfaceProvider } from './surface.ts';

const noErrors = {};

const HomeView = ({ view }: { readonly view: SlackView }) => {
  const initial = useMemo(() => initialValues(view.blocks), [view.blocks]);
  const form = useFormState(initial);
  return (
    <SurfaceProvider value={{ at: { viewId: view.id }, form, errors: noErrors }}>
      <Blocks blocks={view.blocks} />
    </SurfaceProvider>
  );
};

const Tabs = ({ tab }: { readonly tab: 'home' | 'messages' }) => {
  const { go, world } = usePage();
  if (!world.messagesTab) return null;
  return (
    <nav className="tabs" aria-label="App">
      {(['home', 'messages'] as const).map((name) => (
        <button
          type="button"
          key={name}
          className="tab"
          aria-current={tab === name ? 'page' : undefined}
          data-testid={`app-tab-${name}`}
          onClick={() => go({ kind: 'app', tab: name })}
        >
          {name === 'home' ? 'Home' : 'Messages'}
        </button>
      ))}
    </nav>
  );
};

/** The app's own place: its Home tab and the direct conversation with it. */
export const AppPane = ({ tab, menu }: { readonly tab: 'home' | 'messages'; readonly menu: ReactNode }) => {
  const { world, act } = usePage();
  const bot = userOf(world, world.botUserId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the app hears of each visit once.
  useEffect(() => void act('home', { tab }), [tab, world.me]);
  return (
    <main className="pane" data-testid="app-view">
      <PaneHead
        lead={
          <>
            {menu}
            <Avatar user={bot} size={32} />
          </>
        }
        title={bot.realName}
        about={world.connected ? 'Connected' : 'Not connected'}
      />
      <Tabs tab={tab} />
      {tab === 'messages' ? (
        <Conversation
          channel={directChannelOf(world)}
          placeholder={`Message ${bot.name}`}
          empty={
            <div className="empty">
              <h2>{bot.realName}</h2>
              <p>What you write here only you and the app can read.</p>
            </div>
          }
        />
      ) : (
        <div className="home" data-testid="app-home">
          {world.home === null ? (
            <div className="empty">
              <h2>Nothing here yet</h2>
              <p>The app has not put up its Home tab{world.connected ? '.' : ', because it is not connected.'}</p>
            </div>
          ) : (
            <HomeView key={world.home.hash} view={world.home} />
          )}
        </div>
      )}
    </main>
  );
};

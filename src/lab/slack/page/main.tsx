/**
 * The local Slack's page. Other tests drive it by these stable `data-testid`s:
 *
 * - `channel-<name>`            a channel in the side bar (`channel-incidents`); `app-srebot` is the app
 * - `user-switch-<name>`        acts as alice, bob, carol or mallory (the switch itself: `user-switch`)
 * - `channel-view-<name>`       the open channel; `thread` the open thread; `app-view`, `app-home`, `app-tab-home|messages`
 * - `message`                   one message, with its timestamp in `data-ts`; inside: `message-body`, `thread-summary`,
 *                               `reply`, `add-reaction`, `ephemeral-note`
 * - `reaction-<name>`           one emoji under a message (`reaction-white_check_mark`); `emoji-picker` the picker
 * - `button-<action id>`        a button of a block; `overflow-…`, `select-…`, `choices-…`, `input-<action id>` the other elements
 * - `confirm`                   the confirm dialog, with `confirm-yes` and `confirm-deny`
 * - `modal`                     the topmost modal, with `modal-submit` and, where the app found one, `input-error`
 * - `composer`, `thread-composer`  the text fields; `hints` the list of suggestions
 * - `file-<id>`                 a file; `file-preview` its text
 * - `menu`, `theme-switch`, `notice`   the side bar's opener on narrow screens, light and dark, what went wrong
 *
 * `?as=<user id>` chooses the person, `/archives/<channel>/p<ts>` opens a thread.
 */
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { restoreTheme } from './theme-switch.tsx';
import './style/theme.css';
import './style/frame.css';
import './style/message.css';
import './style/block.css';
import './style/dialog.css';

restoreTheme();
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);

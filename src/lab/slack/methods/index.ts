import type { Methods } from '../method.ts';
import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import { directoryMethods } from './directory.ts';
import { fileMethods } from './files.ts';
import { markMethods } from './marks.ts';
import { streamMethods } from './stream.ts';
import { viewMethods } from './views.ts';

/** Every Web API method that the local Slack knows; all others are `unknown_method`. */
export const methods: Methods = {
  ...chatMethods,
  ...streamMethods,
  ...conversationMethods,
  ...directoryMethods,
  ...markMethods,
  ...viewMethods,
  ...fileMethods,
};

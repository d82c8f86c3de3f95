import { refuse } from '../refusal.ts';
import type { Site } from '../site.ts';
import type { JsonObject } from '../slack-objects.ts';
export const checkMessage = (
  content: { readonly text?: string | undefined; readonly blocks?: readonly JsonObject[] | undefined },
  _site: Site,
  _o: { readonly anyLength?: boolean } = {},
): void => {
  if ((content.blocks?.length ?? 0) > 50) refuse('invalid_blocks');
};

import type { Site } from '../site.ts';
import type { JsonObject } from '../slack-objects.ts';
export const checkView = (_view: JsonObject, _type: 'modal' | 'home', _site: Site): void => undefined;

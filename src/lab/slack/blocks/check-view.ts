import { refuse, refuseWith } from '../refusal.ts';
import type { Site } from '../site.ts';
import { isObject, type JsonObject } from '../slack-objects.ts';
import { viewSchema } from './block-shapes.ts';
import { crossCheck } from './cross-checks.ts';
import { createSchemaJudge } from './schema-judge.ts';

const bytesMax = 250_000;

const judge = createSchemaJudge(viewSchema, '/view');

/** Throws Slack's refusal for a view that Slack would not take, or that is of the other type. */
export const checkView = (view: JsonObject, type: SlackViewType, site: Site): void => {
  if (Buffer.byteLength(JSON.stringify(view)) > bytesMax) refuse('view_too_large');
  if (view.type !== type)
    refuseWith('invalid_arguments', [`[ERROR] unsupported type: ${view.type} [json-pointer:/view/type]`]);
  const complaints = judge(view);
  if (complaints.length > 0) refuseWith('invalid_arguments', complaints);
  const blocks = Array.isArray(view.blocks) ? view.blocks.filter(isObject) : [];
  const crossed = crossCheck(blocks, site, '/view/blocks');
  if (crossed.length > 0) refuseWith('invalid_arguments', crossed);
  const hasInput = blocks.some((block) => block.type === 'input');
  if (type === 'modal' && hasInput && view.submit === undefined)
    refuseWith('invalid_arguments', ['[ERROR] missing required field: submit [json-pointer:/view/submit]']);
};

type SlackViewType = 'modal' | 'home';

import type { FieldChange } from '../../domain/evidence.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { RemedyFacts } from '../../ports/action.ts';
import { isAbout } from './live-object.ts';

const bookkeeping = /^\/spec\/template\/metadata\/annotations/;

/** True when a recorded change made the workload roll out something else; a mere restart does not count. */
export const changesTemplate = ({ path }: FieldChange): boolean =>
  path.startsWith('/spec/template') && !bookkeeping.test(path);

/** The newest recorded change of an object that a test accepts. */
export const newestChange = (
  facts: RemedyFacts,
  object: JsonObject,
  accepts: (change: FieldChange) => boolean,
): FieldChange | undefined => facts.changes.find((change) => isAbout(change.object, object) && accepts(change));

import type { JsonObject } from '../../domain/json.ts';
import type { Answer } from '../../ports/answer.ts';
import type { Reader } from './reader.ts';
import type { ResourceQuery } from './resource-paths.ts';

const keyOf = ({ apiVersion, kind, namespace = '' }: ResourceQuery): string => `${apiVersion} ${kind} ${namespace}`;

/**
 * A reader whose lists are shared while they are on their way: the parts of one page of evidence ask for the same collections at the
 * same moment, and a server in trouble should be asked once. Single objects are always read anew: a write is settled by them.
 */
export const createSharedReader = (reader: Reader): Reader => {
  const onTheWay = new Map<string, Promise<Answer<readonly JsonObject[]>>>();
  return {
    ...reader,
    list: (query) => {
      const key = keyOf(query);
      const known = onTheWay.get(key);
      if (known !== undefined) return known;
      const asked = reader.list(query).finally(() => onTheWay.delete(key));
      onTheWay.set(key, asked);
      return asked;
    },
  };
};

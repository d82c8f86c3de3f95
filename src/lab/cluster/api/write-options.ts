import { badRequest } from './api-error.ts';
import type { ApiRequest } from './api-request.ts';

/** What the query of a write says. */
interface WriteOptions {
  readonly dryRun: boolean;
  readonly manager: string;
  readonly force: boolean;
}

/** Without a name of its own a writer is called by its program, as its user agent begins. */
const managerFromAgent = (userAgent: string): string => {
  const name = userAgent.split('/')[0]?.trim() ?? '';
  return name === '' ? 'unknown' : name.slice(0, 128);
};

/** Reads dryRun, fieldManager and force. Throws 400 for values that the real server refuses. */
export const writeOptionsOf = ({ query, userAgent }: ApiRequest): WriteOptions => {
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  if (dryRun.some((value) => value !== 'All')) {
    throw badRequest(`Invalid value: ${JSON.stringify(dryRun)}: dryRun: Unsupported value: supported values: "All"`);
  }
  const named = query.get('fieldManager') ?? '';
  if (named.length > 128) throw badRequest('fieldManager: Too long: may not be more than 128 bytes');
  return {
    dryRun: dryRun.length > 0,
    manager: named === '' ? managerFromAgent(userAgent) : named,
    force: query.get('force') === 'true',
  };
};

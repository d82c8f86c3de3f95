import type { ShownLedger } from '../../ports/shown-ledger.ts';

/** The address of an incident's thread in the workspace, once the thread stands and the workspace is known. */
export const threadLinks =
  (shown: ShownLedger, teamUrl: () => string | undefined) =>
  async (uid: string): Promise<string | undefined> => {
    const root = (await shown.of(uid)).find(({ key }) => key === 'root');
    const base = teamUrl();
    if (root === undefined || base === undefined) return undefined;
    return `${base}archives/${root.channel}/p${root.ts.replace('.', '')}`;
  };

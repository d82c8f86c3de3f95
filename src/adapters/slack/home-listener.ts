import type { Inbound } from './inbound.ts';
import { renderHome } from './render-home.ts';
import type { ThreadLinks } from './render-reply.ts';

/** The addresses of the threads of these incidents. */
export const linksOf = async (inbound: Pick<Inbound, 'linkOf'>, uids: readonly string[]): Promise<ThreadLinks> => {
  const found = await Promise.all([...new Set(uids)].map(async (uid) => ({ uid, url: await inbound.linkOf(uid) })));
  return new Map(found.flatMap(({ uid, url }) => (url === undefined ? [] : [[uid, url] as const])));
};

/** Publishes the home tab for one person; `notice` is an answer to their last click. */
export const publishHome = async (inbound: Inbound, user: string, notice?: string): Promise<void> => {
  const { desk, commands, modelLabel } = inbound;
  const [open, recent] = await Promise.all([desk.open(), desk.recent(30)]);
  const links = await linksOf(
    inbound,
    [...open, ...recent].map(({ incident }) => incident.uid),
  );
  const view = renderHome({
    mode: desk.mode(),
    open,
    recent,
    links,
    modelLabel,
    commands,
    notice,
    told: inbound.notices(),
  });
  await inbound.web.call('views.publish', { user_id: user, view });
};

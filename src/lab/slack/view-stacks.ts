import type { SlackView } from './slack-objects.ts';

/** The modals that each person has open, the topmost last. */
export interface ViewStacks {
  of(user: string): readonly SlackView[];
  /** The open view with this id, and who has it open. */
  find(id: string): { readonly user: string; readonly view: SlackView } | undefined;
  /** As `find`, by the id that the app gave. */
  findExternal(externalId: string): { readonly user: string; readonly view: SlackView } | undefined;
  push(user: string, view: SlackView): void;
  replace(view: SlackView): void;
  /** Takes the topmost view away. */
  pop(user: string): void;
  clear(user: string): void;
}

/** Keeps stacks in memory; `onChange` hears of each stack that changed. */
export const createViewStacks = (onChange: (user: string, views: readonly SlackView[]) => void): ViewStacks => {
  const stacks = new Map<string, readonly SlackView[]>();
  const of = (user: string) => stacks.get(user) ?? [];
  const set = (user: string, views: readonly SlackView[]): void => {
    stacks.set(user, views);
    onChange(user, views);
  };
  const findBy = (matches: (view: SlackView) => boolean) => {
    for (const [user, views] of stacks) {
      const view = views.find(matches);
      if (view !== undefined) return { user, view };
    }
    return undefined;
  };

  return {
    of,
    find: (id) => findBy((view) => view.id === id),
    findExternal: (externalId) => findBy((view) => view.external_id === externalId),
    push: (user, view) => set(user, [...of(user), view]),
    replace: (view) => {
      const holder = findBy((known) => known.id === view.id);
      if (holder === undefined) return;
      set(
        holder.user,
        of(holder.user).map((known) => (known.id === view.id ? view : known)),
      );
    },
    pop: (user) => set(user, of(user).slice(0, -1)),
    clear: (user) => set(user, []),
  };
};

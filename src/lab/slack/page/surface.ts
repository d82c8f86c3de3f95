import { createContext, useContext, useState } from 'react';
import { isObject, type JsonObject } from '../slack-objects.ts';
import type { FormState } from './form-state.ts';
import { usePage } from './page-context.ts';

/** What blocks stand on: a message or a view, its inputs, and the errors that the app found in them. */
export interface Surface {
  readonly at: { readonly channel: string; readonly ts: string } | { readonly viewId: string };
  readonly form: FormState;
  readonly errors: Readonly<Record<string, string>>;
}

const SurfaceContext = createContext<Surface | null>(null);

/** Tells the blocks inside what they stand on. */
export const SurfaceProvider = SurfaceContext.Provider;

/** The surface around this element. */
export const useSurface = (): Surface => {
  const surface = useContext(SurfaceContext);
  if (surface === null) throw new Error('Elements belong on a message or a view.');
  return surface;
};

/** What a person picked, beyond the click itself. */
export interface Picked {
  readonly option?: string;
  readonly options?: readonly string[];
  readonly input?: string;
  /** The element's new state, for the surface's form. */
  readonly state?: JsonObject;
}

/** One element in its block, its confirm dialog if it asks for one, and how to use it. */
export interface ElementUse {
  readonly busy: boolean;
  /** The confirm object of a use that waits for the person's yes. */
  readonly asking: JsonObject | null;
  use(picked?: Picked): void;
  confirm(): void;
  cancel(): void;
}

/** Sends an element's use to the app. Inside `input` blocks (`sends` false) it only changes the form. */
export const useElement = (element: JsonObject, blockId: string, sends: boolean): ElementUse => {
  const { act } = usePage();
  const surface = useSurface();
  const [busy, setBusy] = useState(false);
  const [waiting, setWaiting] = useState<Picked | null>(null);
  const actionId = String(element.action_id ?? '');

  const send = async ({ state, ...picked }: Picked): Promise<void> => {
    if (state !== undefined) surface.form.set(blockId, actionId, state);
    if (!sends) return;
    const block = surface.form.values[blockId];
    const values =
      state === undefined
        ? surface.form.values
        : { ...surface.form.values, [blockId]: { ...(isObject(block) ? block : {}), [actionId]: state } };
    setBusy(true);
    await act('click', { ...surface.at, actionId, blockId, ...picked, values });
    setBusy(false);
  };
  return {
    busy,
    asking: waiting !== null && isObject(element.confirm) ? element.confirm : null,
    use: (picked = {}) => {
      if (busy) return;
      if (sends && isObject(element.confirm)) setWaiting(picked);
      else void send(picked);
    },
    confirm: () => {
      const picked = waiting;
      setWaiting(null);
      if (picked !== null) void send(picked);
    },
    cancel: () => setWaiting(null),
  };
};

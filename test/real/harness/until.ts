import { setTimeout as pause } from 'node:timers/promises';

const waitMsMax = 180_000;
const lookEveryMs = 150;

/** Asks again until the answer is yes. Rejects with `what` was waited for, and the last trouble, after three minutes. */
export const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
  let trouble = '';
  for (const deadline = Date.now() + waitMsMax; Date.now() < deadline; await pause(lookEveryMs)) {
    try {
      if (await isSo()) return;
      trouble = '';
    } catch (error) {
      trouble = ` (${error instanceof Error ? error.message : String(error)})`;
    }
  }
  throw new Error(`waited ${waitMsMax / 1_000} s in vain until ${what}${trouble}`);
};

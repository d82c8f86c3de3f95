import type { Shown } from '../../ports/shown-ledger.ts';
import { isLost, type Pass } from './thread-work.ts';

const filesOf = (shown: ReadonlyMap<string, Shown>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...shown.values()].flatMap(({ key, ts }) => (key.startsWith('file:') ? [[key.slice('file:'.length), ts]] : [])),
  );

/** Renders what should stand in the thread according to the page that the pass knows. */
export const renderPass = (pass: Pass): void => {
  const { tools, work, shown, file } = pass;
  // A picture that Slack keeps refusing is given up: the thread is complete without it.
  const files = work.uploadTriesLeft > 0 ? filesOf(shown) : {};
  const messages = tools.render(file, files);
  const folds = tools.isBusy() && messages.some(({ key, priority }) => priority === 'evidence' && !shown.has(key));
  pass.messages = folds ? tools.render(file, files, true) : messages;
};

/** Takes over what changed in the case since the pass read it; false when the pass has to end: the thread is another's, or a person deleted something. */
export const keepUp = async (pass: Pass): Promise<boolean> => {
  const { tools, work, shown } = pass;
  if (work.dirty) {
    work.dirty = false;
    const file = await tools.read(pass.file.incident.uid).catch((error: unknown) => {
      work.dirty = true;
      throw error;
    });
    if (file === null) return false;
    pass.file = file;
    pass.isOverrun = true;
    renderPass(pass);
  }
  const isDeleted = [...work.gone].some((key) => shown.has(key));
  if (isDeleted) work.dirty = true;
  return !isDeleted && !isLost(pass);
};

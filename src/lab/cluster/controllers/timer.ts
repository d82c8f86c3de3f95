/** Calls back once after a while; returns the way to call it off. The seam between the controllers and time. */
export type Timer = (delayMs: number, task: () => void) => () => void;

/** Real time. It never keeps the process alive by itself. */
export const wallTimer: Timer = (delayMs, task) => {
  const handle = setTimeout(task, delayMs);
  handle.unref();
  return () => clearTimeout(handle);
};

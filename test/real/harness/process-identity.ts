import { readFileSync } from 'node:fs';

/** When the kernel started the process, in ticks since boot; null when there is no such process, or only its corpse. */
export const startTicksOf = (pid: number): string | null => {
  try {
    // The name in parentheses may hold anything; what follows it are fields: state first, the start is the 20th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\)\s+/s, '')
      .split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
};

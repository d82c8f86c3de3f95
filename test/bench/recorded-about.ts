import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';

/** Reads a file in which a recording speaks of itself. Throws an error that names the file and what is wrong with it. */
export const readAbout = <T>(path: string, form: z.ZodType<T>): T => {
  const name = join(basename(dirname(path)), basename(path));
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const read = form.safeParse(value);
  if (!read.success) throw new Error(`${name} is not as expected: ${z.prettifyError(read.error)}`);
  return read.data;
};

/** An instant that JavaScript can read. */
export const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'no instant');

/** The cases of a set, sorted; none when it has no folder for them. */
export const caseIdsIn = (folder: string): readonly string[] => {
  const cases = join(folder, 'cases');
  return statSync(cases, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(cases).toSorted() : [];
};

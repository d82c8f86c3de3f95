import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';
import { type Drill, drillShape, ignoredKeys } from './drill-file.ts';

/** A drill and the file that it was read from. */
export interface FoundDrill {
  readonly path: string;
  readonly drill: Drill;
}

/** Drills that cannot be run: the message lists every problem of every file. */
export class DrillFilesError extends Error {
  override readonly name = 'DrillFilesError';
}

const fileName = 'drill.yaml';
const depthMax = 8;

/** Every drill.yaml at or below a folder, in the order of their names. */
const filesBelow = (folder: string, depth = 0): readonly string[] => {
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const own = entries.some((entry) => entry.name === fileName && !entry.isDirectory()) ? [join(folder, fileName)] : [];
  if (depth >= depthMax) return own;
  const inner = entries.filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules',
  );
  return [...own, ...inner.flatMap((entry) => filesBelow(join(folder, entry.name), depth + 1))];
};

const filesAt = (argument: string): readonly string[] => {
  const found = statSync(argument, { throwIfNoEntry: false });
  if (found === undefined) throw new Error('is not there');
  const files = found.isDirectory() ? filesBelow(argument) : [argument];
  if (files.length === 0) throw new Error(`holds no ${fileName}`);
  return files;
};

const problemsOf = (error: z.ZodError): readonly string[] =>
  error.issues.flatMap((issue) => {
    const inner = issue.code === 'invalid_union' ? issue.errors.at(0) : undefined;
    const issues = inner === undefined || inner.length === 0 ? [issue] : inner;
    return issues.map((one) => {
      const path = [...(one === issue ? [] : issue.path), ...one.path].map(String).join('.');
      return `${path === '' ? 'the file' : path}: ${one.message.replace(/^Invalid (input|option): /, '')}`;
    });
  });

type Read =
  | { readonly found: FoundDrill; readonly ignored: readonly string[] }
  | { readonly problems: readonly string[] };

const readOne = (path: string): Read => {
  try {
    const result = drillShape.safeParse(parse(readFileSync(path, 'utf8')));
    if (!result.success) return { problems: problemsOf(result.error).map((problem) => `${path}: ${problem}`) };
    const ignored = ignoredKeys(result.data).map((key) => `${path}: "${key}" means nothing here and is ignored`);
    return { found: { path, drill: result.data }, ignored };
  } catch (error) {
    return { problems: [`${path}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`] };
  }
};

const readArgument = (argument: string): readonly Read[] => {
  try {
    return filesAt(argument).map(readOne);
  } catch (error) {
    return [{ problems: [`${argument}: ${error instanceof Error ? error.message : String(error)}`] }];
  }
};

/** Reads every drill of the folders, before anything starts. Throws DrillFilesError with every problem; `warnings` tell of ignored keys. */
export const findDrills = (
  folders: readonly string[],
): { readonly drills: readonly FoundDrill[]; readonly warnings: readonly string[] } => {
  const reads = folders.flatMap(readArgument);
  const problems = reads.flatMap((read) => ('problems' in read ? read.problems : []));
  if (problems.length > 0) {
    const count = `${problems.length} problem${problems.length === 1 ? '' : 's'}`;
    throw new DrillFilesError(
      `The drills cannot be run: ${count}.\n${problems.map((text) => `  - ${text}`).join('\n')}`,
    );
  }
  const good = reads.flatMap((read) => ('found' in read ? [read] : []));
  const drills = [...new Map(good.map(({ found }) => [found.path, found])).values()];
  return { drills, warnings: good.flatMap(({ ignored }) => ignored) };
};

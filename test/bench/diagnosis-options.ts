import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type SourceName, sourceNames } from './diagnose-case.ts';

/** What the benchmark of the diagnosis is asked to do. */
export interface Options {
  readonly sets: string;
  readonly only: readonly string[];
  readonly out: string | undefined;
  readonly labels: string;
  readonly without: readonly SourceName[];
  readonly quiet: number;
  readonly verbose: boolean;
  readonly crossValidate: boolean;
  readonly curve: string | undefined;
}

const usage =
  'npm run bench -- diagnosis --sets <folder> [--set <name>]... [--out <folder>] [--labels <folder>] [--without metrics|logs|traces|cluster]... [--quiet <windows>] [--cross-validate] [--curve <file.svg>] [--verbose]';

/** Reads the command line; says what is wrong with it, and how it should look. */
export const readOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sets: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
      labels: { type: 'string' },
      without: { type: 'string', multiple: true, default: [] },
      quiet: { type: 'string', default: '0' },
      verbose: { type: 'boolean', default: false },
      'cross-validate': { type: 'boolean', default: false },
      curve: { type: 'string' },
    },
  });
  const { sets } = values;
  if (sets === undefined || !existsSync(sets)) throw new Error(`Which sets? ${usage}`);
  const unknown = values.without.find((name) => !sourceNames.some((source) => source === name));
  if (unknown !== undefined) throw new Error(`There is no source "${unknown}". ${usage}`);
  if (!/^\d+$/.test(values.quiet)) throw new Error(`"${values.quiet}" is no number of quiet windows. ${usage}`);
  return {
    ...{ sets, only: values.set, out: values.out, labels: values.labels ?? join(sets, '..', 'labels') },
    ...{ without: values.without as readonly SourceName[], quiet: Number(values.quiet), verbose: values.verbose },
    ...{ crossValidate: values['cross-validate'], curve: values.curve },
  };
};

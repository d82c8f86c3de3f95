import type { Site } from '../site.ts';
import { isObject, type JsonObject } from '../slack-objects.ts';
import { charactersIn, placesIn } from './block-walk.ts';

/** What no schema of a single block can say; each check returns its complaints in Slack's form. */
type CrossCheck = (blocks: readonly JsonObject[], site: Site, root: string) => readonly string[];

const complaint = (sentence: string, pointer: string): string => `[ERROR] ${sentence} [json-pointer:${pointer}]`;

const repeated = (values: readonly unknown[]): readonly number[] =>
  values.flatMap((value, index) => (value !== undefined && values.indexOf(value) < index ? [index] : []));

const uniqueBlockIds: CrossCheck = (blocks, _site, root) =>
  repeated(blocks.map((block) => block.block_id)).map((index) =>
    complaint(`\`block_id\` already exists: ${String(blocks[index]?.block_id)}`, `${root}/${index}/block_id`),
  );

const uniqueActionIds: CrossCheck = (blocks, _site, root) =>
  blocks.flatMap((block, index) => {
    const elements = Array.isArray(block.elements) ? block.elements.filter(isObject) : [];
    return repeated(elements.map((element) => element.action_id)).map((at) =>
      complaint(
        `\`action_id\` already exists: ${String(elements[at]?.action_id)}`,
        `${root}/${index}/elements/${at}/action_id`,
      ),
    );
  });

const usableFiles: CrossCheck = (blocks, site, root) =>
  placesIn(blocks).flatMap(({ object, pointer }) => {
    if (!isObject(object.slack_file)) return [];
    const { id, url } = object.slack_file;
    const stored = [...site.workspace.files.values()].find((candidate) =>
      id === undefined ? candidate.file?.url_private === url : candidate.id === id,
    );
    const usable = stored?.ready === true && stored.file?.mimetype.startsWith('image/') === true;
    return usable ? [] : [complaint('invalid slack file', `${root}${pointer}/slack_file`)];
  });

/** A table's cells hold at most this many characters together. */
const tableCharsMax = 10_000;

const smallTables: CrossCheck = (blocks, _site, root) => {
  const tables = blocks.flatMap((block, index) => (block.type === 'table' ? [{ block, index }] : []));
  const second = tables[1];
  return [
    ...(second === undefined ? [] : [complaint('only one table allowed', `${root}/${second.index}`)]),
    ...tables
      .filter(({ block }) => charactersIn([block]) > tableCharsMax)
      .map(({ index }) => complaint(`must be less than ${tableCharsMax + 1} characters`, `${root}/${index}/rows`)),
  ];
};

/** All complaints that look at more than one place at a time. */
export const crossCheck = (blocks: readonly JsonObject[], site: Site, root: string): readonly string[] =>
  [uniqueBlockIds, uniqueActionIds, usableFiles, smallTables].flatMap((check) => check(blocks, site, root));

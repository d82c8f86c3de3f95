import type { CaseFile } from '../../domain/case-file.ts';
import { writerInWords } from '../../domain/change-words.ts';
import type { FieldChange } from '../../domain/evidence.ts';
import type { Json } from '../../domain/json.ts';
import { shortName } from '../../domain/workload.ts';
import { clipped, code, type Mrkdwn, md, slackDate } from './mrkdwn.ts';

const changesMax = 6;
const valueCharsMax = 80;

const valueWords = (value: Json | undefined): Mrkdwn =>
  value === undefined ? md`nothing` : code(typeof value === 'string' ? value : JSON.stringify(value), valueCharsMax);

const changeLine = (id: string, change: FieldChange): Mrkdwn =>
  md`• *[${id}]* ${slackDate(change.at)} ${clipped(writerInWords(change), 120)} changed ${shortName(change.object)} ${code(change.path, 120)}: ${valueWords(change.before)} → ${valueWords(change.after)}`;

/** What the flight recorder saw change, newest first. */
export const changeLines = (file: CaseFile): readonly Mrkdwn[] => {
  const changes = (file.context?.evidence ?? [])
    .flatMap(({ id, data }) => (data?.kind === 'change' ? data.changes.map((change) => ({ id, change })) : []))
    .sort((a, b) => b.change.at.localeCompare(a.change.at));
  if (changes.length === 0) return [md`*What changed recently:* the flight recorder saw no change.`];
  const more = changes.length - changesMax;
  return [
    md`*What changed recently (flight recorder)*`,
    ...changes.slice(0, changesMax).map(({ id, change }) => changeLine(id, change)),
    ...(more > 0 ? [md`• and ${more} older ones`] : []),
  ];
};

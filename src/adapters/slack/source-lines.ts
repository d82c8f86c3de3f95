import type { Context, TraceCount } from '../../domain/context.ts';
import { meaningOfSilence } from '../../domain/source-words.ts';
import { clipped, type Mrkdwn, md } from './mrkdwn.ts';

const shown = { explainedMax: 6, namedMax: 20 } as const;

/** Why a source gave no answer, as the collector noted it. */
const reasonOf = (context: Context, source: string): string => {
  const silence = context.evidence.find(({ outcome, subject }) => outcome === 'unreachable' && subject === source);
  return (silence?.observation ?? '').replace(`No answer about ${source}: `, '').replace(/\.$/, '');
};

const silenceLine = (context: Context, source: string): Mrkdwn => {
  const reason = reasonOf(context, source);
  const why = reason === '' ? md`` : md` (${clipped(reason, 120)})`;
  return md`• *${clipped(source, 120)}*${why}: ${meaningOfSilence(source)}`;
};

/** Which gave no answer, why, and what it means. A silent cluster is one trouble with many names: then the names must do. */
const silenceLines = (context: Context): readonly Mrkdwn[] => {
  const { unreachable } = context;
  if (unreachable.length === 0) return [md`*Could not be reached:* nothing, every source answered.`];
  const told = unreachable.slice(0, shown.explainedMax);
  const more = unreachable.slice(shown.explainedMax, shown.namedMax);
  return [
    md`:warning: *Could not be reached* (causes that rest on it count for less, and “nothing is wrong” cannot be said)`,
    ...told.map((source) => silenceLine(context, source)),
    ...(more.length === 0 ? [] : [md`• and also ${clipped(more.join(', '), 300)}`]),
  ];
};

const tracesLine = (traces: TraceCount | undefined): Mrkdwn =>
  traces === undefined
    ? md``
    : md`*Traces:* ${traces.now} of the incident's window and ${traces.quiet} of the quiet one before it were read.`;

/** How many traces were read, and which sources gave no answer. */
export const sourceLines = (context: Context): readonly Mrkdwn[] => [
  tracesLine(context.traces),
  ...silenceLines(context),
];

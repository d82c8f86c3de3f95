const dayMs = 86_400_000;

const part = (options: Intl.DateTimeFormatOptions) => (date: Date) =>
  new Intl.DateTimeFormat(undefined, options).format(date);

const startOfDay = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** "Today", "Yesterday", "Tomorrow", or undefined for any other day. */
const nearDay = (date: Date, now: Date): string | undefined => {
  const days = Math.round((startOfDay(date) - startOfDay(now)) / dayMs);
  return { '-1': 'Yesterday', '0': 'Today', '1': 'Tomorrow' }[String(days)];
};

type Token = (date: Date, now: Date) => string;

/** Near days by name, in small letters: they mostly stand inside a sentence. */
const pretty =
  (format: (date: Date) => string): Token =>
  (date, now) =>
    nearDay(date, now)?.toLowerCase() ?? format(date);

const long = part({ weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' });
const middle = part({ month: 'long', day: 'numeric', year: 'numeric' });
const short = part({ month: 'short', day: 'numeric', year: 'numeric' });

/** Time of day, as `14:05`. */
export const timeOfDay = part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const timeWithSeconds = part({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

/** The whole instant, for tooltips. */
export const fullInstant = (date: Date): string => `${long(date)} at ${timeWithSeconds(date)}`;

const steps: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
];

/** A distance in time as people say it: `12 seconds ago`, `in 3 minutes`. */
export const ago = (thenMs: number, nowMs: number): string => {
  const seconds = Math.round((nowMs - thenMs) / 1000);
  const size = Math.abs(seconds);
  if (size < 3) return 'just now';
  const [unit, name] = steps.find(([length]) => size >= length) ?? [1, 'second'];
  const count = Math.floor(size / unit);
  const words = `${count} ${name}${count === 1 ? '' : 's'}`;
  return seconds < 0 ? `in ${words}` : `${words} ago`;
};

/** As `ago`, for narrow places: `12 s ago`. */
export const agoShort = (thenMs: number, nowMs: number): string =>
  ago(thenMs, nowMs)
    .replace(/ seconds?/, ' s')
    .replace(/ minutes?/, ' min')
    .replace(/ hours?/, ' h');

const tokens: Readonly<Record<string, Token>> = {
  '{date_num}': (date) =>
    `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`,
  '{date}': middle,
  '{date_short}': short,
  '{date_long}': long,
  '{date_pretty}': pretty(middle),
  '{date_short_pretty}': pretty(short),
  '{date_long_pretty}': pretty(long),
  '{day_divider_pretty}': pretty(long),
  '{time}': timeOfDay,
  '{time_secs}': timeWithSeconds,
  '{ago}': (date, now) => ago(date.getTime(), now.getTime()),
};

/** Fills Slack's date tokens in the viewer's own zone. Unknown tokens stay as they are. */
export const formatSlackDate = (format: string, epochSeconds: number, nowMs: number): string => {
  const date = new Date(epochSeconds * 1000);
  if (Number.isNaN(date.getTime())) return format;
  return format.replaceAll(/\{[a-z_]+\}/g, (token) => tokens[token]?.(date, new Date(nowMs)) ?? token);
};

/** A heading for a day of messages. */
export const dayName = (date: Date, now: Date): string =>
  nearDay(date, now) ?? part({ weekday: 'long', month: 'long', day: 'numeric' })(date);

/** The instant of a message's timestamp. */
export const dateOfTs = (ts: string): Date => new Date(Number(ts) * 1000);

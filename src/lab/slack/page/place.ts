/** Where the reader is: a channel, perhaps with a thread open beside it, or a tab of the app. */
export type Place =
  | { readonly kind: 'channel'; readonly channel: string; readonly thread: string | null }
  | { readonly kind: 'app'; readonly tab: 'home' | 'messages' };

/** Writes a timestamp as permalinks do: `p1700000000123456`. */
const tsToPath = (ts: string): string => `p${ts.replace('.', '')}`;

const pathToTs = (part: string | undefined): string | null => {
  const digits = /^p(\d{10})(\d{6})$/.exec(part ?? '');
  return digits === null ? null : `${digits[1]}.${digits[2]}`;
};

/** Reads the address bar: permalinks of messages and channels, `?app=home` for the app. */
export const readPlace = (location: Location, fallbackChannel: string): Place => {
  const query = new URLSearchParams(location.search);
  const tab = query.get('app');
  if (tab === 'home' || tab === 'messages') return { kind: 'app', tab };
  const [, archives, channel, message] = location.pathname.split('/');
  if (archives !== 'archives' || channel === undefined || channel === '')
    return { kind: 'channel', channel: fallbackChannel, thread: null };
  return { kind: 'channel', channel, thread: query.get('thread_ts') ?? pathToTs(message) };
};

/** The address of a place, to be read by `readPlace` again. */
export const addressOf = (place: Place, as: string): string => {
  const user = `as=${encodeURIComponent(as)}`;
  if (place.kind === 'app') return `/?app=${place.tab}&${user}`;
  const thread = place.thread === null ? '' : `/${tsToPath(place.thread)}`;
  return `/archives/${place.channel}${thread}?${user}`;
};

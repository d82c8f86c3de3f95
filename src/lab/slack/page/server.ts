import type { PageAnswer, PageEvent, PageRequests } from '../page-protocol.ts';

const failed = (error: string): PageAnswer => ({ ok: false, acked: false, payload: {}, error });

/** Asks the server to do something as `user`. Never rejects: trouble is in the answer. */
export const ask = async <N extends keyof PageRequests>(
  user: string,
  name: N,
  request: PageRequests[N],
): Promise<PageAnswer> => {
  try {
    const response = await fetch(`/page/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...request, user }),
    });
    return (await response.json()) as PageAnswer;
  } catch {
    return failed('The local Slack does not answer.');
  }
};

/** Listens to what happens, as `user`. Returns the way to stop; the browser reconnects by itself. */
export const listen = (
  user: string,
  on: { readonly event: (event: PageEvent) => void; readonly online: (online: boolean) => void },
): (() => void) => {
  const source = new EventSource(`/page/events?as=${encodeURIComponent(user)}`);
  source.onmessage = (message) => on.event(JSON.parse(String(message.data)) as PageEvent);
  source.onopen = () => on.online(true);
  source.onerror = () => on.online(false);
  return () => source.close();
};

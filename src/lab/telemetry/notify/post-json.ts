/** How a delivery went: `refused` (4xx) will not get better by trying again; `troubled` (429, 5xx) and `unreachable` may. */
export type Delivery = 'delivered' | 'refused' | 'troubled' | 'unreachable';

/** One POST of a JSON body, bounded in time; never throws. */
export const postJson = async (request: {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly timeoutMs: number;
}): Promise<Delivery> => {
  try {
    const response = await fetch(request.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...request.headers },
      body: JSON.stringify(request.body),
      signal: AbortSignal.timeout(request.timeoutMs),
    });
    await response.body?.cancel();
    if (response.ok) return 'delivered';
    return response.status === 429 || response.status >= 500 ? 'troubled' : 'refused';
  } catch {
    return 'unreachable';
  }
};

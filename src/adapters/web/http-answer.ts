/** The body as text, or null as soon as it grows past the bound. */
export const readBounded = async (response: Response, bytesMax: number): Promise<string | null> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** The value that a text holds as JSON, or undefined when it holds none. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A refusal in the server's words; a page of HTML from something in between explains nothing. */
export const explained = (status: number, words: string): string => {
  const plain = words.trim();
  return plain === '' || plain.startsWith('<') ? `HTTP ${status}` : `HTTP ${status}: ${plain}`;
};

/** Why there is no answer at all: the time that was allowed, or what the network said. */
export const failureOf = (error: unknown, allowedMs: number): string => {
  if (!(error instanceof Error)) return 'the call failed';
  if (error.name === 'TimeoutError') return `no answer within ${allowedMs} ms`;
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`;
};

const reasonCharsMax = 300;

/** A reason that is short enough to show. */
export const boundedReason = (reason: string): string => reason.slice(0, reasonCharsMax);

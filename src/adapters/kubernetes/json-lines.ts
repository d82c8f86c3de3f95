import { BotError } from '../../domain/bot-error.ts';
import type { Json } from '../../domain/json.ts';

/** etcd holds no object larger than 1.5 MB; a longer line is not a watch. */
const lineCharsMax = 8_000_000;

/** The JSON values of a stream that holds one on each line. Throws BotError `watch_garbled` on anything else; leaving early frees the stream. */
export async function* jsonLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<Json> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const lines = `${rest}${decoder.decode(part.value, { stream: true })}`.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > lineCharsMax) throw new BotError('watch_garbled', 'a line of the watch is too long');
      for (const line of lines) if (line.trim() !== '') yield parsedLine(line);
    }
  } finally {
    await reader.cancel().catch(() => undefined); // a broken stream cannot be cancelled, and need not be
  }
}

const parsedLine = (line: string): Json => {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new BotError('watch_garbled', 'a line of the watch is not JSON', { cause });
  }
};

import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const deflate = promisify(gzip);
const inflate = promisify(gunzip);

/** What a forged or broken text may become when it is opened, in bytes. */
const openedBytesMax = 64_000_000;

/** A value as JSON, gzip, base64. */
export const pack = async (value: unknown): Promise<string> =>
  (await deflate(Buffer.from(JSON.stringify(value)))).toString('base64');

/** The value of a packed text. Rejects when the text is not one, or opens to more than 64 MB. */
export const unpack = async <T>(text: string): Promise<T> =>
  JSON.parse((await inflate(Buffer.from(text, 'base64'), { maxOutputLength: openedBytesMax })).toString()) as T;

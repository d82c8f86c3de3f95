import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject, type JsonObject } from './slack-objects.ts';

/** Larger bodies are cut off: uploads are the largest thing that Slack takes here. */
const bytesMax = 21 * 1024 * 1024;

/** The whole body. Rejects when it is larger than any upload may be. */
export const readBytes = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > bytesMax) throw new Error('The body is too large.');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
};

/** The members of a form or JSON body; empty for anything else. */
export const readFields = (bytes: Buffer, contentType: string): JsonObject => {
  const text = bytes.toString('utf8');
  if (!contentType.includes('json')) return Object.fromEntries(new URLSearchParams(text));
  try {
    const json: unknown = JSON.parse(text === '' ? '{}' : text);
    return isObject(json) ? json : {};
  } catch {
    return {};
  }
};

/** The bytes of an upload: the first part of a multipart form, or the body itself. */
export const readUpload = async (bytes: Buffer, contentType: string): Promise<Buffer> => {
  if (!contentType.startsWith('multipart/')) return bytes;
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  const part = [...form.values()][0];
  return part === undefined || typeof part === 'string'
    ? Buffer.from(part ?? '')
    : Buffer.from(await part.arrayBuffer());
};

/** Answers with JSON. */
export const sendJson = (
  response: ServerResponse,
  body: JsonObject,
  options: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): void => {
  response.writeHead(options.status ?? 200, { 'content-type': 'application/json; charset=utf-8', ...options.headers });
  response.end(JSON.stringify(body));
};

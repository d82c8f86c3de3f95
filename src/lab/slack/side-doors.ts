import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkMessage } from './blocks/check-message.ts';
import { Refusal } from './refusal.ts';
import { readBytes, readFields, readUpload, sendJson } from './request-body.ts';
import { applyResponse } from './response-url.ts';
import type { Site } from './site.ts';
import { isObject, type JsonObject } from './slack-objects.ts';

/** `POST /response/<key>`: what an app has to say to a click or a command later on. */
export const handleResponse = async (
  site: Site,
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly key: string },
): Promise<void> => {
  const { request, response, key } = exchange;
  const body: JsonObject = readFields(await readBytes(request), request.headers['content-type'] ?? '');
  const context = site.tickets.useResponse(key);
  if (context === undefined) {
    sendJson(response, { ok: false, error: 'expired_url' }, { status: 404 });
    return;
  }
  try {
    const blocks = Array.isArray(body.blocks) ? body.blocks.filter(isObject) : undefined;
    checkMessage({ text: typeof body.text === 'string' ? body.text : undefined, blocks }, site, { anyLength: true });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    sendJson(response, { ok: false, error: error.code, ...error.more }, { status: 400 });
    return;
  }
  applyResponse(site, context, body);
  response.end('ok');
};

/** `POST /upload/<id>`: the bytes of a file that was announced before. */
export const handleUpload = async (
  site: Site,
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly id: string },
): Promise<void> => {
  const { request, response, id } = exchange;
  const stored = site.workspace.files.get(id);
  const bytes = await readUpload(await readBytes(request), request.headers['content-type'] ?? '');
  if (stored === undefined || bytes.length !== stored.length) {
    response.writeHead(400).end('The upload is not the one that was announced.');
    return;
  }
  site.workspace.files.set(id, { ...stored, bytes });
  response.end(`OK - ${bytes.length}`);
};

/** `GET /files-pri/<id>/<name>`: the bytes again. An uploaded document never runs as part of the page. */
export const handleFile = (
  site: Site,
  exchange: { readonly response: ServerResponse; readonly id: string; readonly download: boolean },
): void => {
  const { response, id, download } = exchange;
  const stored = site.workspace.files.get(id);
  if (stored?.file === undefined || stored.bytes === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': stored.file.mimetype.startsWith('text/') ? 'text/plain; charset=utf-8' : stored.file.mimetype,
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    ...(download ? { 'content-disposition': 'attachment' } : {}),
  });
  response.end(stored.bytes);
};

import type { IncomingMessage, ServerResponse } from 'node:http';
import { ZodError } from 'zod';
import { createPageActs } from './page-acts.ts';
import { loadPageBundle } from './page-bundle.ts';
import { createPageEvents } from './page-events.ts';
import type { PageAnswer, PageRequests } from './page-protocol.ts';
import type { People } from './people.ts';
import { readBytes, readFields, sendJson } from './request-body.ts';
import type { Site } from './site.ts';
import type { JsonObject } from './slack-objects.ts';

/** Serves the page to people, and does what they ask for there. */
export interface PageDoor {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): void;
}

/** Message text is hostile until proven otherwise: nothing but our own script may run. */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: http: https:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#175e54"/><path d="M6 17h5l3-8 5 14 3-6h4" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>',
)}`;

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<title>Local Slack</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="/page/app.css">
<script type="module" src="/page/app.js"></script>
</head>
<body><div id="root"></div><noscript>This page needs JavaScript.</noscript></body>
</html>`;

const send = (response: ServerResponse, contentType: string, body: string): void => {
  response.writeHead(200, {
    'content-type': `${contentType}; charset=utf-8`,
    'content-security-policy': contentPolicy,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(body);
};

const isPerson = (site: Site, user: unknown): user is string =>
  typeof user === 'string' && site.workspace.users.get(user)?.isBot === false;

const answer = async (
  act: (body: JsonObject) => Promise<{ acked: boolean; payload: JsonObject }>,
  body: JsonObject,
): Promise<PageAnswer> => {
  try {
    const { acked, payload } = await act(body);
    return { ok: true, acked, payload };
  } catch (error) {
    const reason = error instanceof ZodError ? 'The page asked for something that makes no sense.' : String(error);
    return { ok: false, acked: false, payload: {}, error: reason };
  }
};

/** Joins the page to a site. Only JSON is taken, so that no foreign page can post here unasked. */
export const createPageDoor = (site: Site, people: People): PageDoor => {
  const events = createPageEvents(site);
  const acts = createPageActs(site, people);

  const post = async (request: IncomingMessage, response: ServerResponse, name: string): Promise<void> => {
    const contentType = request.headers['content-type'] ?? '';
    const body = readFields(await readBytes(request), contentType);
    const act = Object.hasOwn(acts, name) ? acts[name as keyof PageRequests] : undefined;
    if (act === undefined || !contentType.startsWith('application/json') || !isPerson(site, body.user)) {
      sendJson(response, { ok: false, acked: false, payload: {}, error: 'There is no such request.' }, { status: 400 });
      return;
    }
    sendJson(response, { ...(await answer(act, body)) });
  };

  const get = async (url: URL, response: ServerResponse): Promise<void> => {
    const user = url.searchParams.get('as');
    if (url.pathname === '/page/events' && isPerson(site, user)) return events.stream(response, user);
    if (url.pathname === '/page/app.js') return send(response, 'text/javascript', (await loadPageBundle()).script);
    if (url.pathname === '/page/app.css') return send(response, 'text/css', (await loadPageBundle()).style);
    if (url.pathname === '/' || url.pathname.startsWith('/archives/')) return send(response, 'text/html', html);
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not here.');
  };

  return {
    handle: (request, response) => {
      const url = new URL(request.url ?? '/', 'http://local');
      if (request.method === 'POST') return post(request, response, url.pathname.replace('/page/', ''));
      return get(url, response);
    },
    close: events.close,
  };
};

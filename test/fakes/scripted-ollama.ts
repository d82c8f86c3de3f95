import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the server treats one request: Ollama's wire form, word for word, or one of its known troubles. */
export type Manner =
  | { readonly kind: 'says'; readonly content: string }
  | { readonly kind: 'status'; readonly code: number; readonly error: string }
  | { readonly kind: 'hangs-before-headers' }
  | { readonly kind: 'hangs-after-headers' }
  | { readonly kind: 'truncates' }
  | { readonly kind: 'errors-in-stream'; readonly error: string }
  | { readonly kind: 'resets' };

/** One request as it arrived. */
export interface Received {
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the client sent
  readonly body: any;
}

/** An Ollama server that follows a script; the last manner is repeated. */
export interface ScriptedOllama {
  readonly host: string;
  readonly received: readonly Received[];
  /** Connections that the client closed before its answer was whole: Ollama drops the job then. */
  readonly abandoned: () => number;
  readonly inFlightMax: () => number;
  /** What to do with the next requests, in order. */
  script(...manners: readonly Manner[]): void;
  close(): Promise<void>;
}

const chunk = (model: string, content: string, done: boolean): string =>
  `${JSON.stringify({
    model,
    created_at: '2026-11-22T12:00:00.000000Z',
    message: { role: 'assistant', content },
    done,
    ...(done ? { done_reason: 'stop', prompt_eval_count: 11, eval_count: 7, total_duration: 1_000_000 } : {}),
  })}\n`;

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};

const startStream = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
};

const answerChat = (manner: Manner, model: string, response: ServerResponse): void => {
  switch (manner.kind) {
    case 'says': {
      startStream(response);
      const middle = Math.ceil(manner.content.length / 2);
      response.write(chunk(model, manner.content.slice(0, middle), false));
      response.write(chunk(model, manner.content.slice(middle), false));
      response.end(chunk(model, '', true));
      return;
    }
    case 'status':
      response.writeHead(manner.code, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: manner.error }));
      return;
    case 'hangs-before-headers':
      return;
    case 'hangs-after-headers':
      startStream(response);
      response.write(chunk(model, '{"', false));
      return;
    case 'truncates':
      startStream(response);
      response.write(chunk(model, '{"wo', false));
      response.end();
      return;
    case 'errors-in-stream':
      startStream(response);
      response.write(chunk(model, '{"wo', false));
      response.end(`${JSON.stringify({ error: manner.error })}\n`);
      return;
    case 'resets':
      response.destroy();
  }
};

const answerEmbed = (manner: Manner | undefined, input: readonly string[], response: ServerResponse): void => {
  if (manner !== undefined && manner.kind !== 'says') {
    answerChat(manner, 'embedder', response);
    return;
  }
  const embeddings = manner === undefined ? input.map((text) => [text.length, 1, 0.5]) : JSON.parse(manner.content);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ model: 'embedder', embeddings }));
};

/** Starts a scripted Ollama on a free port of 127.0.0.1 that has the given models. */
export const startScriptedOllama = async (models: readonly string[] = ['llama3.2:latest']): Promise<ScriptedOllama> => {
  const received: Received[] = [];
  let manners: readonly Manner[] = [];
  let abandoned = 0;
  let inFlight = 0;
  let inFlightMax = 0;

  const next = (): Manner | undefined => {
    const [first, ...rest] = manners;
    if (rest.length > 0) manners = rest;
    return first;
  };

  const server = createServer(async (request, response) => {
    const text = await bodyOf(request);
    const body = text === '' ? null : JSON.parse(text);
    const path = request.url ?? '';
    received.push({ path, body });
    inFlight += 1;
    inFlightMax = Math.max(inFlightMax, inFlight);
    response.on('close', () => {
      inFlight -= 1;
      if (!response.writableFinished) abandoned += 1;
    });
    const manner = next();
    if (path === '/api/tags' && (manner === undefined || manner.kind === 'says')) {
      response.end(JSON.stringify({ models: models.map((name) => ({ name, model: name, size: 1 })) }));
      return;
    }
    if (path === '/api/embed') answerEmbed(manner, body.input, response);
    else answerChat(manner ?? { kind: 'says', content: 'ok' }, body?.model ?? '', response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    abandoned: () => abandoned,
    inFlightMax: () => inFlightMax,
    script: (...next_) => {
      manners = next_;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

import type { IncomingMessage, ServerResponse } from 'node:http';
import { tooLarge } from './api-error.ts';
import type { LineStream, PlainAnswer } from './api-request.ts';

const bodyBytesMax = 3_145_728;

/** Reads a request's body as text. Throws 413 past three mebibytes. */
export const readBody = async (message: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop must not cut the connection: the client still waits for the refusal.
  for await (const part of message.iterator({ destroyOnReturn: false })) {
    bytes += part.length;
    if (bytes > bodyBytesMax) break;
    parts.push(part);
  }
  if (bytes > bodyBytesMax) {
    message.resume();
    throw tooLarge(bodyBytesMax);
  }
  return Buffer.concat(parts).toString('utf8');
};

/** A warning header may hold printable ASCII only; quotes are escaped. */
const warningHeader = (text: string): string =>
  `299 - "${text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`;

/** Sends an answer that fits one message. */
export const sendPlain = (response: ServerResponse, answer: PlainAnswer, auditId: string): void => {
  const isText = answer.kind === 'text';
  const body = isText ? String(answer.body) : JSON.stringify(answer.body);
  const warnings = answer.warnings ?? [];
  response.writeHead(answer.code, {
    'Audit-Id': auditId,
    'Cache-Control': 'no-cache, private',
    'Content-Type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...(warnings.length === 0 ? {} : { Warning: warnings.map(warningHeader) }),
  });
  response.end(body);
};

/** Opens a stream of JSON lines. */
export const openStream = (response: ServerResponse, auditId: string): LineStream => {
  response.writeHead(200, {
    'Audit-Id': auditId,
    'Cache-Control': 'no-cache, private',
    'Content-Type': 'application/json',
  });
  response.flushHeaders();
  return {
    write: (line) => {
      if (!response.writableEnded && !response.destroyed) response.write(`${JSON.stringify(line)}\n`);
    },
    end: () => {
      response.end();
    },
    onClose: (stop) => {
      if (response.destroyed) stop();
      else response.once('close', stop);
    },
  };
};

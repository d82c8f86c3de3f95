import type { IncomingMessage, ServerResponse } from 'node:http';

/** Serves the page. */
export interface PageDoor {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): void;
}

/** No page yet. */
export const createPageDoor = (): PageDoor => ({
  handle: async (_request, response) => {
    response.writeHead(404).end();
  },
  close: () => undefined,
});

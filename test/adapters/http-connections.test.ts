import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type HttpStage, secret, startHttpStage } from './http-stage.ts';

let stage: HttpStage | undefined;

afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

/** Bounds so narrow that a test meets them. */
const narrow = { connectionsMax: 2, deliveryMsMax: 150, checkEveryMs: 20 };

const kinds = async (): Promise<readonly string[]> => ((await stage?.refusals()) ?? []).map(({ subject }) => subject);

describe('connections that give nothing or too much', () => {
  it.each([
    ['sends nothing at all', ''],
    ['never ends its headers', 'POST /alerts/alertmanager HTTP/1.1\r\nHost: x\r\nX-A: '],
    [
      'never ends its body',
      `POST /alerts/alertmanager HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    ],
  ])('a client that %s is let go, and the server goes on', async (_name, text) => {
    stage = await startHttpStage(narrow);
    const { socket, heard } = stage.connect();
    socket.write(text);
    expect(await heard).toMatch(/^HTTP\/1\.1 408 .*within 10 seconds: send it again/s);
    expect(await kinds()).toEqual(['too-slow']);
    expect((await fetch(`${stage.base}/healthz`)).status).toBe(200);
  });

  it.each([
    ['is no HTTP', 'GARBAGE\r\n\r\n', '400'],
    ['has a method that nobody knows', 'BREW /alerts/alertmanager HTTP/1.1\r\nHost: x\r\n\r\n', '400'],
    ['has endless headers', `GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ${'x'.repeat(100_000)}\r\n\r\n`, '431'],
    [
      'smuggles a second length',
      'POST /alerts/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      '400',
    ],
  ] as const)('a request that %s is refused', async (_name, text, status) => {
    stage = await startHttpStage();
    const { socket, heard } = stage.connect();
    socket.write(text);
    expect(await heard).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*"error":"`, 's'));
    expect(await kinds()).toEqual(['bad-request']);
  });

  it('more connections than are allowed are dropped, those that stand are served', async () => {
    stage = await startHttpStage({ ...narrow, deliveryMsMax: 10_000 });
    const first = stage.connect();
    const second = stage.connect();
    await Promise.all([once(first.socket, 'connect'), once(second.socket, 'connect')]);
    const third = stage.connect();
    expect(await third.heard).toBe('');
    first.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await first.heard).toContain('{"status":"ok"}');
    await vi.waitFor(async () => expect(await kinds()).toEqual(['too-many-connections']));
    second.socket.destroy();
    await second.heard;
  });

  it('a client that goes away in the middle of its body harms nobody', async () => {
    stage = await startHttpStage();
    const { socket, heard } = stage.connect();
    socket.write(
      `POST /alerts/alertmanager HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n`,
    );
    await once(socket, 'data');
    socket.resetAndDestroy();
    await heard;
    expect((await fetch(`${stage.base}/healthz`)).status).toBe(200);
    expect(await stage.kept()).toEqual([]);
  });
});

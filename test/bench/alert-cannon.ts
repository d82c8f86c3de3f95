import { fork } from 'node:child_process';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';

/** One delivery as Alertmanager sends it, due `atMs` after the first. */
export interface Shot {
  readonly atMs: number;
  readonly body: string;
}

/** What became of one delivery: the last status, how long that answer took, and how often it had to be sent again. */
export interface Hit {
  readonly status: number;
  readonly tookMs: number;
  readonly again: number;
}

/** What is to be shot where. */
export interface Volley {
  readonly url: string;
  readonly token: string;
  readonly connections: number;
  readonly shots: readonly Shot[];
}

/** A delivery that is refused for now comes again, as Alertmanager's does; so often at most. */
const againMax = 60;

const post = (volley: Volley, agent: Agent, body: string): Promise<{ status: number; waitMs: number }> =>
  new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      authorization: `Bearer ${volley.token}`,
    };
    const sent = request(volley.url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, waitMs: Number(response.headers['retry-after'] ?? 1) * 1000 }),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const deliver = async (volley: Volley, agent: Agent, body: string): Promise<readonly Hit[]> => {
  const hits: Hit[] = [];
  for (let again = 0; again <= againMax; again += 1) {
    const startedMs = performance.now();
    const { status, waitMs } = await post(volley, agent, body);
    hits.push({ status, tookMs: performance.now() - startedMs, again });
    if (status !== 429 && status !== 503) return hits;
    await pause(waitMs);
  }
  return hits;
};

const fire = async (volley: Volley): Promise<readonly Hit[]> => {
  const agent = new Agent({ keepAlive: true, maxSockets: volley.connections });
  const startedMs = performance.now();
  const hits = await Promise.all(
    volley.shots.map(async ({ atMs, body }) => {
      await pause(Math.max(0, atMs - (performance.now() - startedMs)));
      return deliver(volley, agent, body);
    }),
  );
  agent.destroy();
  return hits.flat();
};

/** Shoots from a process of its own, so that a busy laboratory does not count as a slow bot. */
export const fireVolley = (volley: Volley): Promise<readonly Hit[]> =>
  new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), ['cannon'], { execArgv: ['--import', 'tsx'] });
    child.once('message', (hits) => {
      resolve(hits as readonly Hit[]);
      child.disconnect();
    });
    child.once('exit', (code) => reject(new Error(`the alert cannon ended with code ${code}`)));
    child.send(volley);
  });

if (process.argv[2] === 'cannon' && process.send !== undefined) {
  process.once('message', (volley) => {
    void fire(volley as Volley).then((hits) => process.send?.(hits));
  });
}

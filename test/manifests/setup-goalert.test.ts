import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manifestsFolder } from './manifests.ts';

const script = join(manifestsFolder, 'goalert/setup/setup-goalert.mjs');

interface Kept {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

interface Made {
  readonly name: string;
  readonly newIntegrationKeys: readonly { readonly name: string; readonly type: string }[];
}

let folder: string;
let server: Server;
let url: string;
let services: { readonly id: string; readonly name: string; readonly integrationKeys: readonly object[] }[];
let made: Made[];
let kept: Kept[];
let refusing: boolean;

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const keysOf = ({ newIntegrationKeys }: Made) =>
  newIntegrationKeys.map(({ name }) => ({
    id: 'k1',
    name,
    href: 'https://alerts.example.com/api/v2/prometheusalertmanager/incoming?token=k1',
  }));

/** GoAlert's GraphQL as far as the script uses it. */
const graphql = (query: string, variables: { readonly search?: string; readonly input?: Made }): object => {
  if (refusing) return { errors: [{ message: 'access denied' }] };
  if (query.includes('createService') && variables.input !== undefined) {
    made.push(variables.input);
    const service = { id: 's1', name: variables.input.name, integrationKeys: keysOf(variables.input) };
    services.push(service);
    return { data: { createService: service } };
  }
  const nodes = services.filter(({ name }) => name.includes(variables.search ?? ''));
  return { data: { services: { nodes } } };
};

const logIn = (request: IncomingMessage, text: string): boolean => {
  const form = new URLSearchParams(text);
  const isAdmin = form.get('username') === 'admin' && form.get('password') === 'pass&word';
  return isAdmin && request.headers.referer === `${url}/`;
};

/** GoAlert and the API server in one: what each would answer. */
const answerTo = (request: IncomingMessage, text: string): { readonly status: number; readonly body: string } => {
  const { url: path = '', method, headers } = request;
  if (path.startsWith('/api/v2/identity/providers/basic')) {
    return logIn(request, text) ? { status: 200, body: 'session' } : { status: 401, body: '' };
  }
  if (path === '/api/graphql' && headers.authorization === 'Bearer session') {
    const { query, variables } = JSON.parse(text) as { query: string; variables: { search?: string; input?: Made } };
    return { status: 200, body: JSON.stringify(graphql(query, variables)) };
  }
  if (method !== 'PATCH') return { status: 404, body: '' };
  kept.push({ path, authorization: headers.authorization, body: JSON.parse(text) });
  return { status: 200, body: '{}' };
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sre-goalert-'));
  writeFileSync(join(folder, 'token'), 'the-job\n');
  [services, made, kept, refusing] = [[], [], [], false];
  server = createServer(async (request, response) => {
    const { status, body } = answerTo(request, await bodyOf(request));
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const run = (
  change: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly said: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [script], {
      env: {
        GOALERT_URL: url,
        KUBERNETES_URL: url,
        TOKEN_FILE: join(folder, 'token'),
        BOT_URL: 'http://bot:8080',
        GOALERT_SECRET: 'a-secret-of-goalert',
        ADMIN_PASSWORD: 'pass&word',
        ...change,
      },
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once('close', (code) => resolve({ code, said }));
  });

describe("GoAlert's set-up", () => {
  it('makes the service with its webhook to the bot, and tells Alertmanager the address inside the cluster', async () => {
    expect(await run()).toMatchObject({ code: 0 });
    expect(made).toEqual([
      expect.objectContaining({
        name: 'online-boutique',
        newIntegrationKeys: [{ type: 'prometheusAlertmanager', name: 'Alertmanager' }],
        newEscalationPolicy: expect.objectContaining({
          steps: [
            {
              delayMinutes: 5,
              actions: [
                {
                  type: 'builtin-webhook',
                  args: { webhook_url: 'http://bot:8080/alerts/goalert/a-secret-of-goalert' },
                },
              ],
            },
          ],
        }),
      }),
    ]);
    expect(kept).toEqual([
      {
        path: '/api/v1/namespaces/monitoring/secrets/goalert-integration?fieldManager=goalert-setup',
        authorization: 'Bearer the-job',
        body: { stringData: { url: `${url}/api/v2/prometheusalertmanager/incoming?token=k1` } },
      },
    ]);
  });

  it('makes nothing twice', async () => {
    await run();
    expect(await run()).toMatchObject({ code: 0 });
    expect(made).toHaveLength(1);
    expect(kept).toHaveLength(2);
  });

  it('fails, so that its Job tries again, when GoAlert is not there, refuses, or knows another password', async () => {
    refusing = true;
    expect(await run()).toMatchObject({ code: 1, said: expect.stringContaining('access denied') });
    expect(await run({ ADMIN_PASSWORD: 'wrong' })).toMatchObject({ code: 1, said: expect.stringContaining('401') });
    expect(await run({ GOALERT_URL: 'http://127.0.0.1:1' })).toMatchObject({ code: 1 });
    expect(kept).toEqual([]);
  });

  it('names the setting that is missing, and never says a secret', async () => {
    const { code, said } = await run({ GOALERT_SECRET: '' });
    expect(code).toBe(1);
    expect(said).toContain('GOALERT_SECRET is not set');
    expect((await run()).said).not.toMatch(/a-secret|pass&word|token=/);
  });
});

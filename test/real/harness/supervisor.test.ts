import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** The supervisor keeps its files below the cache, which is found anew for each test. */
const open = async () => {
  vi.resetModules();
  const supervisor = await import('./supervisor.ts');
  return { ...supervisor, ...(await import('./cluster-state.ts')), ...(await import('./process-identity.ts')) };
};

let cache = '';

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'ai4all-sre-supervisor-'));
  vi.stubEnv('XDG_CACHE_HOME', cache);
});

afterEach(async () => {
  const { endAllProcesses } = await open();
  await endAllProcesses();
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

const plan = (name: string, script: string) => ({
  ...{ name, version: 'v1', command: process.execPath },
  args: ['-e', script],
  ready: async () => true,
});
const forever = 'setInterval(() => undefined, 1_000)';

describe('processes of the cluster', () => {
  it('are known by another command, and are ended with their children', async () => {
    const { startProcess } = await open();
    const child = `require('node:child_process').spawn(process.execPath, ['-e', '${forever}'])`;
    await startProcess(plan('parent', `console.log(${child}.pid); ${forever}`));
    const { processNamed, endAllProcesses, startTicksOf, deadProcesses } = await open();
    const { pid, log } = processNamed('parent');
    const childPid = await vi.waitFor(
      () => Number(/\d+/.exec(readFileSync(log, 'utf8'))?.[0] ?? expect.fail('no child')),
      {
        timeout: 20_000,
      },
    );
    expect([pid, childPid].map(startTicksOf)).not.toContain(null);
    await endAllProcesses();
    await vi.waitFor(() => expect([pid, childPid].map(startTicksOf)).toEqual([null, null]), { timeout: 20_000 });
    expect(deadProcesses()).toEqual(['parent']);
  });

  it('tell the end of their log when they do not come up', async () => {
    const { startProcess } = await open();
    const broken = {
      ...plan('broken', 'console.error("no such flag: --wrong"); process.exit(2)'),
      ready: async () => false,
    };
    await expect(startProcess(broken)).rejects.toThrow(/broken has ended\. The end of .*broken\.log:\n.*--wrong/s);
  });

  it('that are not programs at all say so', async () => {
    const { startProcess } = await open();
    const missing = { ...plan('missing', ''), command: join(cache, 'nothing') };
    await expect(startProcess(missing)).rejects.toThrow(/missing could not be started/);
  });

  it('are ended by force when they do not listen', async () => {
    const { startProcess, processNamed, endProcess, startTicksOf } = await open();
    const deaf = plan('deaf', `process.on('SIGTERM', () => undefined); console.log('deaf'); ${forever}`);
    await startProcess({
      ...deaf,
      ready: async () => readFileSync(processNamed('deaf').log, 'utf8').includes('deaf'),
    });
    const target = processNamed('deaf');
    await endProcess(target, 'SIGTERM', 200);
    expect(startTicksOf(target.pid)).toBeNull();
  });

  it('whose number now belongs to somebody else are left alone', async () => {
    const { startProcess, processNamed, endProcess, startTicksOf } = await open();
    await startProcess(plan('stranger', forever));
    const stranger = processNamed('stranger');
    await endProcess({ ...stranger, startTicks: '1' });
    expect(startTicksOf(stranger.pid)).toBe(stranger.startTicks);
  });

  it('start again as they were', async () => {
    const { startProcess, restartProcess, processNamed, endProcess } = await open();
    await startProcess(plan('phoenix', forever));
    const first = processNamed('phoenix');
    await endProcess(first);
    await restartProcess('phoenix', async () => true);
    const second = processNamed('phoenix');
    expect({ ...second, pid: 0, startTicks: '' }).toEqual({ ...first, pid: 0, startTicks: '' });
    expect(second.pid).not.toBe(first.pid);
  });
});

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DrillResult } from '../src/drill/drill-result.ts';
import { findDrills } from '../src/drill/find-drills.ts';
import { runDrill } from '../src/drill/run-drill.ts';
import { openStage } from '../src/drill/stage.ts';
import { type Laboratory, shopNamespace, startLaboratory } from '../src/lab/laboratory.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ai4all-sre-drills-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'drill.yaml'), text);
  return join(folder, name);
};

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The runner as people start it. */
const run = (...args: readonly string[]): Promise<Run> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/drill.ts', ...args], { cwd: root });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      said.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      said.stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...said }));
  });

const linesOf = ({ stdout }: Run): readonly DrillResult[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const wrongHope = `name: wrong-hope
inject:
  - patch: { apiVersion: apps/v1, kind: Deployment, name: emailservice, type: merge, body: { spec: { paused: true } } }
  - patch:
      apiVersion: apps/v1
      kind: Deployment
      name: emailservice
      body: { spec: { template: { metadata: { labels: { release: next } } } } }
alert:
  labels: { alertname: KubeDeploymentRolloutStuck, namespace: online-boutique, deployment: emailservice }
  afterSeconds: 1
expect:
  outcome: resolved
  cause: { workload: emailservice, fault: bad-image }
  fields: [{ object: { apiVersion: apps/v1, kind: Deployment, name: emailservice }, path: /spec/paused, equals: false }]
`;

const impossible = `name: impossible
inject:
  - patch: { apiVersion: apps/v1, kind: Deployment, name: nobody, body: { spec: { replicas: 0 } } }
alert: { labels: { alertname: A, namespace: online-boutique } }
expect: { outcome: resolved }
`;

describe('the drill runner', { timeout: 600_000 }, () => {
  it('plays each drill in a laboratory of its own, prints a line for each, and ends with 1 when one failed', async () => {
    write('failing/wrong-hope', wrongHope);
    write('failing/impossible', impossible);
    const ended = await run(join(root, 'test/drills/scaled-to-zero'), join(folder, 'failing'), '--json');
    expect(ended.code).toBe(1);
    const results = linesOf(ended);
    expect(results.map(({ drill, passed }) => [drill, passed])).toEqual([
      ['scaled-to-zero', true],
      ['impossible', false],
      ['wrong-hope', false],
    ]);

    const [mended, undone, wrong] = results;
    expect(Object.keys(mended ?? {})).toEqual([
      ...['drill', 'passed', 'outcome', 'cause', 'action', 'approvedVia', 'phasesMs', 'writes', 'failures'],
    ]);
    expect(mended).toMatchObject({
      outcome: 'resolved',
      cause: { workload: 'paymentservice', fault: 'scaled-to-zero' },
      approvedVia: 'auto',
      writes: 1,
      failures: [],
    });
    const { root: rootMs, proposal, approved, written, verified, closed } = mended?.phasesMs ?? {};
    const phases = [rootMs, proposal, approved, written, verified, closed];
    expect(phases.every((ms) => typeof ms === 'number' && ms > 0)).toBe(true);

    expect(undone?.failures).toEqual([
      expect.stringMatching(/inject\.0 could not be done: there is no Deployment nobody/),
    ]);
    expect(wrong).toMatchObject({ outcome: 'no_action', writes: 0, action: null, approvedVia: null });
    expect(wrong?.failures).toEqual([
      expect.stringMatching(/the outcome is no_action, not resolved/),
      expect.stringMatching(/the cause is rollout-paused of emailservice, not bad-image of emailservice/),
      expect.stringMatching(/Deployment online-boutique\/emailservice is not settled/),
      'Deployment emailservice /spec/paused is true, not false',
    ]);
  });

  it('starts nothing when a file is wrong: it tells every problem and ends with 2', async () => {
    const bad = write('bad', 'name: bad\ninject: [{ explode: {} }]\nalert: {}\nexpect: { outcome: perfect }\n');
    const ended = await run(bad, join(root, 'test/drills/scaled-to-zero'));
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/inject\.0.*alert.*labels.*expect\.outcome/s);
  });
});

describe('a drill on a cluster of one’s own, which has neither Prometheus nor Loki', { timeout: 600_000 }, () => {
  let lab: Laboratory;
  beforeAll(async () => {
    lab = await startLaboratory({ manifestsFolder: join(root, 'manifests') });
  }, 120_000);
  afterAll(() => lab?.close());

  const play = async (path: string): Promise<DrillResult> => {
    const kubeconfig = join(folder, 'cluster.yaml');
    writeFileSync(kubeconfig, lab.cluster.kubeconfig('admin'));
    const [found] = findDrills([path]).drills;
    if (found === undefined) throw new Error('the drill is there');
    return runDrill(found.drill, (namespace) =>
      openStage({ folders: [], json: true, kubeconfig, parallel: 1 }, namespace),
    );
  };

  const imageOf = (name: string): string | undefined =>
    lab.cluster.store.get('deployments', shopNamespace, name)?.spec.template.spec.containers[0]?.image;

  it('is played by the objects alone, and the next drill finds the cluster as it was', async () => {
    const image = imageOf('recommendationservice');
    expect(await play(join(root, 'test/drills/bad-image'))).toMatchObject({ passed: true, failures: [], writes: 1 });
    expect(imageOf('recommendationservice')).toBe(image);

    const left = await play(write('left-broken', wrongHope));
    expect(left.passed).toBe(false);
    const spec = lab.cluster.store.get('deployments', shopNamespace, 'emailservice')?.spec;
    expect(spec.paused).toBeUndefined();
    expect(spec.template.metadata.labels).toEqual({ app: 'emailservice' });
  });

  it('has no chaos, and says so', async () => {
    const { failures } = await play(join(root, 'test/drills/cpu-stress'));
    expect(failures).toEqual([expect.stringMatching(/chaos is only there in the laboratory/)]);
  });
});

it('every drill of the repository can be read', () => {
  const { drills, warnings } = findDrills([join(root, 'test/drills')]);
  expect(warnings).toEqual([]);
  expect(drills.length).toBeGreaterThan(20);
  const names = drills.map(({ drill }) => drill.name);
  expect(new Set(names).size).toBe(names.length);
  expect(drills.every(({ path }) => existsSync(path))).toBe(true);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { fieldAt, readFieldPath } from '../../src/drill/field-path.ts';
import { DrillFilesError, findDrills } from '../../src/drill/find-drills.ts';
import { readDrillOptions } from '../../src/drill/options.ts';

const root = mkdtempSync(join(tmpdir(), 'ai4all-sre-drill-files-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const write = (folder: string, text: string): string => {
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, folder, 'drill.yaml'), text);
  return join(root, folder);
};

const least = 'name: least\ninject: []\nalert: { labels: { alertname: A } }\nexpect: { outcome: no_action }\n';

const messageOf = (folders: readonly string[]): string => {
  try {
    findDrills(folders);
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(DrillFilesError);
    return error instanceof Error ? error.message : '';
  }
};

describe('drill files', () => {
  it('are found at any depth, in the order of their folders, and each only once', () => {
    write('deep/b/inner', least.replace('least', 'second'));
    write('deep/a', least.replace('least', 'first'));
    const { drills, warnings } = findDrills([join(root, 'deep'), join(root, 'deep/a')]);
    expect(drills.map(({ drill }) => drill.name)).toEqual(['first', 'second']);
    expect(warnings).toEqual([]);
  });

  it('say little: the rest has defaults', () => {
    const [found] = findDrills([write('least', least)]).drills;
    expect(found?.drill).toMatchObject({
      alert: [{ labels: { alertname: 'A' }, annotations: {}, afterSeconds: 3 }],
      expect: { outcome: 'no_action', fields: [] },
      timeoutSeconds: 180,
    });
  });

  it('take an object to create with and without the word "object", and one alert or several', () => {
    const [found] = findDrills([
      write(
        'forms',
        `name: forms
inject:
  - create: { object: { apiVersion: v1, kind: ConfigMap, metadata: { name: wrapped }, data: { a: b } } }
  - create: { apiVersion: v1, kind: ConfigMap, metadata: { name: bare } }
  - patch: { apiVersion: apps/v1, kind: Deployment, name: cart, body: { spec: { replicas: 0 } } }
alert:
  - labels: { alertname: A, port: 80 }
  - labels: { alertname: B }
expect: { outcome: resolved, fields: [{ object: { apiVersion: v1, kind: Service, name: gone }, absent: true }] }
`,
      ),
    ]).drills;
    expect(found?.drill.inject.map(({ create }) => create?.metadata.name)).toEqual(['wrapped', 'bare', undefined]);
    expect(found?.drill.inject[2]?.patch?.type).toBe('strategic');
    expect(found?.drill.alert.map(({ labels }) => labels)).toEqual([
      { alertname: 'A', port: '80' },
      { alertname: 'B' },
    ]);
    expect(found?.drill.expect.fields).toEqual([
      { object: { apiVersion: 'v1', kind: 'Service', name: 'gone' }, path: '', absent: true },
    ]);
  });

  it('are refused with every problem of every file at once', () => {
    const broken = write(
      'broken',
      `inject:
  - patch: { apiVersion: apps/v1, kind: Deployment, name: cart, type: json, body: { spec: {} } }
  - explode: {}
alert: { labels: {} }
expect: { outcome: fine, fields: [{ object: { apiVersion: v1, kind: Service, name: x }, path: 'a[' }] }
`,
    );
    const unreadable = write('unreadable', 'name: [');
    const message = messageOf([broken, unreadable, join(root, 'nowhere')]);
    for (const problem of [
      /broken.*name: expected string/,
      /inject\.0\.patch\.body: must be a list of operations/,
      /inject\.1: must be exactly one of patch, create, delete, chaos, wait/,
      /alert.*labels: must hold at least one label/,
      /expect\.outcome: expected one of "resolved"\|"escalated"\|"no_action"/,
      /expect\.fields\.0\.path: is neither a JSON pointer nor a dotted path/,
      /expect\.fields\.0: must have either equals or absent: true/,
      /unreadable/,
      /nowhere: is not there/,
    ]) {
      expect(message).toMatch(problem);
    }
  });

  it('may hold notes of their author: an unknown key is told and ignored, except where it would change what is checked', () => {
    const noted = findDrills([write('noted', `${least}author: somebody\n`)]);
    expect(noted.warnings).toEqual([expect.stringMatching(/"author" means nothing here/)]);
    const slip = write('slip', least.replace('outcome: no_action', 'outcome: no_action, writeMax: 0'));
    expect(messageOf([slip])).toMatch(/expect: Unrecognized key: "writeMax"/);
  });
});

describe('field paths', () => {
  const object = {
    spec: { ports: [{ name: 'grpc', port: 80, 'target/port': 1 }], containers: [{ name: 'a.b', env: { 'x.y': 'z' } }] },
  };

  it.each([
    ['/spec/ports/0/port', 80],
    ['/spec/ports/0/target~1port', 1],
    ['spec.ports[0].name', 'grpc'],
    ['.spec.ports[port=80].name', 'grpc'],
    ['spec.containers[name=a.b].env["x.y"]', 'z'],
    ['$.spec.ports[name=grpc].port', 80],
    ['spec.ports[name=http].port', undefined],
    ['spec.ports[7]', undefined],
    ['spec.nothing.at.all', undefined],
  ])('%s finds %j', (path, value) => {
    expect(fieldAt(object, path)).toEqual(value);
  });

  it('never throw, whatever is written', () => {
    fc.assert(
      fc.property(fc.string(), fc.json(), (path, text) => {
        readFieldPath(path);
        fieldAt(JSON.parse(text), path);
      }),
    );
  });
});

describe('options of the runner', () => {
  it('need a folder, and know what goes with a cluster of one’s own', () => {
    expect(() => readDrillOptions([])).toThrow(/at least one folder/);
    expect(() => readDrillOptions(['a', '--prometheus', 'http://p'])).toThrow(/go with --kubeconfig/);
    expect(() => readDrillOptions(['a', '--kubeconfig', 'k', '--loki', 'l'])).toThrow(/--loki must be a URL/);
    expect(() => readDrillOptions(['a', '--parallel', 'many'])).toThrow(/--parallel/);
    expect(readDrillOptions(['a', 'b', '--kubeconfig', 'k', '--parallel', '4', '--json'])).toEqual({
      folders: ['a', 'b'],
      json: true,
      kubeconfig: 'k',
      parallel: 1,
    });
    expect(readDrillOptions(['--help'])).toBeNull();
  });
});

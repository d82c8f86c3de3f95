import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { builtInProblems } from './built-in-kinds.ts';
import { kustomizations, type Manifest, manifestsFolder, objectsIn, textOf, yamlFiles } from './manifests.ts';

const shapesFolder = fileURLToPath(new URL('shapes', import.meta.url));
const ajv = new Ajv({ allErrors: true, strict: false });

/** Custom kinds are held to shapes of our own: the fields that we use, and no others. Upstream's schemas follow in CI. */
const customProblems = ({ file, ...object }: Manifest): readonly string[] => {
  const [group = '', version = ''] = object.apiVersion.split('/');
  const path = join(shapesFolder, group, `${object.kind.toLowerCase()}_${version}.json`);
  if (!existsSync(path)) return [`${file}: no shape for ${object.apiVersion} ${object.kind}`];
  const validate = ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as object);
  validate(object);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

const problemsOf = (object: Manifest): readonly string[] => {
  const { file: _file, ...plain } = object;
  return builtInProblems(plain as Manifest) ?? customProblems(object);
};

const titled = (object: Manifest): readonly [string, Manifest] => [
  `${object.file}: ${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`,
  object,
];

describe('the manifests', () => {
  it.each(objectsIn().map(titled))('%s has only fields that its kind has', (_title, object) => {
    expect(problemsOf(object)).toEqual([]);
  });

  it('are checked: an unknown field, a wrong type and a missing one are found', () => {
    const file = 'x.yaml';
    const service = { file, apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' } };
    expect(problemsOf({ ...service, spec: { ports: [{ port: '80', tagretPort: 1 }] } })).toEqual([
      'Service.spec.ports[0].port: must be number',
      'Service.spec.ports[0].tagretPort: no such field',
    ]);
    const server = { file, apiVersion: 'policy.linkerd.io/v1beta3', kind: 'Server', metadata: { name: 'x' } };
    expect(problemsOf({ ...server, spec: { port: 'http' } })).toEqual([
      "/spec must have required property 'podSelector'",
    ]);
    expect(problemsOf({ ...server, apiVersion: 'policy.linkerd.io/v9', spec: {} })).toHaveLength(1);
  });

  it('have a shape for no kind that is not there', () => {
    const used = new Set(
      objectsIn().map(({ apiVersion, kind }) => {
        const [group = '', version = ''] = apiVersion.split('/');
        return join(group, `${kind.toLowerCase()}_${version}.json`);
      }),
    );
    const shapes = readdirSync(shapesFolder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json'),
    );
    expect(shapes.filter((name) => !used.has(name))).toEqual([]);
  });

  it('name nothing in a kustomization that is not there', () => {
    const missing = kustomizations().flatMap(({ folder, resources, patches, generators }) =>
      [
        ...resources,
        ...patches.flatMap(({ path }) => path ?? []),
        ...generators.flatMap(({ files = [], envs = [] }) => [...files, ...envs]),
      ]
        .map((path) => join(folder, path))
        .filter(
          (path) => !existsSync(join(manifestsFolder, path)) && !existsSync(join(manifestsFolder, `${path}.example`)),
        ),
    );
    expect(missing).toEqual([]);
  });

  it('leave out no file: each belongs to a kustomization, but for the experiments, which to apply is to start', () => {
    const named = new Set(
      kustomizations().flatMap(({ folder, resources, patches, generators }) =>
        [
          'kustomization.yaml',
          ...resources,
          ...patches.flatMap(({ path }) => path ?? []),
          ...generators.flatMap(({ files = [] }) => files),
        ].map((path) => join(folder, path)),
      ),
    );
    const strays = yamlFiles().filter((file) => !named.has(file) && dirname(file) !== 'chaos-mesh');
    expect(strays).toEqual([]);
  });

  it('give every object but those of the whole cluster a namespace of its own', () => {
    const clusterWide = /^(Namespace|ClusterRole|ClusterRoleBinding|CustomResourceDefinition|ValidatingPolicy)$/;
    const homeless = objectsIn().filter(
      ({ kind, metadata }) => !clusterWide.test(kind) && metadata.namespace === undefined,
    );
    expect(homeless.map(({ file, kind, metadata }) => `${file}: ${kind}/${metadata.name}`)).toEqual([]);
  });

  it('hold no secret', () => {
    const examples = readdirSync(join(manifestsFolder, 'secrets')).filter((name) => name.endsWith('.example'));
    expect(examples.length).toBeGreaterThan(2);
    for (const name of examples) expect(textOf(join('secrets', name))).not.toMatch(/^[A-Z_]+=.+/m);
    const filled = objectsIn().filter(
      ({ kind, data, stringData }) => kind === 'Secret' && (data ?? stringData) !== undefined,
    );
    expect(filled).toEqual([]);
    expect(statSync(manifestsFolder).isDirectory()).toBe(true);
  });

  it('pin every image to a version', () => {
    const containers = objectsIn().flatMap((object) => {
      const pod = object.spec?.template?.spec ?? {};
      return [...(pod.containers ?? []), ...(pod.initContainers ?? [])].map(({ image }) => `${object.file}: ${image}`);
    });
    // These get their version from the kustomization; the embedded laboratory runs the shop without one for Redis.
    const loose = containers.filter((line) => !/:v?\d+(\.\d+)+(-[a-z0-9.-]+)?$/.test(line));
    expect(loose.toSorted()).toEqual([
      'bot/deployment.yaml: ai4all-sre',
      'online-boutique/redis-cart.yaml: redis:alpine',
    ]);
    expect(textOf('shop/kustomization.yaml')).toMatch(/name: redis\n {4}newTag: \d/);
    expect(textOf('bot/kustomization.yaml')).toMatch(/newName: ai4all-sre\n {4}newTag: \d/);
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { parseAllDocuments } from 'yaml';

/** The folder `manifests/`. */
export const manifestsFolder = fileURLToPath(new URL('../../manifests', import.meta.url));

/** One Kubernetes object as it stands in a file. */
export interface Manifest {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of any kind, and fails if it is not there
  readonly [field: string]: any;
}

const below = (folder: string): readonly string[] =>
  readdirSync(join(manifestsFolder, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));

/** The text of a file below `manifests/`. */
export const textOf = (path: string): string => readFileSync(join(manifestsFolder, path), 'utf8');

/** Every YAML file below a folder of `manifests/`. */
export const yamlFiles = (folder = ''): readonly string[] => below(folder).filter((name) => /\.ya?ml$/.test(name));

/** Every object in the YAML files below a folder of `manifests/`, Kustomizations left out; patches are no objects. */
export const objectsIn = (folder = ''): readonly Manifest[] =>
  yamlFiles(folder).flatMap((file) =>
    parseAllDocuments(textOf(file))
      .map((document) => ({ ...(document.toJS() as object), file }) as Manifest)
      .filter((object) => typeof object.kind === 'string' && object.kind !== 'Kustomization'),
  );

/** The one object of this kind and name below a folder. Fails when there is none or more than one. */
export const objectOf = (kind: string, name: string, folder = ''): Manifest => {
  const found = objectsIn(folder).filter((object) => object.kind === kind && object.metadata.name === name);
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} objects are ${kind}/${name}`);
  return only;
};

/** What a kustomization is made of. */
export interface Kustomization {
  readonly folder: string;
  readonly resources: readonly string[];
  readonly patches: readonly { readonly path?: string }[];
  readonly generators: readonly Generator[];
}

interface Generator {
  readonly name: string;
  readonly namespace?: string;
  readonly files?: readonly string[];
  readonly envs?: readonly string[];
  readonly literals?: readonly string[];
}

/** Every kustomization below `manifests/`. */
export const kustomizations = (): readonly Kustomization[] =>
  yamlFiles()
    .filter((file) => file.endsWith('kustomization.yaml'))
    .map((file) => {
      const content = parseAllDocuments(textOf(file))[0]?.toJS() as Record<string, never>;
      const { resources = [], patches = [], configMapGenerator = [], secretGenerator = [] } = content;
      return {
        folder: file.replace(/\/?kustomization\.yaml$/, ''),
        resources,
        patches,
        generators: [...configMapGenerator, ...secretGenerator],
      };
    });

/** The settings that a kustomization's generator `name` makes, its base's first. */
export const generatedSettings = (folder: string, name: string): Readonly<Record<string, string | undefined>> => {
  const kustomization = kustomizations().find((candidate) => candidate.folder === folder);
  const own = (kustomization?.generators ?? []).filter((generator) => generator.name === name);
  const bases = (kustomization?.resources ?? []).filter((path) =>
    existsSync(join(manifestsFolder, folder, path, 'kustomization.yaml')),
  );
  return Object.assign(
    {},
    ...bases.map((path) => generatedSettings(join(folder, path), name)),
    ...own.flatMap(({ envs = [], literals = [] }) => [
      ...envs.map((file) =>
        parseEnv(textOf(join(folder, existsSync(join(manifestsFolder, folder, file)) ? file : `${file}.example`))),
      ),
      parseEnv(literals.join('\n')),
    ]),
  );
};

// Turns what upstream publishes into strict JSON Schemas, one file a kind, where kubeconform looks for them:
//   node scripts/manifest-schemas.mjs OUT SWAGGER CRD_FOLDER...
// Upstream's own schemas let unknown fields pass, because a server prunes them silently. A manifest must not rely on that.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const [out, swaggerPath, ...crdFolders] = process.argv.slice(2);

const isMap = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy in which every object with known fields allows no others, and in which Kubernetes' own words are plain schema. */
const strict = (schema) => {
  if (Array.isArray(schema)) return schema.map(strict);
  if (!isMap(schema)) return schema;
  if (schema['x-kubernetes-int-or-string'] === true) return { type: ['string', 'integer'] };
  const entries = Object.entries(schema)
    .filter(([key]) => !key.startsWith('x-kubernetes-') && key !== 'description' && key !== 'default')
    .map(([key, value]) => [
      key,
      key === 'properties'
        ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, strict(inner)]))
        : strict(value),
    ]);
  const copy = Object.fromEntries(entries);
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || 'additionalProperties' in copy;
  if (isMap(copy.properties) && !isOpen) copy.additionalProperties = false;
  if (copy.nullable === true && typeof copy.type === 'string') copy.type = [copy.type, 'null'];
  return copy;
};

const write = ({ group, version, kind }, schema) => {
  const folder = join(out, group === '' ? version : group);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${kind.toLowerCase()}_${version}.json`), JSON.stringify(schema));
};

/** The two kinds of value that Swagger calls strings and which people write as numbers too. */
const loose = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: ['string', 'integer'] },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'] },
};

const refsIn = (value) =>
  JSON.stringify(value)
    .match(/#\/definitions\/[^"]+/g)
    ?.map((ref) => ref.slice('#/definitions/'.length)) ?? [];

/** All definitions that one of them leads to, so that each file stands alone. */
const reachable = (definitions, name, found = new Set()) => {
  if (found.has(name)) return found;
  found.add(name);
  for (const next of refsIn(definitions[name])) reachable(definitions, next, found);
  return found;
};

const writeBuiltIns = () => {
  const { definitions: raw } = JSON.parse(readFileSync(swaggerPath, 'utf8'));
  const definitions = Object.fromEntries(
    Object.entries(raw).map(([name, schema]) => [name, loose[name] ?? strict(schema)]),
  );
  for (const [name, schema] of Object.entries(raw)) {
    for (const kind of schema['x-kubernetes-group-version-kind'] ?? []) {
      const used = [...reachable(definitions, name)].map((used) => [used, definitions[used]]);
      write(kind, { $ref: `#/definitions/${name}`, definitions: Object.fromEntries(used) });
    }
  }
};

// The envelope is the same for all kinds, and a definition need not name it.
const envelope = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } };

const writeDefinition = ({ group, names, versions }) => {
  for (const { name: version, schema } of versions) {
    const root = schema?.openAPIV3Schema;
    if (!root) continue;
    write({ group, version, kind: names.kind }, strict({ ...root, properties: { ...root.properties, ...envelope } }));
  }
};

const writeCustom = (folder) => {
  readdirSync(folder, { recursive: true })
    .filter((name) => /\.ya?ml$/.test(name))
    .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), 'utf8')))
    .map((document) => document.toJS())
    .filter((object) => object?.kind === 'CustomResourceDefinition')
    .forEach(({ spec }) => {
      writeDefinition(spec);
    });
};

writeBuiltIns();
crdFolders.forEach(writeCustom);

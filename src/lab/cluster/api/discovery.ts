import type { PlainAnswer } from './api-request.ts';
import type { ResourceCatalog } from './resource-catalog.ts';
import { apiVersionOf, type ServedResource } from './served-resource.ts';

const version = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-07-15T00:00:00Z',
  goVersion: 'go1.26.5',
  compiler: 'gc',
  platform: 'linux/amd64',
};

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

const subresourceKinds: Readonly<Record<string, object>> = {
  scale: { kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] },
  eviction: { kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
  log: { verbs: ['get'] },
};

const entriesOf = (resource: ServedResource): readonly object[] => {
  const { plural, singular, namespaced, kind, shortNames, categories } = resource;
  const main = {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs: allVerbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  };
  const below = resource.subresources.map((name) => ({
    name: `${plural}/${name}`,
    singularName: '',
    namespaced,
    kind,
    verbs: ['get', 'patch', 'update'],
    ...subresourceKinds[name],
  }));
  return [main, ...below];
};

const review = (name: string, kind: string): object => ({
  name,
  singularName: kind.toLowerCase(),
  namespaced: false,
  kind,
  verbs: ['create'],
});

const reviews: Readonly<Record<string, readonly object[]>> = {
  'authentication.k8s.io/v1': [
    review('tokenreviews', 'TokenReview'),
    review('selfsubjectreviews', 'SelfSubjectReview'),
  ],
  'authorization.k8s.io/v1': [
    review('selfsubjectaccessreviews', 'SelfSubjectAccessReview'),
    review('subjectaccessreviews', 'SubjectAccessReview'),
  ],
};

const groupsOf = (catalog: ResourceCatalog): ReadonlyMap<string, readonly string[]> => {
  const served = catalog.all().map(({ group, version: name }) => [group, name] as const);
  const asked = Object.keys(reviews).map((apiVersion) => [apiVersion.split('/')[0] ?? '', 'v1'] as const);
  const groups = new Map<string, readonly string[]>();
  for (const [group, name] of [...served, ...asked]) {
    const known = groups.get(group) ?? [];
    if (group !== '' && !known.includes(name)) groups.set(group, [...known, name]);
  }
  return groups;
};

const groupDocument = (group: string, versions: readonly string[]): object => {
  const list = versions.map((name) => ({ groupVersion: `${group}/${name}`, version: name }));
  return { name: group, versions: list, preferredVersion: list[0] };
};

const json = (body: unknown): PlainAnswer => ({ kind: 'json', code: 200, body });

const listOfResources = (catalog: ResourceCatalog, groupVersion: string): PlainAnswer | null => {
  const served = catalog.all().filter((resource) => apiVersionOf(resource) === groupVersion);
  // Main kinds first: clients look a kind up by its first entry.
  const entries = served.map(entriesOf);
  const resources = [
    ...entries.flatMap((list) => list.slice(0, 1)),
    ...entries.flatMap((list) => list.slice(1)),
    ...(reviews[groupVersion] ?? []),
  ];
  if (resources.length === 0) return null;
  return json({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources });
};

const groupList = (catalog: ResourceCatalog): PlainAnswer =>
  json({
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [...groupsOf(catalog)].map(([group, versions]) => groupDocument(group, versions)),
  });

const coreVersions = (address: string): PlainAnswer =>
  json({
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  });

const oneGroup = (catalog: ResourceCatalog, group: string): PlainAnswer | null => {
  const versions = groupsOf(catalog).get(group);
  return versions === undefined
    ? null
    : json({ kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(group, versions) });
};

/** Answers the paths that are no resource: version, health and discovery. Null when there is nothing at the path. */
export const discover = (catalog: ResourceCatalog, path: string, address: string): PlainAnswer | null => {
  const parts = path.split('/').filter((part) => part !== '');
  const [root, first = '', second = ''] = parts;
  if (root === 'version') return json(version);
  if (root === 'healthz' || root === 'readyz' || root === 'livez') return { kind: 'text', code: 200, body: 'ok' };
  if (root === 'api') return first === '' ? coreVersions(address) : listOfResources(catalog, first);
  if (root !== 'apis') return null;
  if (first === '') return groupList(catalog);
  return second === '' ? oneGroup(catalog, first) : listOfResources(catalog, `${first}/${second}`);
};

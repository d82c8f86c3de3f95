import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, componentsFolder } from './places.ts';

/** One program that is built from Go modules. Which version is said by its `go.mod` alone. */
export interface Component {
  readonly name: string;
  /** The module whose version is the component's. */
  readonly module: string;
  /** Binary to the package that it is built from. */
  readonly binaries: Readonly<Record<string, string>>;
  /** Linker variables that tell the program its own version; the linker is given `v1.2.3` for the question mark. */
  readonly stamps: readonly string[];
  /** Folders of the module that are needed beside the binaries. */
  readonly files: readonly string[];
}

const kubernetes = (name: string): string => `k8s.io/kubernetes/cmd/${name}`;

/** What is built, the shortest build first: what is wrong with the toolchain shows early. */
export const components: readonly Component[] = [
  {
    name: 'etcd',
    module: 'go.etcd.io/etcd/server/v3',
    binaries: { etcd: 'go.etcd.io/etcd/server/v3' },
    stamps: [],
    files: [],
  },
  {
    name: 'kubernetes',
    module: 'k8s.io/kubernetes',
    binaries: {
      'kube-apiserver': kubernetes('kube-apiserver'),
      'kube-controller-manager': kubernetes('kube-controller-manager'),
      'kube-scheduler': kubernetes('kube-scheduler'),
    },
    stamps: [
      'k8s.io/component-base/version.gitVersion=?',
      'k8s.io/component-base/version.gitMajor=1',
      'k8s.io/component-base/version.gitMinor=36',
      'k8s.io/client-go/pkg/version.gitVersion=?',
    ],
    files: [],
  },
  {
    name: 'kwok',
    module: 'sigs.k8s.io/kwok',
    binaries: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
    stamps: [],
    files: [],
  },
  {
    name: 'kube-state-metrics',
    module: 'k8s.io/kube-state-metrics/v2',
    binaries: { 'kube-state-metrics': 'k8s.io/kube-state-metrics/v2' },
    stamps: ['github.com/prometheus/common/version.Version=?'],
    files: [],
  },
  {
    name: 'kyverno',
    module: 'github.com/kyverno/kyverno',
    binaries: { kyverno: 'github.com/kyverno/kyverno/cmd/kyverno' },
    stamps: ['github.com/kyverno/kyverno/pkg/version.BuildVersion=?'],
    files: ['config/crds'],
  },
];

const read = (component: string, file: string): string => readFileSync(join(componentsFolder, component, file), 'utf8');

/** The pinned version, `v1.2.3`. */
export const versionOf = ({ name, module }: Component): string => {
  const line = read(name, 'go.mod')
    .split('\n')
    .map((text) =>
      text
        .replace(/^require\s+/, '')
        .trim()
        .split(/\s+/),
    )
    .find(([path]) => path === module);
  const version = line?.[1];
  if (version === undefined) throw new Error(`test/real/components/${name}/go.mod does not require ${module}`);
  return version;
};

/** The linker's arguments: no symbol tables, and the version where the program looks for it. */
export const linkerFlags = (component: Component): string =>
  ['-s -w', ...component.stamps.map((stamp) => `-X ${stamp.replace('?', versionOf(component))}`)].join(' ');

/** Where the built component lies. Another version, or another way to build it, lies elsewhere. */
export const folderOf = (component: Component): string => {
  const recipe = createHash('sha256')
    .update(read(component.name, 'go.mod'))
    .update(read(component.name, 'go.sum'))
    .update(JSON.stringify([component.binaries, component.files, linkerFlags(component)]))
    .digest('hex');
  return join(cacheFolder, `${component.name}-${versionOf(component)}-${recipe.slice(0, 12)}`);
};

/** The component of this name. */
export const componentNamed = (name: string): Component => {
  const found = components.find((component) => component.name === name);
  if (found === undefined) throw new Error(`there is no component ${name}`);
  return found;
};

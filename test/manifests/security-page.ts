import { parseAllDocuments } from 'yaml';
import { textOf as manifestText } from './manifests.ts';

/** One account of the bot, as the page speaks of it. */
interface Account {
  readonly name: string;
  readonly meaning: string;
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Rights {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly name: string; readonly namespace: string }[];
}

/** The accounts and what each is for. */
export const accounts: readonly Account[] = [
  { name: 'ai4all-sre', meaning: 'reads. The pod runs as this account.' },
  {
    name: 'ai4all-sre-act',
    meaning: 'writes. No pod runs as it: the bot asks for a token, good for an hour, when a write is due.',
  },
];

const objects = (): readonly Rights[] =>
  ['bot/rbac.yaml', 'bot/store-rbac.yaml'].flatMap((file) =>
    parseAllDocuments(manifestText(file)).map((document) => document.toJS()),
  );

/** A binding of an account with the rules that it gives, and where: `''` means everywhere. */
const grantsOf = (account: string): readonly { readonly namespace: string; readonly rules: readonly Rule[] }[] => {
  const all = objects();
  return all
    .filter(({ subjects }) => subjects?.some(({ name, namespace }) => name === account && namespace === 'sre') === true)
    .map(({ kind, metadata, roleRef }) => {
      const namespace = kind === 'ClusterRoleBinding' ? '' : (metadata.namespace ?? '');
      const role = all.find(
        (object) =>
          object.kind === roleRef?.kind &&
          object.metadata.name === roleRef.name &&
          (object.kind === 'ClusterRole' || object.metadata.namespace === namespace),
      );
      return { namespace, rules: role?.rules ?? [] };
    });
};

/** Rows of `kubectl auth can-i --list`: resource with its group, resource names, verbs. */
export const rowsOf = (account: string, namespace: string): readonly (readonly [string, string, string])[] => {
  const rows = grantsOf(account)
    .filter((grant) => grant.namespace === '' || grant.namespace === namespace)
    .flatMap(({ rules }) => rules)
    .flatMap(({ apiGroups, resources, resourceNames = [], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.map(
          (resource) =>
            [
              // kubectl puts the group between a resource and its subresource at the end: pods/log, deployments.apps/scale.
              group === '' ? resource : resource.replace(/^([^/]+)/, `$1.${group}`),
              `[${resourceNames.join(' ')}]`,
              `[${verbs.join(' ')}]`,
            ] as const,
        ),
      ),
    );
  return rows.toSorted(([left], [right]) => left.localeCompare(right));
};

const table = (account: string, namespace: string): string => {
  const rows = [['Resources', 'Resource Names', 'Verbs'] as const, ...rowsOf(account, namespace)];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)) + 3);
  return rows.map(([a, b, c]) => `${a.padEnd(widths[0] ?? 0)}${b.padEnd(widths[1] ?? 0)}${c}`.trimEnd()).join('\n');
};

/** The generated part of docs/security.md: what each account may do, where. */
export const rightsPage = (): string =>
  accounts
    .flatMap(({ name, meaning }) => [
      `### \`${name}\` ${meaning}`,
      ...['online-boutique', 'sre', 'default'].map((namespace) =>
        [
          '',
          '```text',
          `$ kubectl auth can-i --list --as=system:serviceaccount:sre:${name} -n ${namespace}`,
          table(name, namespace),
          '```',
        ].join('\n'),
      ),
      '',
    ])
    .join('\n');

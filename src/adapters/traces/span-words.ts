import { redact } from '../../analysis/redact.ts';

/** Who wrote a span, as its service's name and its resource's attributes tell. */
export interface Origin {
  readonly service: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** What a collector adds that knows Kubernetes; the first that is there names the workload. */
const workloadAttributes = ['k8s.deployment.name', 'k8s.statefulset.name', 'k8s.daemonset.name'] as const;
const nameCharsMax = 253;
const operationCharsMax = 200;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
const controls = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const clean = (text: string, charsMax: number): string =>
  text
    .slice(0, charsMax * 4)
    .replace(controls, ' ')
    .trim()
    .slice(0, charsMax)
    .replace(/[\ud800-\udbff]$/, '');

/** The names under which a workload may send its spans: its own, or with its namespace as service meshes write it. */
export const serviceNamesOf = (workload: string, namespace: string): readonly string[] => [
  workload,
  `${workload}.${namespace}`,
  `${namespace}/${workload}`,
];

/**
 * The workload that wrote a span, by what a collector knows of Kubernetes, else by the service's name. One of another
 * namespace keeps that namespace in its name, so that it is never taken for a namesake.
 */
export const workloadOf = ({ service, attributes }: Origin, namespace: string): string => {
  const known = workloadAttributes
    .map((name) => attributes.get(name))
    .find((name) => name !== undefined && name !== '');
  const itsNamespace = attributes.get('k8s.namespace.name') ?? namespace;
  const own = known ?? service.replace(`${namespace}/`, '');
  const name = own.endsWith(`.${itsNamespace}`) ? own.slice(0, -itsNamespace.length - 1) : own;
  return clean(itsNamespace === namespace ? name : `${name}.${itsNamespace}`, nameCharsMax);
};

/** An operation as it may be stored: without what came in its query string, masked, of bounded length. */
export const operationOf = (name: string): string => {
  const words = clean(name, operationCharsMax).replace(/\?.*$/s, '');
  return words === '' ? 'unnamed' : redact(words);
};

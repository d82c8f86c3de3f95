import { Environment } from '@marcbachmann/cel-js';
import { parseQuantity } from '../objects/quantity.ts';

/** CEL's own type for an amount such as `500m`; the library needs a constructor to tell values apart. */
class Quantity {
  readonly amount: number;

  constructor(amount: number) {
    this.amount = amount;
  }
}

const quantityOf = (text: string): Quantity => {
  const amount = parseQuantity(text);
  if (amount === null) throw new Error(`quantity: ${JSON.stringify(text)} is not a quantity`);
  return new Quantity(amount);
};

const type = 'kubernetes.Quantity';

const withQuantities = (environment: Environment): Environment =>
  environment
    .registerType(type, { ctor: Quantity, fields: {} })
    .registerFunction(`quantity(string): ${type}`, quantityOf)
    .registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text) !== null)
    .registerFunction(`${type}.isGreaterThan(${type}): bool`, (a: Quantity, b: Quantity) => a.amount > b.amount)
    .registerFunction(`${type}.isLessThan(${type}): bool`, (a: Quantity, b: Quantity) => a.amount < b.amount)
    .registerFunction(`${type}.compareTo(${type}): int`, (a: Quantity, b: Quantity) =>
      BigInt(Math.sign(a.amount - b.amount)),
    )
    .registerFunction(`${type}.add(${type}): ${type}`, (a: Quantity, b: Quantity) => new Quantity(a.amount + b.amount))
    .registerFunction(`${type}.sub(${type}): ${type}`, (a: Quantity, b: Quantity) => new Quantity(a.amount - b.amount))
    .registerFunction(`${type}.sign(): int`, (a: Quantity) => BigInt(Math.sign(a.amount)))
    .registerFunction(`${type}.isInteger(): bool`, (a: Quantity) => Number.isInteger(a.amount))
    .registerFunction(`${type}.asInteger(): int`, (a: Quantity) => BigInt(a.amount))
    .registerFunction(`${type}.asApproximateFloat(): double`, (a: Quantity) => a.amount);

const withText = (environment: Environment): Environment =>
  environment
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      text.replaceAll(from, to),
    )
    .registerFunction('string.find(string): string', (text: string, pattern: string) => {
      const found = new RegExp(pattern, 'u').exec(text);
      return found?.[0] ?? '';
    });

/** What a policy may read of the cluster while it judges, as Kyverno offers it. */
export class ClusterReads {
  readonly get: (apiVersion: string, plural: string, namespace: string, name: string) => unknown;
  readonly list: (apiVersion: string, plural: string, namespace: string) => readonly unknown[];

  constructor(reads: Pick<ClusterReads, 'get' | 'list'>) {
    this.get = reads.get;
    this.list = reads.list;
  }
}

const reads = 'kyverno.Resource';

/** `resource.Get` fails for what does not exist, so that a policy which needs it fails closed. */
const withReads = (environment: Environment): Environment =>
  environment
    .registerType(reads, { ctor: ClusterReads, fields: {} })
    .registerFunction(
      `${reads}.Get(string, string, string, string): dyn`,
      (cluster: ClusterReads, apiVersion: string, plural: string, namespace: string, name: string) => {
        const object = cluster.get(apiVersion, plural, namespace, name);
        if (object === undefined) throw new Error(`${plural} "${name}" not found`);
        return celValue(object);
      },
    )
    .registerFunction(
      `${reads}.List(string, string, string): dyn`,
      (cluster: ClusterReads, apiVersion: string, plural: string, namespace: string) =>
        celValue({ items: cluster.list(apiVersion, plural, namespace) }),
    )
    .registerVariable('resource', reads);

/** What an admission expression may speak of. */
const celVariables = ['object', 'oldObject', 'request', 'namespaceObject', 'variables'] as const;

/** CEL as policies see it: the admission variables, optional fields, the Kubernetes functions for quantities and text, and Kyverno's for reading. */
export const createCelEnvironment = (): Environment => {
  const bare = new Environment({ enableOptionalTypes: true, unlistedVariablesAreDyn: false });
  const extended = withReads(withText(withQuantities(bare)));
  return celVariables.reduce((environment, name) => environment.registerVariable(name, 'dyn'), extended);
};

/** A JSON value as CEL sees it: whole numbers are ints. */
export const celValue = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(celValue);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, celValue(inner)]),
  );
};

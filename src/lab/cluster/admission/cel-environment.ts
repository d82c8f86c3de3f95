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

/** What an admission expression may speak of. */
const celVariables = ['object', 'oldObject', 'request', 'namespaceObject', 'variables'] as const;

/** CEL as policies see it: the admission variables, optional fields, and the Kubernetes functions for quantities and text. */
export const createCelEnvironment = (): Environment => {
  const bare = new Environment({ enableOptionalTypes: true, unlistedVariablesAreDyn: false });
  const extended = withText(withQuantities(bare));
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

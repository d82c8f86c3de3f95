import * as kubernetes from '@kubernetes/client-node';

interface Attribute {
  readonly baseName: string;
  readonly type: string;
}

interface Model {
  readonly getAttributeTypeMap: () => readonly Attribute[];
}

const models = kubernetes as unknown as Readonly<Record<string, Model | undefined>>;

const primitives: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  Date: (value) => typeof value === 'string',
  IntOrString: (value) => typeof value === 'string' || typeof value === 'number',
  any: () => true,
};

const mapOf = /^\{ \[key: string\]: (.+); \}$/;
const listOf = /^Array<(.+)>$/;

const problemsOfModel = (model: Model, value: Readonly<Record<string, unknown>>, at: string): readonly string[] => {
  const attributes = new Map(model.getAttributeTypeMap().map(({ baseName, type }) => [baseName, type]));
  return Object.entries(value).flatMap(([field, inner]) => {
    const type = attributes.get(field);
    return type === undefined ? [`${at}.${field}: no such field`] : problemsAt(type, inner, `${at}.${field}`);
  });
};

const problemsAt = (type: string, value: unknown, at: string): readonly string[] => {
  const isRight = primitives[type];
  if (isRight !== undefined) return isRight(value) ? [] : [`${at}: must be ${type}`];
  const list = listOf.exec(type)?.[1];
  if (list !== undefined) {
    if (!Array.isArray(value)) return [`${at}: must be a list`];
    return value.flatMap((item, index) => problemsAt(list, item, `${at}[${index}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at}: must be an object`];
  const entries = mapOf.exec(type)?.[1];
  if (entries !== undefined)
    return Object.entries(value).flatMap(([key, item]) => problemsAt(entries, item, `${at}.${key}`));
  const model = models[type];
  return model === undefined ? [`${at}: ${type} is not known`] : problemsOfModel(model, { ...value }, at);
};

/** Kubernetes' own model of a kind, e.g. V2HorizontalPodAutoscaler for autoscaling/v2; undefined for a custom kind. */
const modelOf = (apiVersion: string, kind: string): string | undefined => {
  const [version = '', group] = apiVersion.split('/').reverse();
  const isBuiltIn = group === undefined || !group.includes('.') || group.endsWith('.k8s.io');
  const name = `${version[0]?.toUpperCase()}${version.slice(1)}${kind}`;
  return isBuiltIn && models[name] !== undefined ? name : undefined;
};

/** What is wrong with an object of one of Kubernetes' own kinds: unknown fields and values of the wrong type. Null when the kind is not one of them. */
export const builtInProblems = (object: {
  readonly apiVersion: string;
  readonly kind: string;
}): readonly string[] | null => {
  const model = modelOf(object.apiVersion, object.kind);
  return model === undefined ? null : problemsAt(model, object, object.kind);
};

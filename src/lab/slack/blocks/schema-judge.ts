import { Ajv, type ErrorObject } from 'ajv';
import type { JsonObject } from '../slack-objects.ts';

const ajv = new Ajv({
  allErrors: true,
  discriminator: true,
  strict: true,
  strictRequired: false,
  strictTypes: false,
  code: { optimize: false },
});

const parameter = (error: ErrorObject, name: string): string => String((error.params as JsonObject)[name]);

/** Slack's words for each kind of trouble. */
const sentences: Readonly<Record<string, (error: ErrorObject) => string>> = {
  maxLength: (error) => `must be less than ${Number(parameter(error, 'limit')) + 1} characters`,
  minLength: (error) => `must be more than ${Number(parameter(error, 'limit')) - 1} characters`,
  maxItems: (error) => `no more than ${parameter(error, 'limit')} items allowed`,
  minItems: (error) => `no fewer than ${parameter(error, 'limit')} items allowed`,
  required: (error) => `missing required field: ${parameter(error, 'missingProperty')}`,
  additionalProperties: (error) => `invalid additional property: ${parameter(error, 'additionalProperty')}`,
  discriminator: (error) => `unsupported type: ${parameter(error, 'tagValue')}`,
  enum: () => 'must be one of the allowed values',
  pattern: (error) => (parameter(error, 'pattern').startsWith('^[A-Za-z]') ? 'invalid url' : 'invalid format'),
  type: (error) =>
    `must provide ${parameter(error, 'type') === 'object' ? 'an object' : `a ${parameter(error, 'type')}`}`,
  anyOf: () => 'one of the alternative fields must be given',
};

const pointerOf = (error: ErrorObject): string =>
  error.keyword === 'discriminator' ? `${error.instancePath}/type` : error.instancePath;

/** The branches of an `anyOf` complain one by one; the sentence about the whole says enough. */
const isBranch = (error: ErrorObject): boolean => /\/anyOf\/\d+\//.test(error.schemaPath);

/** Compiles a schema into a judge that lists its complaints in Slack's form; `root` begins every json-pointer. */
export const createSchemaJudge = (schema: JsonObject, root: string): ((value: unknown) => readonly string[]) => {
  const validate = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return [];
    return (validate.errors ?? [])
      .filter((error) => !isBranch(error))
      .map((error) => {
        const sentence = sentences[error.keyword]?.(error) ?? error.message ?? 'is invalid';
        return `[ERROR] ${sentence} [json-pointer:${root}${pointerOf(error)}]`;
      });
  };
};

import type { Environment, ParseResult } from '@marcbachmann/cel-js';
import { type JsonMap, listOf, mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';

/** What a policy says to one request: nothing, no, or that it could not tell. */
export type PolicyOutcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed' | 'error'; readonly message: string };

/** A policy whose expressions all compiled. */
export interface CompiledPolicy {
  readonly name: string;
  readonly spec: JsonMap;
  readonly actions: readonly string[];
  /** Whether the request is meant: the policy's match conditions all hold. Throws when one cannot be evaluated. */
  matches(bindings: JsonMap): boolean;
  judge(bindings: JsonMap): PolicyOutcome;
}

/** The outcome of compiling: a policy, or why it is not ready. */
type Compilation =
  | { readonly ok: true; readonly policy: CompiledPolicy }
  | { readonly ok: false; readonly reason: string };

type Program = ParseResult;

interface Rule {
  readonly program: Program;
  readonly message: string;
  readonly messageExpression: Program | null;
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);

const compile = (environment: Environment, expression: unknown, path: string): Program => {
  try {
    const program = environment.parse(String(expression));
    const checked = program.check();
    if (checked.valid) return program;
    throw checked.error ?? new Error('invalid expression');
  } catch (error) {
    throw new Error(`${path}: Invalid value: ${JSON.stringify(expression)}: ${reasonOf(error)}`);
  }
};

const compileRules = (environment: Environment, spec: JsonMap): readonly Rule[] =>
  listOf(spec.validations).map((item, index) => {
    const { expression, message, messageExpression } = mapOf(item);
    const path = `spec.validations[${index}]`;
    return {
      program: compile(environment, expression, `${path}.expression`),
      message: typeof message === 'string' ? message : '',
      messageExpression:
        messageExpression === undefined ? null : compile(environment, messageExpression, `${path}.messageExpression`),
    };
  });

const compileNamed = (environment: Environment, list: unknown, path: string): readonly (readonly [string, Program])[] =>
  listOf(list).map((item, index) => {
    const { name, expression } = mapOf(item);
    return [String(name), compile(environment, expression, `${path}[${index}].expression`)];
  });

/** Variables are computed when first asked for, so that one which cannot be computed hurts only who needs it. */
const lazyVariables = (programs: readonly (readonly [string, Program])[], bindings: JsonMap): JsonMap => {
  const variables = {};
  for (const [name, program] of programs) {
    Object.defineProperty(variables, name, {
      enumerable: true,
      configurable: true,
      get: () => {
        const value: unknown = program({ ...bindings, variables });
        Object.defineProperty(variables, name, { value, enumerable: true });
        return value;
      },
    });
  }
  return variables;
};

const messageOf = (rule: Rule, index: number, bindings: JsonMap): string => {
  if (rule.messageExpression === null) {
    return rule.message === '' ? `CEL expression validation failed at index ${index}` : rule.message;
  }
  try {
    return String(rule.messageExpression(bindings));
  } catch (error) {
    return `failed to evaluate message expression: ${reasonOf(error)}`;
  }
};

const judgeBy = (rules: readonly Rule[], bindings: JsonMap): PolicyOutcome => {
  for (const [index, rule] of rules.entries()) {
    try {
      if (rule.program(bindings) !== true) return { kind: 'failed', message: messageOf(rule, index, bindings) };
    } catch (error) {
      return { kind: 'error', message: reasonOf(error) };
    }
  }
  return { kind: 'passed' };
};

/** Compiles a ValidatingPolicy. The first failing validation decides, as in Kyverno. */
export const compilePolicy = (environment: Environment, object: KubeObject): Compilation => {
  const spec = mapOf(object.spec);
  try {
    const conditions = compileNamed(environment, spec.matchConditions, 'spec.matchConditions');
    const variables = compileNamed(environment, spec.variables, 'spec.variables');
    const rules = compileRules(environment, spec);
    const actions = listOf(spec.validationActions).map(String);
    return {
      ok: true,
      policy: {
        name: object.metadata.name,
        spec,
        actions: actions.length === 0 ? ['Deny'] : actions,
        matches: (bindings) => conditions.every(([, program]) => program(bindings) === true),
        judge: (bindings) => judgeBy(rules, { ...bindings, variables: lazyVariables(variables, bindings) }),
      },
    };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
};

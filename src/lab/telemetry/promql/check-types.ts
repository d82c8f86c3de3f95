import type { Expression, Value } from './expression.ts';
import { instantFunctions } from './instant-functions.ts';
import { PromqlError, unsupported } from './promql-error.ts';
import { rangeFunctions } from './range-functions.ts';

type Kind = Value['kind'];

const words: Readonly<Record<Kind, string>> = {
  scalar: 'scalar',
  string: 'string',
  vector: 'instant vector',
  matrix: 'range vector',
};

const bad = (message: string): PromqlError => new PromqlError('bad_data', `parse error: ${message}`);

const expectKind = (expression: Expression, wanted: Kind, where: string): void => {
  const got = kindOf(expression);
  if (got !== wanted) throw bad(`expected type ${words[wanted]} in ${where}, got ${words[got]}`);
};

const kindOfCall = (call: Extract<Expression, { kind: 'call' }>): Kind => {
  const ordinary = instantFunctions[call.name];
  const takes: readonly Kind[] | undefined =
    ordinary?.takes ?? (call.name === 'absent' ? ['vector'] : rangeFunctions[call.name] && ['matrix']);
  if (takes === undefined) throw unsupported(`the function ${call.name}()`);
  const least = takes.length - (ordinary?.optional ?? 0);
  if (call.args.length < least || call.args.length > takes.length) {
    throw bad(`expected ${least} argument(s) in call to "${call.name}", got ${call.args.length}`);
  }
  call.args.forEach((argument, index) => {
    expectKind(argument, takes[index] ?? 'vector', `call to function "${call.name}"`);
  });
  return ordinary?.yields ?? 'vector';
};

const aggregates = new Set(['sum', 'avg', 'min', 'max', 'count', 'group', 'topk', 'bottomk']);

const kindOfAggregate = (aggregate: Extract<Expression, { kind: 'aggregate' }>): Kind => {
  if (!aggregates.has(aggregate.op)) throw unsupported(`the aggregation ${aggregate.op}`);
  const ranked = aggregate.op === 'topk' || aggregate.op === 'bottomk';
  if (ranked !== (aggregate.parameter !== undefined)) {
    throw bad(`wrong number of arguments for aggregate expression provided`);
  }
  if (aggregate.parameter !== undefined) expectKind(aggregate.parameter, 'scalar', 'aggregation parameter');
  expectKind(aggregate.operand, 'vector', 'aggregation expression');
  return 'vector';
};

const comparisons = new Set(['==', '!=', '>', '<', '>=', '<=']);
const setOps = new Set(['and', 'or', 'unless']);

const kindOfBinary = (binary: Extract<Expression, { kind: 'binary' }>): Kind => {
  const sides = [kindOf(binary.left), kindOf(binary.right)];
  if (sides.some((kind) => kind !== 'scalar' && kind !== 'vector')) {
    throw bad('binary expression must contain only scalar and instant vector types');
  }
  const scalars = sides.filter((kind) => kind === 'scalar').length;
  if (setOps.has(binary.op) && scalars > 0) {
    throw bad(`set operator "${binary.op}" not allowed in binary scalar expression`);
  }
  if (setOps.has(binary.op) && binary.matching.many !== 'none') {
    throw bad(`no grouping allowed for "${binary.op}" operation`);
  }
  if (binary.bool && !comparisons.has(binary.op)) throw bad('bool modifier can only be used on comparison operators');
  if (scalars === 2 && comparisons.has(binary.op) && !binary.bool) {
    throw bad('comparisons between scalars must use BOOL modifier');
  }
  return scalars === 2 ? 'scalar' : 'vector';
};

/** What an expression yields. Throws PromqlError where its parts do not fit together or are not supported. */
export const kindOf = (expression: Expression): Kind => {
  switch (expression.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
      return expression.rangeMs === undefined ? 'vector' : 'matrix';
    case 'negate': {
      const kind = kindOf(expression.operand);
      if (kind !== 'scalar' && kind !== 'vector') {
        throw bad('unary expression only allowed on expressions of type scalar or instant vector');
      }
      return kind;
    }
    case 'call':
      return kindOfCall(expression);
    case 'aggregate':
      return kindOfAggregate(expression);
    case 'binary':
      return kindOfBinary(expression);
  }
};

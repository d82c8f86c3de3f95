import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hiddenValue, holdsHidden } from '../../src/domain/hidden-value.ts';
import type { Json } from '../../src/domain/json.ts';
import { pointerOf, resolvePointer, stepsOf } from '../../src/domain/json-pointer.ts';
import { listAt, numberAt, sameJson, textAt, textsAt, valueAt } from '../../src/domain/json-read.ts';

describe('JSON pointers', () => {
  it('find what lies at their steps, whatever the keys are', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), fc.jsonValue(), (keys, value) => {
        const document = keys.reduceRight<Json>((inner, key) => ({ [key]: inner }), value as Json);
        expect(resolvePointer(document, pointerOf(...keys))).toEqual(value);
        expect(stepsOf(pointerOf(...keys))).toEqual(keys);
      }),
    );
  });

  it('speak of list items by index and find nothing beyond the end, behind scalars and in what an object inherits', () => {
    const document = { list: [{ name: 'a' }], 'a/b': { '~': 1 } };
    expect(resolvePointer(document, '/list/0/name')).toBe('a');
    expect(resolvePointer(document, '/a~1b/~0')).toBe(1);
    for (const nowhere of ['/list/1', '/list/00', '/list/-', '/list/0/name/x', '/constructor', '/list/length']) {
      expect(resolvePointer(document, nowhere)).toBeUndefined();
    }
    expect(resolvePointer(document, '')).toBe(document);
  });
});

describe('reading JSON', () => {
  it('never throws and never gives a value of another type', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.oneof(fc.string(), fc.nat(3)), { maxLength: 4 }), (value, keys) => {
        expect(typeof textAt(value as Json, ...keys)).toBe('string');
        expect(['number', 'undefined']).toContain(typeof numberAt(value as Json, ...keys));
        expect(Array.isArray(listAt(value as Json, ...keys))).toBe(true);
        expect(Object.values(textsAt(value as Json, ...keys)).every((text) => typeof text === 'string')).toBe(true);
        valueAt(value as Json, ...keys);
      }),
    );
  });

  it('knows equal values by what they say', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(sameJson(value as Json, structuredClone(value) as Json)).toBe(true);
      }),
    );
    expect(sameJson({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
    expect(sameJson({ a: 1 }, { b: 1 })).toBe(false);
    expect(sameJson([1], { 0: 1 })).toBe(false);
    expect(sameJson([1, 2], [2, 1])).toBe(false);
  });
});

describe('hidden values', () => {
  it('are found however deep they lie', () => {
    expect(holdsHidden({ env: [{ name: 'A', value: `redis://:${hiddenValue('ab')}@host` }] })).toBe(true);
    expect(holdsHidden({ env: [{ name: 'A', value: 'plain' }], n: null })).toBe(false);
    expect(holdsHidden(undefined)).toBe(false);
  });
});

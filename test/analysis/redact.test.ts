import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskChange } from '../../src/analysis/mask-data.ts';
import { redact } from '../../src/analysis/redact.ts';

const letters = (alphabet: string, minLength: number, maxLength = minLength): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const word = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Secrets as they turn up in logs: the sentence around them and the part that must go. */
const secrets: Readonly<Record<string, fc.Arbitrary<readonly [text: string, secret: string]>>> = {
  'bearer tokens': letters(word, 12, 60).map((secret) => [`Authorization: Bearer ${secret}`, secret]),
  'basic auth': letters(word, 12, 40).map((secret) => [`header basic ${secret}==`, secret]),
  'URLs with credentials': letters(word, 8, 30).map((secret) => [`redis://app:${secret}@vault:6379/0`, secret]),
  'AWS keys': letters(upper, 16).map((secret) => [`key AKIA${secret} used`, secret]),
  JWTs: fc
    .tuple(letters(word, 10, 30), letters(word, 10, 30), letters(word, 10, 43))
    .map(([head, body, sign]) => [`jwt eyJ${head}.${body}.${sign} end`, body]),
  'Slack tokens': letters(word, 10, 30).map((secret) => [`using xoxb-12345-${secret}`, secret]),
  'GitHub tokens': letters(word, 36).map((secret) => [`remote ghp_${secret}`, secret]),
  'private keys': letters(word, 64).map((secret) => [
    `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
    secret,
  ]),
  'cut private keys': letters(word, 64).map((secret) => [`-----BEGIN PRIVATE KEY-----\n${secret}`, secret]),
  'passwords in pairs': letters(word, 6, 20).map((secret) => [`db_password=${secret} retries=3`, secret]),
  'passwords in JSON': letters(word, 6, 20).map((secret) => [`{"dbPassword": "${secret} ${secret}"}`, secret]),
  'API keys in queries': letters(word, 8, 30).map((secret) => [`GET /v1?api_key=${secret}&page=2`, secret]),
  'long hexadecimal strings': letters('0123456789abcdef', 64).map((secret) => [`seed ${secret}.`, secret]),
};

describe('redaction', () => {
  it.each(Object.entries(secrets))('masks %s', (_kind, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, letters('abc :.', 0, 20), ([text, secret], around) => {
        expect(redact(`${around} ${text} ${around}`)).not.toContain(secret);
      }),
    );
  });

  it('masks a long random string of mixed case that nothing announces', () => {
    expect(redact('got q7Xz0PwL2mVb9TtR4kYcN8sJ from peer')).toBe('got [masked] from peer');
  });

  it.each([
    'cartservice-7d9f8b6c5d-x2x8p restarted',
    'request 019a1b2c-3d4e-7f60-8a1b-2c3d4e5f6071 took 12 ms',
    'image sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 pulled',
    'trace 4bf92f3577b34da6a3ce929d0e0e4736',
    'ERR max number of clients reached',
    'GET http://catalog:3550/products?page=2 200',
  ])('leaves what people search for: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ maxLength: 300 }), ...Object.values(secrets).map((each) => each.map(([text]) => text))),
        (text) => {
          const once = redact(text);
          expect(redact(once)).toBe(once);
        },
      ),
    );
  });

  it('keeps its pace on hostile lines', () => {
    for (const hostile of [
      'password'.repeat(2_000),
      'a'.repeat(20_000),
      '-----BEGIN A-----'.repeat(500),
      'a.'.repeat(8_000),
    ]) {
      expect(redact(hostile).length).toBeGreaterThan(0);
    }
  });
});

describe('recorded changes', () => {
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'bazaar', name: 'gate' };
  const at = '2026-11-22T12:00:00.000Z';

  it('lose values whose field is named after a secret', () => {
    const masked = maskChange({
      at,
      object,
      path: '/data/db-password',
      before: 'old',
      after: 'new',
      manager: 'kubectl',
    });
    expect(masked).toMatchObject({ before: '[masked]', after: '[masked]' });
  });

  it('lose the value of an environment variable whose name says secret', () => {
    const after = [
      { name: 'API_TOKEN', value: 'hush' },
      { name: 'PORT', value: '80' },
    ];
    const masked = maskChange({ at, object, path: '/spec/template/spec/containers/0/env', after, manager: 'kubectl' });
    expect(masked.after).toEqual([
      { name: 'API_TOKEN', value: '[masked]' },
      { name: 'PORT', value: '80' },
    ]);
  });

  it('keep everything else', () => {
    const plain = { at, object, path: '/spec/replicas', before: 1, after: 0, manager: 'kubectl' };
    expect(maskChange(plain)).toEqual(plain);
  });
});

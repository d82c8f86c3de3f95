import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rightsPage, rowsOf } from './security-page.ts';

const page = fileURLToPath(new URL('../../docs/security.md', import.meta.url));
const marks = /(<!-- rights: begin -->\n)[\s\S]*(\n<!-- rights: end -->)/;

describe('the page about security', () => {
  it('lists exactly the rights that the manifests give', () => {
    const text = readFileSync(page, 'utf8');
    const wanted = text.replace(marks, (_all, begin: string, end: string) => `${begin}${rightsPage()}${end}`);
    if (process.env.UPDATE_DOCS === '1') writeFileSync(page, wanted);
    expect(readFileSync(page, 'utf8')).toBe(wanted);
    expect(text).toMatch(marks);
  });
});

describe('the two accounts', () => {
  const namespaces = ['online-boutique', 'sre', 'default'];
  const verbsOf = (account: string, namespace: string) =>
    rowsOf(account, namespace).map(([resource, , verbs]) => `${resource} ${verbs}`);
  const reading = /\[(get|list|watch)( (get|list|watch))*\]$/;

  it('the one that reads writes nothing but its own books, and the question for a token of the other', () => {
    for (const namespace of namespaces.filter((name) => name !== 'sre')) {
      expect(verbsOf('ai4all-sre', namespace).filter((row) => !reading.test(row))).toEqual([]);
    }
    expect(verbsOf('ai4all-sre', 'sre').filter((row) => !reading.test(row))).toEqual([
      expect.stringMatching(/^incidents\.sre\.ai4all\.dev /),
      expect.stringMatching(/^leases\.coordination\.k8s\.io /),
      expect.stringMatching(/^records\.sre\.ai4all\.dev /),
      'serviceaccounts/token [create]',
    ]);
    expect(rowsOf('ai4all-sre', 'sre')).toContainEqual(['serviceaccounts/token', '[ai4all-sre-act]', '[create]']);
  });

  it('the one that writes only patches, and outside the shop nothing but nodes', () => {
    for (const namespace of namespaces) {
      for (const row of verbsOf('ai4all-sre-act', namespace)) expect(row).toMatch(/ \[patch\]$/);
    }
    expect(verbsOf('ai4all-sre-act', 'default')).toEqual(['nodes [patch]']);
    expect(verbsOf('ai4all-sre-act', 'sre')).toEqual(['nodes [patch]']);
  });

  it('neither sees a Secret, and nobody has a star but the one who reads experiments', () => {
    for (const account of ['ai4all-sre', 'ai4all-sre-act']) {
      for (const namespace of namespaces) {
        const rows = verbsOf(account, namespace);
        expect(rows.filter((row) => /^secrets|\[\*\]|impersonate|escalate|bind/.test(row))).toEqual([]);
        expect(rows.filter((row) => row.startsWith('*')).every((row) => row.startsWith('*.chaos-mesh.org'))).toBe(true);
      }
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindLabels, namespaceLabels, workloadLabels } from '../../src/analysis/subject-labels.ts';
import { namespaceOf, suspectOf } from '../../src/flow/alert-subject.ts';
import { anAlert } from '../fakes/cases.ts';

const telling = [...namespaceLabels, ...kindLabels.map(([label]) => label), ...workloadLabels, 'pod'];
const odd = fc.oneof(
  fc.constantFrom(
    '../etc',
    'a/b',
    '..',
    '.',
    'cart"} or up{',
    "cart'; reboot",
    'cart\n',
    '\u0000',
    'CART',
    '-cart',
    'cart-',
  ),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('cartservice', 'a.b', 'x'.repeat(253), 'x'.repeat(254)),
);
const labels = fc.dictionary(fc.constantFrom(...telling), odd);

describe('whom an alert speaks of', () => {
  it('is a name of Kubernetes or nobody, whatever its labels hold: names go into queries, paths and commands', () => {
    fc.assert(
      fc.property(labels, (some) => {
        const alert = anAlert({ labels: some });
        const names = [namespaceOf(alert, 'online-boutique'), suspectOf(alert, 'online-boutique')?.name ?? 'nobody'];
        for (const name of names) expect(name).toMatch(/^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is read from the most telling label that holds a name', () => {
    const alert = anAlert({ labels: { namespace: 'shop', deployment: '../x', app: 'cartservice', pod: 'other-1' } });
    expect(suspectOf(alert, 'default')).toEqual({ namespace: 'shop', kind: 'Deployment', name: 'cartservice' });
  });
});

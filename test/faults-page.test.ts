import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { faultNames } from '../src/domain/fault.ts';
import { checkFor, faultGuides } from '../src/domain/fault-guide.ts';
import { faultsPage } from './faults-page.ts';

const page = fileURLToPath(new URL('../docs/faults.md', import.meta.url));

describe('the page about faults', () => {
  it('says what the code knows', () => {
    if (process.env.UPDATE_DOCS === '1') writeFileSync(page, faultsPage());
    expect(readFileSync(page, 'utf8')).toBe(faultsPage());
  });

  it('tells a person what to check at every fault, with no name left open', () => {
    for (const fault of faultNames) {
      expect(faultGuides[fault].shows.length).toBeGreaterThan(10);
      const check = checkFor({ fault, workload: 'cart' }, 'shop');
      expect(check.length).toBeGreaterThan(10);
      expect(check).not.toMatch(/\{(ns|name)\}/);
    }
  });
});

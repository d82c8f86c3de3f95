import { detectors } from '../src/analysis/detectors.ts';
import { disciplines, type FaultName, faultNames, faults } from '../src/domain/fault.ts';
import { faultGuides } from '../src/domain/fault-guide.ts';

const detected: ReadonlySet<FaultName> = new Set(
  disciplines.flatMap((discipline) => detectors[discipline].map(({ fault }) => fault)),
);

const row = (name: FaultName): string => {
  const { title, meaning } = faults[name];
  const { shows, check } = faultGuides[name];
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const told = name === 'none' || detected.has(name) ? 'yes' : 'a person or the model only';
  return `| \`${name}\` | ${title} | ${cell(meaning)} | ${cell(shows)} | ${cell(check)} | ${told} |`;
};

/** The page about every fault of the taxonomy, from the code that knows them. */
export const faultsPage = (): string => {
  const parts = disciplines.map((discipline) => {
    const names = faultNames.filter((name) => faults[name].discipline === discipline);
    return [
      `## ${discipline[0]?.toUpperCase()}${discipline.slice(1)}`,
      '',
      '| fault | title | what it means | what shows it | what a person should check | detected |',
      '|---|---|---|---|---|---|',
      ...names.map(row),
    ].join('\n');
  });
  return [
    '# Faults',
    '',
    'Every fault that a verdict can name, by the specialist that owns it. This page is made from the code',
    '(`src/domain/fault.ts`, `src/domain/fault-guide.ts`, `src/analysis/detectors.ts`); a test holds it equal.',
    'To make it anew: `UPDATE_DOCS=1 npx vitest run test/faults-page.test.ts`.',
    '`{ns}` and `{name}` stand for the namespace and the workload of the cause.',
    '',
    parts.join('\n\n'),
    '',
  ].join('\n');
};

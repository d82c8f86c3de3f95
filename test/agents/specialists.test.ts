import { describe, expect, it } from 'vitest';
import { createComputeAgent } from '../../agents/compute.ts';
import { createDatabaseAgent } from '../../agents/database.ts';
import { createSpecialists } from '../../agents/index.ts';
import { createNetworkAgent } from '../../agents/network.ts';
import { limits } from '../../src/limits.ts';
import { scriptedModel, specialistContract } from '../contracts/specialist.ts';
import { createStillClock } from '../fakes/clock.ts';
import { faultContexts } from '../fakes/fault-contexts.ts';
import { contextOf, incidentAt, logs } from '../fakes/synthetic-context.ts';

const clock = createStillClock();

specialistContract('NetworkAgent', (model) => createNetworkAgent({ model, clock }));
specialistContract('DatabaseAgent', (model) => createDatabaseAgent({ model, clock }));
specialistContract('ComputeAgent', (model) => createComputeAgent({ model, clock }));

const saturated = contextOf(faultContexts['cpu-saturation'].differences);
const idOf = (context: typeof saturated, test: (query: string) => boolean): string =>
  context.evidence.find(({ query }) => test(query))?.id ?? 'none';

const askCompute = (value: unknown, context = saturated) =>
  createComputeAgent({ model: scriptedModel({ kind: 'answered', value, tookMs: 9 }), clock }).analyse({
    incident: incidentAt('gate'),
    context,
    recollections: [],
  });

describe('the shelf of specialists', () => {
  it('holds one of each discipline', () => {
    const shelf = createSpecialists({ model: scriptedModel({ kind: 'off' }), clock });
    expect(shelf.map(({ name, discipline }) => [name, discipline])).toEqual([
      ['NetworkAgent', 'network'],
      ['DatabaseAgent', 'database'],
      ['ComputeAgent', 'compute'],
    ]);
  });
});

describe('a specialist with a model', () => {
  const usage = idOf(saturated, (query) => query === 'metric cpu_usage catalog');
  const calmPrices = idOf(saturated, (query) => query === 'metric cpu_usage prices');
  const claim = {
    workload: 'catalog',
    fault: 'cpu-saturation',
    confidence: 1,
    evidence: [usage],
    reasoning: 'It is full.',
  };

  it('lets the model second what a detector found, without making it surer', async () => {
    const alone = await askCompute({ narrative: '', hypotheses: [] });
    const seconded = await askCompute({ narrative: `The CPU of catalog is full [${usage}].`, hypotheses: [claim] });
    expect(seconded.hypotheses[0]).toMatchObject({ from: 'detector:cpu-saturation' });
    expect(seconded.hypotheses[0]?.confidence).toBe(alone.hypotheses[0]?.confidence);
    expect(seconded.narrative).toBe(`The CPU of catalog is full [${usage}].`);
    expect(seconded.dropped).toEqual([]);
  });

  it('keeps a supported suspicion of the model below everything that was detected', async () => {
    const workload = idOf(saturated, (query) => query.startsWith('workload deployment/prices'));
    const suspicion = { ...claim, workload: 'prices', fault: 'crash-loop', evidence: [workload] };
    const { hypotheses } = await askCompute({ narrative: '', hypotheses: [suspicion] });
    expect(hypotheses.map(({ from }) => from)).toEqual(['detector:cpu-saturation', 'model']);
    expect(hypotheses[1]?.confidence).toBeLessThanOrEqual(0.5);
  });

  it('drops a claim whose citation exists but shows nothing of the kind', async () => {
    const { dropped, hypotheses } = await askCompute({
      narrative: '',
      hypotheses: [
        { ...claim, workload: 'prices', evidence: [calmPrices] },
        { ...claim, workload: 'basket', evidence: [usage] },
      ],
    });
    expect(hypotheses).toHaveLength(1);
    expect(dropped).toEqual([
      'cpu-saturation at prices: nothing that it cites speaks of that fault there',
      'cpu-saturation at basket: nothing that it cites speaks of that fault there',
    ]);
  });

  it("drops a claim outside the specialist's discipline", async () => {
    const { dropped } = await askCompute({ narrative: '', hypotheses: [{ ...claim, fault: 'network-delay' }] });
    expect(dropped).toEqual(['network-delay at catalog: it is not for the compute specialist to say']);
  });

  it('keeps the sentences that cite and drops those that only assert', async () => {
    const { narrative, dropped } = await askCompute({
      narrative: `Catalog burns CPU [${usage}]. Everybody knows that. See E9999.`,
      hypotheses: [],
    });
    expect(narrative).toBe(`Catalog burns CPU [${usage}].`);
    expect(dropped).toHaveLength(2);
  });

  it('masks secrets that a model repeats', async () => {
    const { narrative } = await askCompute({ narrative: `The password=hunter22 leaks [${usage}].`, hypotheses: [] });
    expect(narrative).not.toContain('hunter22');
  });

  it('hands over numbered evidence, the cited pieces first, within the bound', async () => {
    const wordy = contextOf([
      ...faultContexts['cpu-saturation'].differences,
      logs('gate', [{ template: 'x'.repeat(40_000) }]),
    ]);
    const observed = { ...wordy, evidence: wordy.evidence.map((each) => ({ ...each, observation: 'o'.repeat(300) })) };
    const model = scriptedModel({ kind: 'off' });
    await createComputeAgent({ model, clock }).analyse({
      incident: incidentAt('gate'),
      context: observed,
      recollections: [],
    });
    const [question = ''] = model.questions;
    expect(question.length).toBeLessThanOrEqual(limits.promptCharsMax + 2_000);
    const lines = question.split('\n');
    expect(lines[lines.indexOf('Evidence:') + 1]).toContain(`${usage} [metric]`);
  });
});

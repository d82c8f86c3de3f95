import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Window } from '../../src/domain/evidence.ts';
import type { Span } from '../../src/domain/trace.ts';
import type { Traces } from '../../src/ports/traces.ts';

/** A source of traces over a shop in which `from` calls `to`, and what is known about it. */
export interface TracesSubject {
  readonly traces: Traces;
  /** The same adapter, pointed at nothing that answers. */
  readonly unreachable: Traces;
  readonly namespace: string;
  readonly window: Window;
  readonly edge: { readonly from: string; readonly to: string };
  close(): Promise<void>;
}

/** What every live source of traces must keep to. */
export const tracesContract = (name: string, start: () => Promise<TracesSubject>): void => {
  describe(`${name} keeps the contract of traces`, () => {
    let subject: TracesSubject;
    beforeAll(async () => {
      subject = await start();
    });
    afterAll(() => subject.close());

    const spans = async (limit = 60_000): Promise<readonly Span[]> => {
      const { namespace, window, edge } = subject;
      const answer = await subject.traces.spans({ namespace, workloads: [edge.to, edge.from], window, limit });
      if (answer.outcome !== 'found') throw new Error(JSON.stringify(answer));
      expect(answer.query).not.toBe('');
      return answer.value;
    };

    it('connects the span of the caller with that of the callee', async () => {
      const found = await spans();
      const byId = new Map(found.map((span) => [`${span.traceId} ${span.spanId}`, span]));
      const answers = found.filter(
        ({ workload, parentId, traceId }) =>
          workload === subject.edge.to && byId.get(`${traceId} ${parentId}`)?.workload === subject.edge.from,
      );
      expect(answers.length).toBeGreaterThan(0);
      for (const { traceId, parentId, durationUs } of answers) {
        expect(byId.get(`${traceId} ${parentId}`)?.durationUs).toBeGreaterThanOrEqual(durationUs);
      }
    });

    it('tells times in microseconds since the epoch, inside the window', async () => {
      for (const { startUs } of await spans()) {
        expect(startUs / 1_000).toBeGreaterThanOrEqual(Date.parse(subject.window.from) - 60_000);
        expect(startUs / 1_000).toBeLessThanOrEqual(Date.parse(subject.window.to) + 60_000);
      }
    });

    it('gives each span once, and whole traces only when there is no room for all', async () => {
      const all = await spans();
      expect(new Set(all.map(({ traceId, spanId }) => `${traceId} ${spanId}`)).size).toBe(all.length);
      const few = await spans(Math.ceil(all.length / 2));
      expect(few.length).toBeLessThan(all.length);
      const sizeOf = (list: readonly Span[], id: string): number => list.filter(({ traceId }) => traceId === id).length;
      for (const id of new Set(few.map(({ traceId }) => traceId))) expect(sizeOf(few, id)).toBe(sizeOf(all, id));
    });

    it('says empty where nobody is traced, whatever is in the name', async () => {
      const { namespace, window } = subject;
      for (const workload of ['nobody', '" } || { true', '../services', 'a\nb']) {
        const asked = subject.traces.spans({ namespace, workloads: [workload], window, limit: 100 });
        expect(await asked).toMatchObject({ outcome: 'empty' });
      }
      const long = { from: '2001-01-01T00:00:00Z', to: '2001-01-01T00:05:00Z' };
      const asked = subject.traces.spans({ namespace, workloads: [subject.edge.to], window: long, limit: 100 });
      expect(await asked).toMatchObject({ outcome: 'empty' });
    });

    it('says unreachable with a reason where nothing answers, never an exception', async () => {
      const { namespace, window, edge } = subject;
      const asked = subject.unreachable.spans({ namespace, workloads: [edge.to], window, limit: 100 });
      expect(await asked).toMatchObject({ outcome: 'unreachable', reason: expect.stringMatching(/./) });
    });
  });
};

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Window } from '../../src/domain/evidence.ts';
import { limits } from '../../src/limits.ts';
import type { LogLine, Logs } from '../../src/ports/logs.ts';

/** A source of logs over a shop whose workloads all say something in the window, and what is known about it. */
export interface LogsSubject {
  readonly logs: Logs;
  /** The same adapter, pointed at nothing that answers. */
  readonly unreachable: Logs;
  readonly namespace: string;
  readonly window: Window;
  readonly workload: string;
  /** A part of a line that the workload wrote once inside the window. */
  readonly said: string;
  close(): Promise<void>;
}

/** What every source of logs must keep to. */
export const logsContract = (name: string, start: () => Promise<LogsSubject>): void => {
  describe(`${name} keeps the contract of logs`, () => {
    let subject: LogsSubject;
    beforeAll(async () => {
      subject = await start();
    });
    afterAll(() => subject.close());

    const lines = async (
      more: { readonly workload?: string; readonly limit?: number } = {},
    ): Promise<readonly LogLine[]> => {
      const { namespace, window } = subject;
      const answer = await subject.logs.lines({ namespace, window, limit: 500, ...more });
      if (answer.outcome !== 'found') throw new Error(JSON.stringify(answer));
      return answer.value;
    };

    it('finds the lines of one workload, with its name, pod and time', async () => {
      const found = await lines({ workload: subject.workload });
      expect(
        found.every(({ workload, pod }) => workload === subject.workload && pod.startsWith(subject.workload)),
      ).toBe(true);
      expect(found.some(({ text }) => text.includes(subject.said))).toBe(true);
    });

    it('finds several workloads when none is named', async () => {
      expect(new Set((await lines()).map(({ workload }) => workload)).size).toBeGreaterThan(1);
    });

    it('gives lines oldest first, inside the window', async () => {
      const times = (await lines()).map(({ at }) => Date.parse(at));
      expect(times).toEqual([...times].sort((left, right) => left - right));
      expect(times[0]).toBeGreaterThanOrEqual(Date.parse(subject.window.from));
      expect(times.at(-1)).toBeLessThanOrEqual(Date.parse(subject.window.to));
    });

    it('keeps the newest lines when there are more than were asked for', async () => {
      const all = await lines();
      const few = await lines({ limit: 3 });
      expect(few).toHaveLength(3);
      expect(few.at(-1)?.at).toBe(all.at(-1)?.at);
      expect((few[0]?.at ?? '') >= (all.at(-4)?.at ?? '')).toBe(true);
    });

    it('gives text without control characters and of bounded length', async () => {
      for (const { text } of await lines()) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
        expect(text).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f]/);
        expect(text.length).toBeLessThanOrEqual(limits.logLineCharsMax);
      }
    });

    it('says empty where nobody spoke', async () => {
      const { namespace, window } = subject;
      expect(await subject.logs.lines({ namespace, workload: 'nobody', window, limit: 10 })).toMatchObject({
        outcome: 'empty',
      });
      const before = { from: '2001-01-01T00:00:00Z', to: '2001-01-01T00:05:00Z' };
      expect(await subject.logs.lines({ namespace, window: before, limit: 10 })).toMatchObject({ outcome: 'empty' });
    });

    it('takes names as data, whatever is in them', async () => {
      for (const name of ['x"} or {app="frontend', 'a\nb', '\\', '.*']) {
        const request = { namespace: subject.namespace, workload: name, window: subject.window, limit: 10 };
        expect(await subject.logs.lines(request)).toMatchObject({ outcome: 'empty' });
      }
    });

    it('says unreachable with a reason where nothing answers, never an exception', async () => {
      const { namespace, window } = subject;
      expect(await subject.unreachable.lines({ namespace, window, limit: 10 })).toMatchObject({
        outcome: 'unreachable',
        reason: expect.stringMatching(/./),
      });
    });
  });
};

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command, CommandTools, Reply, ReplyPart } from '../../src/ports/command.ts';

const textOf = (part: ReplyPart): string => {
  switch (part.kind) {
    case 'fields':
      return part.pairs.map(([name, value]) => `${name}: ${value}`).join('\n');
    case 'list':
      return part.items.map(({ text }) => text).join('\n');
    default:
      return part.text;
  }
};

/** Everything that a reply says, as plain text. */
export const wordsOf = (reply: Reply): string => reply.parts.map(textOf).join('\n');

const garbage = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('INC-7', '7', '-1', '', 'inject', '<!channel>', '../../etc/passwd', '__proto__', 'x'.repeat(5_000)),
  ),
  { maxLength: 6 },
);

/** What every command of the shelf keeps, in a bot with the given tools. `make` gives fresh tools for each run. */
export const commandContract = (command: Command, make: () => CommandTools): void => {
  const by = { id: 'U0ALICE01', name: 'alice' };
  const run = (words: readonly string[]): Promise<Reply> => command.run({ words, by, channel: 'C0INCIDNT' }, make());

  describe(`the contract of /sre ${command.name}`, () => {
    it('begins its usage with its name, and says in one line what it does', () => {
      expect(command.name).toMatch(/^[a-z]+$/);
      expect(command.usage.split(' ')[0]).toBe(command.name);
      expect(command.summary.length).toBeGreaterThan(10);
      expect(command.summary).not.toMatch(/\n/);
    });

    it('never throws, and always answers something bounded, whatever is typed', async () => {
      await fc.assert(
        fc.asyncProperty(garbage, async (words) => {
          const reply = await run(words);
          expect(wordsOf(reply).trim()).not.toBe('');
          expect(reply.parts.length).toBeLessThanOrEqual(20);
          expect(wordsOf(reply).length).toBeLessThanOrEqual(20_000);
        }),
        { numRuns: 40 },
      );
    });

    it('answers the caller alone when what was typed makes no sense', async () => {
      expect((await run(['no-such-thing'])).visibility).toBe('ephemeral');
    });

    it('does not echo a long word back in full', async () => {
      expect(wordsOf(await run(['y'.repeat(3_000)]))).not.toContain('y'.repeat(200));
    });
  });
};

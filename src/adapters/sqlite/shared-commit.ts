/** One piece of work that waits for the next commit. */
interface Waiter<Input, Output> {
  readonly input: Input;
  readonly resolve: (output: Output) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers what arrives in one turn of the event loop and hands it to `commit` together, because a commit costs a write to the
 * disk, whatever it holds. Everybody waits for it; when it fails, it fails for all of them.
 */
export const createSharedCommit = <Input, Output>(
  commit: (inputs: readonly Input[]) => readonly Output[],
): ((input: Input) => Promise<Output>) => {
  let waiting: Waiter<Input, Output>[] = [];
  const flush = (): void => {
    const together = waiting;
    waiting = [];
    try {
      const outputs = commit(together.map(({ input }) => input));
      for (const [index, output] of outputs.entries()) together[index]?.resolve(output);
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
  };
  return (input) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ input, resolve, reject });
    });
};

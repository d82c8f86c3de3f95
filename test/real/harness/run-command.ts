import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const outputMax = 64 * 2 ** 20;
const wordsMax = 4_000;

/** What a command prints. Rejects with the end of what it printed when it fails, or takes longer than `timeoutMs`. */
export const runCommand = async (
  command: readonly [string, ...string[]],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv; readonly timeoutMs: number },
): Promise<string> => {
  const [program, ...args] = command;
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      timeout: options.timeoutMs,
      maxBuffer: outputMax,
    });
    return stdout;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new Error(`${command.join(' ')} failed:\n${said.slice(-wordsMax)}`, { cause: error });
  }
};

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Parts that a bot without inference and with few memories does not use, and that take long to load: they refuse, as when they are not installed. */
const leftOut: Plugin = {
  name: 'left-out',
  setup: ({ onLoad }) => {
    const refuse = (name: string) => ({ contents: `export const ${name} = () => { throw new Error('left out'); };` });
    onLoad({ filter: /adapters\/faiss\/faiss-index\.ts$/ }, () => refuse('createFaissIndex'));
    onLoad({ filter: /adapters\/ollama\/create-ollama\.ts$/ }, () => refuse('createOllama'));
    onLoad({ filter: /adapters\/ollama\/embedder\.ts$/ }, () => refuse('createOllamaEmbedder'));
  },
};

/**
 * Runs the bundle as a module of its own, with the code that an earlier life compiled; the first one leaves it. It stands in a file
 * beside the bundle because the bundle, run by itself, would take itself for the product's own entry point.
 */
const starter = `
const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');
const bundle = __dirname + '/bot.cjs';
const compiled = __dirname + '/bot.compiled';
const source = '(function (exports, require, module, __filename, __dirname) {' + readFileSync(bundle, 'utf8') + '\\n})';
const cachedData = existsSync(compiled) ? readFileSync(compiled) : undefined;
const script = new Script(source, { filename: bundle, cachedData });
const wholeModule = { exports: {} };
script.runInThisContext()(wholeModule.exports, require, wholeModule, bundle, __dirname);
if (cachedData === undefined) {
  writeFileSync(compiled + process.pid, script.createCachedData());
  renameSync(compiled + process.pid, compiled);
}
`;

/** Bundles the bot with its trip wire into one file, because a bot that dies every second must start in less than one. Returns the path of what starts it. */
export const bundleBot = async (): Promise<string> => {
  // Beside the packages, so that those with native code are found from there.
  const cache = join(root, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'crash-bot-'));
  await build({
    entryPoints: [join(root, 'test/crash/bot-child.ts')],
    outfile: join(folder, 'bot.cjs'),
    bundle: true,
    minify: true,
    plugins: [leftOut],
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['libsql', 'faiss-node', '@resvg/resvg-js'],
    define: { 'import.meta.url': 'addressOfTheBundle' },
    banner: { js: "const addressOfTheBundle = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'error',
  });
  const start = join(folder, 'start.cjs');
  writeFileSync(start, starter);
  return start;
};

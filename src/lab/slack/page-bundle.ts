import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The page's script and style, ready to be served. */
export interface PageBundle {
  readonly script: string;
  readonly style: string;
}

const bundlePage = async (): Promise<PageBundle> => {
  const result = await build({
    entryPoints: { app: fileURLToPath(new URL('./page/main.tsx', import.meta.url)) },
    outdir: 'page',
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    logLevel: 'silent',
  });
  const textOf = (extension: string): string =>
    result.outputFiles.find((file) => file.path.endsWith(extension))?.text ?? '';
  return { script: textOf('.js'), style: textOf('.css') };
};

let bundle: Promise<PageBundle> | undefined;

/** Bundles the page once a process, however many servers show it: its source does not change while it runs. Rejects with esbuild's messages. */
export const loadPageBundle = (): Promise<PageBundle> => {
  bundle ??= bundlePage();
  return bundle;
};

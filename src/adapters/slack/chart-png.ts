import { createRequire } from 'node:module';
import { renderAsync } from '@resvg/resvg-js';

const require = createRequire(import.meta.url);

// Without fonts of our own, text vanishes silently on machines that have none.
const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) =>
  require.resolve(`dejavu-fonts-ttf/ttf/${name}`),
);

/** An SVG picture as PNG, 1000 pixels wide, drawn off the event loop with the fonts that ship with the bot. */
export const chartPng = async (svg: string): Promise<Buffer> => {
  const picture = await renderAsync(svg, {
    fitTo: { mode: 'width', value: 1_000 },
    font: { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' },
  });
  return picture.asPng();
};

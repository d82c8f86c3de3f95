import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { RiskPoint } from './risk-coverage.ts';

/** One line of the picture. */
export interface Curve {
  readonly name: string;
  readonly points: readonly RiskPoint[];
}

const width = 720;
const height = 400;
const margin = { top: 44, right: 176, bottom: 52, left: 60 };
const colours = ['#1b6ca8', '#d1495b', '#2e8b57', '#8d5a97'];

const x = scaleLinear([0, 1], [margin.left, width - margin.right]);

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const text = (at: readonly [number, number], words: string, attributes = ''): string =>
  `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" ${attributes}>${words}</text>`;

const axes = (y: ReturnType<typeof scaleLinear<number>>): readonly string[] => {
  const right = width - margin.right;
  return [
    ...y
      .ticks(5)
      .flatMap((tick) => [
        `<line x1="${margin.left}" x2="${right}" y1="${y(tick)}" y2="${y(tick)}" stroke="#ddd"/>`,
        text([margin.left - 8, y(tick) + 4], percent(tick), 'text-anchor="end"'),
      ]),
    ...x.ticks(5).map((tick) => text([x(tick), height - margin.bottom + 18], percent(tick), 'text-anchor="middle"')),
    text([(margin.left + right) / 2, height - 12], 'verdicts acted upon, the surest first', 'text-anchor="middle"'),
    text([margin.left, margin.top - 14], 'of them wrong', 'text-anchor="start"'),
  ];
};

const drawn = ({ name, points }: Curve, index: number, y: ReturnType<typeof scaleLinear<number>>): string => {
  const colour = colours[index % colours.length] ?? '#000';
  const path = line<RiskPoint>(
    (point) => x(point.coverage),
    (point) => y(point.risk),
  )([...points]);
  const dots = points.map(
    ({ coverage, risk, confidence }) =>
      `<circle cx="${x(coverage).toFixed(1)}" cy="${y(risk).toFixed(1)}" r="3"><title>${name}: confidence ${confidence.toFixed(2)}</title></circle>`,
  );
  const key = [width - margin.right + 16, margin.top + 12 + 22 * index] as const;
  return `<g fill="${colour}"><path d="${path ?? ''}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}${text(key, name)}</g>`;
};

const band = ({ points }: Curve, y: ReturnType<typeof scaleLinear<number>>): string => {
  const path = area<RiskPoint>(
    (point) => x(point.coverage),
    () => y(0),
    (point) => y(Math.min(y.domain()[1] ?? 1, point.riskMax)),
  )([...points]);
  return `<path d="${path ?? ''}" fill="${colours[0]}" opacity="0.12"/>`;
};

/** The curves as an SVG picture; the first one with the range in which its true risk lies with 95 % confidence. Names are the caller's own words, never data. */
export const riskCoveragePicture = (curves: readonly Curve[]): string => {
  const most = Math.max(0.05, ...curves.flatMap(({ points }) => points.map(({ risk }) => risk)));
  const y = scaleLinear([0, most], [height - margin.bottom, margin.top]).nice();
  const [first] = curves;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...axes(y),
    ...(first === undefined ? [] : [band(first, y)]),
    ...curves.map((curve, index) => drawn(curve, index, y)),
    '</svg>',
    '',
  ].join('\n');
};

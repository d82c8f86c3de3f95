import type { CaseFile } from '../../domain/case-file.ts';
import type { MetricData, Signal } from '../../domain/evidence.ts';
import type { Attachment } from './message.ts';
import { clipped } from './mrkdwn.ts';
import { weightOf } from './strongest-evidence.ts';

const names: Readonly<Record<Signal, string>> = {
  request_rate: 'Requests per second',
  error_ratio: 'Share of failed requests',
  latency_p50: 'Latency, median',
  latency_p99: 'Latency, 99th percentile',
  cpu_usage: 'CPU in use',
  cpu_throttled_ratio: 'Share of time throttled',
  memory_working_set: 'Memory in use',
  restarts: 'Restarts',
  connections: 'Connections',
  tcp_retransmits: 'TCP segments sent again, per second',
};

const rounded = (value: number): string => String(Number(value.toPrecision(3)));

/** A value as people write it: shares in percent, memory in MiB, latency in ms. */
export const valueWords = (signal: Signal, value: number): string => {
  if (signal === 'error_ratio' || signal === 'cpu_throttled_ratio') return `${rounded(value * 100)} %`;
  if (signal === 'memory_working_set') return `${rounded(value / 1_048_576)} MiB`;
  if (signal === 'latency_p50' || signal === 'latency_p99') return `${rounded(value)} ms`;
  if (signal === 'cpu_usage') return `${rounded(value)} cores`;
  if (signal === 'request_rate') return `${rounded(value)}/s`;
  return rounded(value);
};

const size = { width: 800, height: 360, left: 76, right: 24, top: 76, bottom: 44 } as const;

const xmlEntities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const xml = (text: string): string => clipped(text, 90).replace(/[&<>"]/g, (found) => xmlEntities[found] ?? found);

const clockTime = (atMs: number): string => new Date(atMs).toISOString().slice(11, 16);

interface Scale {
  readonly x: (atMs: number) => number;
  readonly y: (value: number) => number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly step: number;
  readonly max: number;
}

/** What a unit of the axis is worth: people read memory in MiB and shares in percent. */
const axisUnits: Readonly<Partial<Record<Signal, number>>> = {
  memory_working_set: 1_048_576,
  error_ratio: 0.01,
  cpu_throttled_ratio: 0.01,
};

/** The distance between the lines of a grid of about four: 1, 2, 2.5 or 5 times a power of ten. */
const gridStep = (max: number, unit: number): number => {
  const rough = max / unit / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough) ?? 10;
  return step * power * unit;
};

const scaleOf = (data: MetricData): Scale => {
  const times = data.points.map(([at]) => at * 1_000);
  const fromMs = Math.min(...times);
  const toMs = Math.max(...times, fromMs + 1_000);
  const highest = Math.max(...data.points.map(([, value]) => value), data.limit ?? 0);
  const step = gridStep(highest <= 0 ? 1 : highest * 1.05, axisUnits[data.signal] ?? 1);
  const max = step * Math.ceil((highest <= 0 ? 1 : highest * 1.05) / step);
  const width = size.width - size.left - size.right;
  const height = size.height - size.top - size.bottom;
  return {
    fromMs,
    toMs,
    step,
    max,
    x: (atMs) => Number((size.left + ((atMs - fromMs) / (toMs - fromMs)) * width).toFixed(1)),
    y: (value) => Number((size.height - size.bottom - (Math.max(0, value) / max) * height).toFixed(1)),
  };
};

const pathOf = (points: MetricData['points'], scale: Scale): string =>
  points.map(([at, value], index) => `${index === 0 ? 'M' : 'L'}${scale.x(at * 1_000)} ${scale.y(value)}`).join('');

const grid = (data: MetricData, scale: Scale): string => {
  const floor = size.height - size.bottom;
  const levels = Array.from({ length: Math.round(scale.max / scale.step) + 1 }, (_, line) => line * scale.step);
  const times = [0, 0.25, 0.5, 0.75, 1].map((share) => scale.fromMs + share * (scale.toMs - scale.fromMs));
  return [
    ...levels.map(
      (level) =>
        `<path d="M${size.left} ${scale.y(level)}H${size.width - size.right}" stroke="#e8e8e8"/>` +
        `<text x="${size.left - 8}" y="${scale.y(level) + 4}" text-anchor="end">${xml(valueWords(data.signal, level))}</text>`,
    ),
    ...times.map(
      (atMs) => `<text x="${scale.x(atMs)}" y="${floor + 20}" text-anchor="middle">${clockTime(atMs)}</text>`,
    ),
  ].join('');
};

const marks = (data: MetricData, scale: Scale, marked: ChartMarks): string => {
  const floor = size.height - size.bottom;
  const alertX = Math.min(Math.max(scale.x(marked.alertMs), size.left), size.width - size.right);
  const area = `<rect x="${alertX}" y="${size.top}" width="${size.width - size.right - alertX}" height="${floor - size.top}" fill="#c2185b" opacity=".08"/>`;
  const limit =
    data.limit === undefined
      ? ''
      : `<path d="M${size.left} ${scale.y(data.limit)}H${size.width - size.right}" stroke="#c2185b" stroke-dasharray="5 4"/>` +
        `<text x="${size.left + 4}" y="${scale.y(data.limit) - 6}" fill="#c2185b">limit ${xml(valueWords(data.signal, data.limit))}</text>`;
  const changes = marked.changes
    .filter(({ atMs }) => atMs >= scale.fromMs && atMs <= scale.toMs)
    .map(({ atMs, label }) => {
      const x = scale.x(atMs);
      const end = x > size.width / 2;
      return (
        `<path d="M${x} ${size.top}V${floor}" stroke="#b7791f" stroke-width="2"/>` +
        `<text x="${end ? x - 6 : x + 6}" y="${size.top + 12}" text-anchor="${end ? 'end' : 'start'}" fill="#7b5213">${xml(label)}</text>`
      );
    });
  return area + limit + changes.join('');
};

/** What is marked on a chart: when the alert began, and what was changed when. */
export interface ChartMarks {
  readonly alertMs: number;
  readonly changes: readonly { readonly atMs: number; readonly label: string }[];
}

/** A series as an SVG picture of 800 x 360, with the alert's time shaded and changes marked. All foreign text is escaped. */
export const chartSvg = (data: MetricData, marked: ChartMarks): string => {
  const scale = scaleOf(data);
  const later = data.points.filter(([at]) => at * 1_000 >= marked.alertMs);
  const subject = data.edge === undefined ? data.workload : `${data.edge.from} to ${data.edge.to}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" font-family="DejaVu Sans" font-size="12" fill="#5a5a5a">`,
    `<rect width="${size.width}" height="${size.height}" fill="#ffffff"/>`,
    `<text x="16" y="30" font-size="17" font-weight="bold" fill="#1d1c1d">${xml(`${names[data.signal]}: ${subject}`)}</text>`,
    `<text x="16" y="52">shaded: since the alert began, ${clockTime(marked.alertMs)} UTC; times in UTC</text>`,
    grid(data, scale),
    marks(data, scale, marked),
    `<path d="${pathOf(data.points, scale)}" fill="none" stroke="#1264a3" stroke-width="2" stroke-linejoin="round"/>`,
    later.length < 2 ? '' : `<path d="${pathOf(later, scale)}" fill="none" stroke="#c2185b" stroke-width="2.6"/>`,
    '</svg>',
  ].join('');
};

const altText = (data: MetricData, alertMs: number): string => {
  const subject = data.edge === undefined ? data.workload : `${data.edge.from} to ${data.edge.to}`;
  const before = data.points
    .filter(([at]) => at * 1_000 < alertMs)
    .map(([, value]) => value)
    .sort((a, b) => a - b);
  const highest = data.points.reduce((top, point) => (point[1] > top[1] ? point : top));
  const last = data.points.at(-1)?.[1] ?? 0;
  // The median: an alert comes late, so the trouble's first minutes are among these values.
  const usual = before[Math.floor(before.length / 2)];
  return [
    `Chart of ${names[data.signal].toLowerCase()}, ${subject}:`,
    usual === undefined ? '' : `${valueWords(data.signal, usual)} usually before the alert,`,
    `${valueWords(data.signal, highest[1])} at its highest at ${clockTime(highest[0] * 1_000)} UTC,`,
    `${valueWords(data.signal, last)} last.`,
    data.limit === undefined ? '' : `The limit is ${valueWords(data.signal, data.limit)}.`,
  ]
    .filter((piece) => piece !== '')
    .join(' ');
};

const changesOf = (file: CaseFile): ChartMarks['changes'] =>
  (file.context?.evidence ?? [])
    .flatMap(({ data }) => (data?.kind === 'change' ? data.changes.slice(0, 1) : []))
    .slice(-3)
    .map((change) => ({
      atMs: Date.parse(change.at),
      label: `change: ${change.object.kind.toLowerCase()}/${change.object.name}`,
    }));

const seriesOf = (file: CaseFile): MetricData | undefined => {
  const candidates = (file.context?.evidence ?? []).flatMap((evidence) =>
    evidence.data?.kind === 'metric' && evidence.data.points.length >= 3
      ? [{ data: evidence.data, weight: weightOf(file, evidence) }]
      : [],
  );
  return candidates.reduce<(typeof candidates)[number] | undefined>(
    (best, one) => (best === undefined || one.weight > best.weight ? one : best),
    undefined,
  )?.data;
};

/** The picture of the signal that raised the case: the series that moved most where the alert points. Undefined without any series. */
export const signalChart = (file: CaseFile): Attachment | undefined => {
  const data = seriesOf(file);
  if (data === undefined) return undefined;
  const alertMs = Math.min(
    Date.parse(file.incident.openedAt),
    ...file.alerts.map(({ startsAt }) => Date.parse(startsAt)),
  );
  return {
    place: 'block',
    name: `INC-${file.incident.number}-signal.png`,
    title: `${names[data.signal]}: ${data.workload}`,
    alt: altText(data, alertMs),
    format: 'svg',
    content: chartSvg(data, { alertMs, changes: changesOf(file) }),
  };
};

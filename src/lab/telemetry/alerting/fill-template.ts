import type { Labels } from '../labels.ts';

const action = /\{\{\s*(.*?)\s*\}\}/g;
const piped = /^(\$value|\$labels\.([a-zA-Z_]\w*))(?:\s*\|\s*(\w+)(?:\s+"([^"]*)")?)?$/;

/** `units` are for rising powers of the base, beginning at `lowest`. */
const humanize = (
  value: number,
  base: number,
  units: { readonly lowest: number; readonly names: readonly string[] },
) => {
  const power = value === 0 ? 0 : Math.floor(Math.log(Math.abs(value)) / Math.log(base));
  const highest = units.lowest + units.names.length - 1;
  const step = Math.max(units.lowest, Math.min(highest, power));
  return `${Number((value / base ** step).toPrecision(4))}${units.names[step - units.lowest] ?? ''}`;
};

const decimal = { lowest: -2, names: ['u', 'm', '', 'k', 'M', 'G', 'T'] };
const binary = { lowest: 0, names: ['', 'ki', 'Mi', 'Gi', 'Ti'] };

const formats: Readonly<Record<string, (value: number) => string>> = {
  humanize: (value) => humanize(value, 1_000, decimal),
  humanize1024: (value) => humanize(value, 1_024, binary),
  humanizePercentage: (value) => `${Number((value * 100).toPrecision(4))}%`,
  humanizeDuration: (value) =>
    value < 1 ? `${Number((value * 1_000).toPrecision(4))}ms` : `${Number(value.toPrecision(4))}s`,
};

const printed = (value: number, verb: string | undefined): string => {
  const digits = verb?.match(/^%\.(\d)f$/)?.[1];
  return digits === undefined ? String(value) : value.toFixed(Number(digits));
};

/** Fills `{{ $labels.x }}` and `{{ $value | humanizePercentage }}` as rule files write them; what is not known stays readable as it is. */
export const fillTemplate = (template: string, labels: Labels, value: number): string =>
  template.replace(action, (whole: string, text: string) => {
    const [, subject, label, filter, argument] = piped.exec(text) ?? [];
    if (subject === undefined) return whole;
    if (label !== undefined) return labels[label] ?? '';
    if (filter === undefined) return String(value);
    if (filter === 'printf') return printed(value, argument);
    return formats[filter]?.(value) ?? whole;
  });

import { parser } from '@prometheus-io/lezer-promql';
import { formatDuration, parseDurationMs } from '../duration.ts';
import type { AlertRule } from './alert-rule.ts';

/** A window must still hold a few scrapes, or rates have nothing to stand on. */
const windowMsMin = 8_000;

const quickenQuery = (query: string, speed: number): string => {
  const cuts: { readonly from: number; readonly to: number; readonly text: string }[] = [];
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.name !== 'NumberDurationLiteralInDurationContext') return;
      const durationMs = parseDurationMs(query.slice(node.from, node.to));
      if (durationMs === null) return;
      // Never longer than it was: a short window stays as it is.
      const shorter = Math.min(durationMs, Math.max(windowMsMin, durationMs / speed));
      cuts.push({ from: node.from, to: node.to, text: formatDuration(shorter) });
    },
  });
  return cuts.reduceRight((text, cut) => text.slice(0, cut.from) + cut.text + text.slice(cut.to), query);
};

/** The same rule for a world that runs `speed` times as fast: windows, offsets and `for` are divided by it. */
export const quicken = (rule: AlertRule, speed: number): AlertRule => ({
  ...rule,
  expr: quickenQuery(rule.expr, speed),
  forMs: rule.forMs / speed,
  keepFiringForMs: rule.keepFiringForMs / speed,
});

import type { Window } from '../domain/evidence.ts';
import type { CaseAlert } from '../domain/incident.ts';
import { limits } from '../limits.ts';

/** The incident's window and the quiet one before it. */
export interface CollectWindows {
  readonly window: Window;
  readonly baseline: Window;
  /** A quiet window as long as the incident's, so that counts can be compared. */
  readonly quiet: Window;
}

/** Alerts begin to fire some time after the trouble began: the quiet window ends so much earlier. */
const onsetMarginMs = 120_000;

const instant = (ms: number): string => new Date(ms).toISOString();

/** Windows around the onset, the earliest alert's start; an alert that starts in the future, too long ago or at no time starts now. */
export const windowsAround = (alerts: readonly Pick<CaseAlert, 'startsAt'>[], now: number): CollectWindows => {
  // Whole seconds, so that incidents of the same moment ask the same questions.
  const nowMs = Math.floor(now / 1_000) * 1_000;
  const starts = alerts.map(({ startsAt }) => Date.parse(startsAt)).filter((at) => at >= nowMs - limits.alertAgeMsMax);
  const quietEnd = Math.min(nowMs, ...starts) - onsetMarginMs;
  const from = Math.max(quietEnd, nowMs - limits.windowMs);
  return {
    window: { from: instant(from), to: instant(nowMs) },
    baseline: { from: instant(quietEnd - limits.baselineMs), to: instant(quietEnd) },
    quiet: { from: instant(quietEnd - (nowMs - from)), to: instant(quietEnd) },
  };
};

import { parseDurationMs } from './duration.ts';
import { badParameter } from './prometheus-error.ts';
import { PromqlError } from './promql/promql-error.ts';

/** Prometheus refuses to draw more points than this in one series. */
const pointsMax = 11_000;

/** Milliseconds of a parameter given as Unix seconds or RFC 3339; `absentMs` when it is not there. */
export const readTimeMs = (parameters: URLSearchParams, name: string, absentMs?: number): number => {
  const text = parameters.get(name) ?? '';
  if (text === '' && absentMs !== undefined) return absentMs;
  const timeMs = text !== '' && Number.isFinite(Number(text)) ? Number(text) * 1_000 : Date.parse(text);
  if (Number.isNaN(timeMs)) throw badParameter(name, `cannot parse "${text}" to a valid timestamp`);
  return Math.round(timeMs);
};

/** The span and the step of a range query, checked as Prometheus checks them. */
export const readRange = (parameters: URLSearchParams) => {
  const startMs = readTimeMs(parameters, 'start');
  const endMs = readTimeMs(parameters, 'end');
  if (endMs < startMs) throw badParameter('end', 'end timestamp must not be before start time');
  const stepText = parameters.get('step') ?? '';
  const stepMs = parseDurationMs(stepText);
  if (stepMs === null) throw badParameter('step', `cannot parse "${stepText}" to a valid duration`);
  if (stepMs <= 0) {
    throw badParameter(
      'step',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  }
  if ((endMs - startMs) / stepMs > pointsMax) {
    throw new PromqlError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  return { startMs, endMs, stepMs };
};

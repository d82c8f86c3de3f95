import { median, medianAbsoluteDeviation } from 'simple-statistics';
import { type NezhaSet, type NezhaTables, serviceOf } from './nezha-tables.ts';
import { numberIn, type Row } from './recorded-csv.ts';

interface Recorded {
  readonly set: NezhaSet;
  readonly quiet: NezhaTables;
  readonly now: NezhaTables;
  readonly t0: number;
}

type Scores = ReadonlyMap<string, number>;

const podColumns = ['cpu', 'mem_mi', 'net_rx_bps', 'net_tx_bps', 'client_p90_s', 'server_p90_s', 'rps'];

const groups = (rows: readonly Row[], key: (row: Row) => string, column: string): ReadonlyMap<string, number[]> => {
  const found = new Map<string, number[]>();
  for (const row of rows) {
    const value = numberIn(row(column));
    if (value === undefined) continue;
    const list = found.get(key(row)) ?? [];
    list.push(value);
    found.set(key(row), list);
  }
  return found;
};

/** The largest robust deviation of the values from the quiet ones. */
const deviation = (quiet: readonly number[] | undefined, now: readonly number[]): number => {
  if (quiet === undefined || quiet.length < 5 || now.length === 0) return 0;
  const level = median([...quiet]);
  const spread = 1.4826 * medianAbsoluteDeviation([...quiet]) + 0.01 * Math.abs(level) + 1e-9;
  return Math.max(...now.map((value) => Math.abs(value - level) / spread));
};

const metricScores = ({ set, quiet, now, t0 }: Recorded, column: string): Scores => {
  const key = (row: Row): string => serviceOf(set, row('pod'));
  const before = groups(quiet.metrics, key, column);
  const after = groups(
    now.metrics.filter((row) => Number(row('ts')) >= t0),
    key,
    column,
  );
  return new Map([...after].map(([service, values]) => [service, deviation(before.get(service), values)]));
};

const byScore = (scores: Scores): readonly string[] =>
  [...scores].toSorted(([, left], [, right]) => right - left).map(([service]) => service);

/** Plain robust z-scores: a service is as suspect as the most deviant point of its pods' metrics. */
export const zScoreBaseline = (recorded: Recorded): readonly string[] => {
  const worst = new Map<string, number>();
  for (const column of podColumns) {
    for (const [service, score] of metricScores(recorded, column)) {
      worst.set(service, Math.max(worst.get(service) ?? 0, score));
    }
  }
  return byScore(worst);
};

const spanScores = ({ quiet, now }: Recorded): Scores => {
  const means = (tables: NezhaTables): ReadonlyMap<string, number> => {
    const sums = new Map<string, { total: number; count: number }>();
    for (const { workload, durationUs } of tables.spans) {
      const sum = sums.get(workload) ?? { total: 0, count: 0 };
      sums.set(workload, { total: sum.total + durationUs, count: sum.count + 1 });
    }
    return new Map([...sums].map(([service, { total, count }]) => [service, total / count]));
  };
  const before = means(quiet);
  return new Map(
    [...means(now)].map(([service, mean]) => [service, Math.abs(Math.log(mean / (before.get(service) ?? mean)))]),
  );
};

const logScores = ({ quiet, now }: Recorded): Scores => {
  const counts = (tables: NezhaTables): ReadonlyMap<string, number> => {
    const found = new Map<string, number>();
    for (const { workload } of tables.lines) found.set(workload, (found.get(workload) ?? 0) + 1);
    return found;
  };
  const before = counts(quiet);
  const share = Math.max(1, now.lines.length) / Math.max(1, quiet.lines.length);
  return new Map(
    [...counts(now)].map(([service, count]) => [
      service,
      Math.abs(Math.log((count + 1) / (share * (before.get(service) ?? 0) + 1))),
    ]),
  );
};

/** Reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009) of every signal's own ranking. */
export const fusionBaseline = (recorded: Recorded): readonly string[] => {
  const rankings = [
    ...podColumns.map((column) => metricScores(recorded, column)),
    spanScores(recorded),
    logScores(recorded),
  ].map(byScore);
  const fused = new Map<string, number>();
  for (const ranking of rankings) {
    for (const [rank, service] of ranking.entries())
      fused.set(service, (fused.get(service) ?? 0) + 1 / (60 + rank + 1));
  }
  return byScore(fused);
};

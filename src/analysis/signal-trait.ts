import type { Signal } from '../domain/evidence.ts';

/** How one signal is read: what people call it, when a change of it matters, and whether its quiet level is zero by nature. */
export interface SignalTrait {
  readonly title: string;
  /** A change smaller than this, in the signal's unit, is never worth a word. */
  readonly floor: number;
  /** Nor is a change smaller than this share of the quiet level. */
  readonly share: number;
  /** Whether a raised level is trouble by itself; a changed request rate is not. */
  readonly troubleWhenHigh: boolean;
  /** Whether a missing quiet window may be read as a quiet level of zero. */
  readonly quietAtZero: boolean;
}

const mebibyte = 1_048_576;

/** The traits of every golden signal. The floors are what an on-call engineer would shrug at. */
export const signalTraits: Readonly<Record<Signal, SignalTrait>> = {
  request_rate: { title: 'request rate', floor: 0.5, share: 0.5, troubleWhenHigh: false, quietAtZero: false },
  error_ratio: { title: 'error ratio', floor: 0.03, share: 0, troubleWhenHigh: true, quietAtZero: true },
  latency_p50: { title: 'median latency', floor: 20, share: 1, troubleWhenHigh: true, quietAtZero: false },
  latency_p99: { title: '99th percentile latency', floor: 100, share: 1, troubleWhenHigh: true, quietAtZero: false },
  cpu_usage: { title: 'CPU usage', floor: 0.05, share: 0.5, troubleWhenHigh: true, quietAtZero: false },
  cpu_throttled_ratio: { title: 'CPU throttling', floor: 0.1, share: 0, troubleWhenHigh: true, quietAtZero: true },
  memory_working_set: {
    title: 'memory use',
    floor: 16 * mebibyte,
    share: 0.3,
    troubleWhenHigh: true,
    quietAtZero: false,
  },
  restarts: { title: 'number of container restarts', floor: 0.5, share: 0, troubleWhenHigh: true, quietAtZero: false },
  connections: { title: 'number of open connections', floor: 5, share: 0.5, troubleWhenHigh: true, quietAtZero: false },
  // A healthy network resends a segment now and then; one a second, all the time, is a link that loses.
  tcp_retransmits: { title: 'TCP retransmits', floor: 1, share: 1, troubleWhenHigh: true, quietAtZero: true },
};

/** Made once: making a format costs a thousand times what using it does. */
const formats = [0, 1, 2].map((digits) => new Intl.NumberFormat('en-US', { maximumFractionDigits: digits }));

const plain = (value: number): string => {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return formats[digits]?.format(value) ?? String(value);
};

const inBytes = (value: number): string =>
  value >= 1024 * mebibyte ? `${plain(value / (1024 * mebibyte))} GiB` : `${plain(value / mebibyte)} MiB`;

/** A value of a signal as people read it, with its unit: `12.5 %`, `240 ms`, `0.2 cores`, `64 MiB`. */
export const formatSignal = (signal: Signal, value: number): string => {
  switch (signal) {
    case 'error_ratio':
    case 'cpu_throttled_ratio':
      return `${plain(value * 100)} %`;
    case 'latency_p50':
    case 'latency_p99':
      return `${plain(value)} ms`;
    case 'request_rate':
    case 'tcp_retransmits':
      return `${plain(value)}/s`;
    case 'cpu_usage':
      return `${plain(value)} cores`;
    case 'memory_working_set':
      return inBytes(value);
    case 'restarts':
    case 'connections':
      return plain(value);
  }
};

/** Bytes as people read them: `64 MiB`. */
export const formatBytes = (value: number): string => inBytes(value);

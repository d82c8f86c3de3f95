import type { PodView } from '../cluster-view.ts';
import type { Random } from '../random.ts';
import type { Interval } from '../visitors.ts';
import type { WorldLogLine } from '../world.ts';
import { frontendVoice, goVoice } from './go-voices.ts';
import { adVoice, currencyVoice, emailVoice, paymentVoice, recommendationVoice } from './json-voices.ts';
import { cartVoice, locustVoice, redisVoice } from './text-voices.ts';
import type { AppEvent, Voice } from './voice.ts';

/** Share of ordinary work that leaves a line: a few lines a second over the whole shop. */
const ordinaryShare = 0.03;
/** Lines about trouble that one workload writes in one second; loggers under fire drop the rest. */
const troubleLinesPerSecondMax = 3;
/** Each running pod chatters about this often. */
const chatterEveryMs = 25_000;
/** Lines kept between two steps; a kubelet that starts containers without the world being stepped must not fill memory. */
const waitingMax = 2_000;

const voices: Readonly<Record<string, Voice>> = {
  adservice: adVoice,
  cartservice: cartVoice,
  currencyservice: currencyVoice,
  emailservice: emailVoice,
  frontend: frontendVoice,
  loadgenerator: locustVoice,
  paymentservice: paymentVoice,
  recommendationservice: recommendationVoice,
  'redis-cart': redisVoice,
};

/** Collects what applications say until the next step ships it. */
export interface LogDesk {
  /** `atMs` null means: some time before the next step ends. */
  tell(pod: PodView, atMs: number | null, event: AppEvent): void;
  chatter(pods: readonly PodView[], interval: Interval): void;
  /** All lines since the last call, oldest first, none outside the interval. */
  take(interval: Interval): readonly WorldLogLine[];
}

interface Waiting {
  readonly pod: PodView;
  readonly atMs: number | null;
  readonly event: AppEvent;
}

/** Epoch milliseconds, whole or not, as nanoseconds in a string. */
const nanoseconds = (atMs: number): string =>
  `${Math.floor(atMs)}${String(Math.floor((atMs % 1) * 1_000_000)).padStart(6, '0')}`;

/** A desk that thins out ordinary work, bounds trouble per second and speaks in each application's own format. */
export const createLogDesk = (random: Random, namespace: string): LogDesk => {
  let waiting: Waiting[] = [];
  const troubles = new Map<string, number>();

  const isWithinBudget = (pod: PodView, instant: number, event: AppEvent): boolean => {
    if (event.kind !== 'call-failed' && (event.kind !== 'served' || event.error === null)) return true;
    const second = `${pod.workload}/${Math.floor(instant / 1_000)}`;
    const count = (troubles.get(second) ?? 0) + 1;
    troubles.set(second, count);
    return count <= troubleLinesPerSecondMax;
  };

  const write = ({ pod, event, atMs }: Waiting, interval: Interval): WorldLogLine | null => {
    const instant = Math.min(interval.toMs, Math.max(interval.fromMs, atMs ?? interval.toMs));
    const voice = voices[pod.workload] ?? goVoice;
    const line = voice(event, { atMs: instant, podName: pod.name, workload: pod.workload, random });
    if (line === null || !isWithinBudget(pod, instant, event)) return null;
    const labels = { namespace, app: pod.labels.app ?? pod.workload, pod: pod.name, container: pod.container };
    return { labels, timestampNs: nanoseconds(instant), line };
  };

  const tell: LogDesk['tell'] = (pod, atMs, event) => {
    const isOrdinary = event.kind === 'served' && event.error === null;
    if (isOrdinary && !random.chance(ordinaryShare)) return;
    if (waiting.length < waitingMax) waiting.push({ pod, atMs, event });
  };

  return {
    tell,
    chatter: (pods, interval) => {
      const share = (interval.toMs - interval.fromMs) / chatterEveryMs;
      for (const pod of pods) {
        if (pod.running && random.chance(share)) {
          tell(pod, random.between(interval.fromMs, interval.toMs), { kind: 'chatter' });
        }
      }
    },
    take: (interval) => {
      const lines = waiting.flatMap((entry) => write(entry, interval) ?? []);
      waiting = [];
      troubles.clear();
      return lines.sort((one, other) => (one.timestampNs < other.timestampNs ? -1 : 1));
    },
  };
};

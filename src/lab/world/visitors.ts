import type { CallWalk, Scene } from './call-walk.ts';
import type { ClusterView, PodView } from './cluster-view.ts';
import type { EffectsNow } from './effects.ts';
import type { Random } from './random.ts';
import { type Page, pages } from './shop.ts';
import type { TraceRecorder } from './trace-recorder.ts';

/** Each simulated user of the load generator asks for about this many pages a second. */
const pagesPerUserSecond = 2;
const defaultUsers = 10;
const usersMax = 500;
/** The day of the shop lasts twelve minutes, so that half an hour of history shows its rhythm. */
const dayMs = 720_000;
/** Requests walked in one step; when more are due, each stands for several. */
const walksMax = 250;

const products = [
  'OLJCESPC7Z',
  '66VCHSJNUP',
  '1YMWWN1N4O',
  'L9ECAV7KIM',
  '2ZYFJ3GM2N',
  '0PUK6V6EV0',
  'LS4PSXUNUM',
  '9SIQT8TOJO',
  '6E92ZMYYFZ',
] as const;

/** A stretch of simulated time. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

const usersOf = (pod: PodView): number => {
  const users = Number(pod.env.USERS ?? defaultUsers);
  return Number.isFinite(users) ? Math.min(usersMax, Math.max(0, users)) : defaultUsers;
};

/** The open load of one load generator at an instant, pages per second: a daily wave. */
const pageRate = (users: number, atMs: number): number =>
  users * pagesPerUserSecond * (1 + 0.2 * Math.sin((2 * Math.PI * atMs) / dayMs));

const pickPage = (random: Random): Page => {
  const total = pages.reduce((sum, page) => sum + page.weight, 0);
  let mark = random.next() * total;
  const found = pages.find((page) => {
    mark -= page.weight;
    return mark < 0;
  });
  return found ?? random.pick(pages);
};

interface VisitorDeps {
  readonly random: Random;
  readonly dial: CallWalk;
  readonly traces: TraceRecorder;
}

const visit = (deps: VisitorDeps, scene: Scene, visitor: PodView): void => {
  const page = pickPage(deps.random);
  const path = page.path.endsWith('product/') ? `${page.path}${deps.random.pick(products)}` : page.path;
  deps.dial(scene, visitor, {
    to: 'frontend',
    rpc: `${page.method} ${path}`,
    times: 1,
    essential: true,
    trouble: 'request failed',
    work: { task: `${page.method} ${path}`, calls: page.calls },
  });
};

/** Sends the visitors of one interval through the shop; no ready load generator, no visitors. */
export const createVisitors =
  (deps: VisitorDeps) =>
  (view: ClusterView, effects: EffectsNow, interval: Interval): void => {
    const { random } = deps;
    const seconds = (interval.toMs - interval.fromMs) / 1_000;
    for (const visitor of view.podsOf('loadgenerator').filter((pod) => pod.ready)) {
      const due = random.poisson(pageRate(usersOf(visitor), interval.toMs) * random.logNormal(1, 0.06) * seconds);
      const weight = Math.max(1, Math.ceil(due / walksMax));
      for (let walk = 0; walk < Math.round(due / weight); walk += 1) {
        const atMs = random.between(interval.fromMs, interval.toMs);
        visit(deps, { view, effects, atMs, weight, span: deps.traces.begin() }, visitor);
      }
    }
  };

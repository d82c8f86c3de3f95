import type { PodView } from './cluster-view.ts';
import { createRandom, type Random } from './random.ts';
import type { WorldSpan } from './world.ts';

/** Requests of one step that are traced: a head sampler that keeps about one a second. */
const tracedPerStep = 2;

/** Eight hexadecimal digits from one draw. */
const eightDigits = (random: Random): string =>
  Math.floor(random.next() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0');

/** gRPC's names of the applications that speak it. */
const grpcServices: Readonly<Record<string, string>> = {
  adservice: 'hipstershop.AdService',
  cartservice: 'hipstershop.CartService',
  checkoutservice: 'hipstershop.CheckoutService',
  currencyservice: 'hipstershop.CurrencyService',
  emailservice: 'hipstershop.EmailService',
  paymentservice: 'hipstershop.PaymentService',
  productcatalogservice: 'hipstershop.ProductCatalogService',
  recommendationservice: 'hipstershop.RecommendationService',
  shippingservice: 'hipstershop.ShippingService',
};

/** How tracing libraries name a call: by its gRPC method, or by its route without the id in it. */
export const operationOf = (callee: string, rpc: string): string => {
  const service = grpcServices[callee];
  return service === undefined ? rpc.replace(/^(\w+ \/product\/).+/, '$1{id}') : `${service}/${rpc}`;
};

/** A span that has begun; others can hang below it before it ends. */
export interface OpenSpan {
  below(): OpenSpan;
  end(told: {
    readonly pod: PodView;
    readonly operation: string;
    readonly kind: WorldSpan['kind'];
    readonly atMs: number;
    readonly ms: number;
    readonly error: string | null;
  }): void;
  /** Remembers this moment; the returned function moves all spans of the trace that ended since by so many ms. */
  mark(): (laterMs: number) => void;
}

/** Traces of a sample of the requests. Its own randomness: whether a request is traced changes nothing else in the world. */
export interface TraceRecorder {
  /** The root of a new trace, which is no span itself; undefined when this request is not traced. */
  begin(): OpenSpan | undefined;
  /** The spans since the last call; the next step's sample begins. */
  take(): readonly WorldSpan[];
}

/** Creates a recorder for one namespace. */
export const createTraceRecorder = (seed: number, namespace: string): TraceRecorder => {
  const random = createRandom(seed);
  let spans: WorldSpan[] = [];
  let begun = 0;
  const idOf = (parts: number): string => Array.from({ length: parts }, () => eightDigits(random)).join('');
  const open = (traceId: string, spanId: string, parentId: string | null): OpenSpan => ({
    below: () => open(traceId, idOf(2), spanId === '' ? null : spanId),
    end: ({ pod, ...told }) => {
      spans.push({ traceId, spanId, parentId, namespace, workload: pod.workload, pod: pod.name, ...told });
    },
    mark: () => {
      const from = spans.length;
      return (laterMs) => {
        for (let index = from; index < spans.length; index += 1) {
          const span = spans[index];
          if (span !== undefined) spans[index] = { ...span, atMs: span.atMs + laterMs };
        }
      };
    },
  });
  return {
    begin: () => {
      begun += 1;
      return begun > tracedPerStep ? undefined : open(idOf(4), '', null);
    },
    take: () => {
      const taken = spans;
      spans = [];
      begun = 0;
      return taken;
    },
  };
};

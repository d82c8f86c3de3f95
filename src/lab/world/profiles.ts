/** How one application reaches another. */
export interface Dependency {
  /** The env var that holds `host:port` of the callee. */
  readonly env: string;
  /** The caller gives up after this. */
  readonly timeoutMs: number;
  /** Linkerd counts responses of HTTP and gRPC only; to it, Redis is opaque TCP. */
  readonly protocol: 'http' | 'grpc' | 'redis';
}

/** What one application needs and costs. */
export interface Profile {
  /** Cores that the idle process uses. */
  readonly idleCores: number;
  /** CPU time of one handled call, in ms. */
  readonly cpuMsPerCall: number;
  /** Median of the time that one call takes in the process itself, and the spread of its logarithm. */
  readonly latencyMs: number;
  readonly latencySpread: number;
  /** Working set after start, and what each call per second adds. */
  readonly memoryMiB: number;
  readonly memoryMiBPerRps: number;
  /** From start to the first passing readiness probe. */
  readonly readyMs: number;
  /** Env var with the port that it listens on, where it reads one. */
  readonly portEnv: string | null;
  /** The port that it listens on when nobody tells it another; null where it serves nobody. */
  readonly port: number | null;
  readonly dependencies: Readonly<Record<string, Dependency>>;
}

const grpc = (env: string, timeoutMs: number): Dependency => ({ env, timeoutMs, protocol: 'grpc' });

const catalogAddress = 'PRODUCT_CATALOG_SERVICE_ADDR';
const cartAddress = 'CART_SERVICE_ADDR';
const currencyAddress = 'CURRENCY_SERVICE_ADDR';
const shippingAddress = 'SHIPPING_SERVICE_ADDR';

/** The default of an application that nobody has described: small, quick, calling nobody. */
const plainProfile: Profile = {
  idleCores: 0.004,
  cpuMsPerCall: 1,
  latencyMs: 2,
  latencySpread: 0.3,
  memoryMiB: 30,
  memoryMiBPerRps: 0.05,
  readyMs: 700,
  portEnv: null,
  port: null,
  dependencies: {},
};

/** Online Boutique's applications by workload. */
export const profiles: Readonly<Record<string, Profile>> = {
  frontend: {
    ...plainProfile,
    port: 8080,
    cpuMsPerCall: 2.2,
    latencyMs: 4,
    memoryMiB: 38,
    memoryMiBPerRps: 0.2,
    portEnv: 'PORT',
    dependencies: {
      // The shop page would rather show no advertisement than wait for one.
      adservice: grpc('AD_SERVICE_ADDR', 100),
      cartservice: grpc(cartAddress, 1_500),
      checkoutservice: grpc('CHECKOUT_SERVICE_ADDR', 5_000),
      currencyservice: grpc(currencyAddress, 1_500),
      productcatalogservice: grpc(catalogAddress, 1_500),
      recommendationservice: grpc('RECOMMENDATION_SERVICE_ADDR', 1_500),
      shippingservice: grpc(shippingAddress, 1_500),
    },
  },
  checkoutservice: {
    ...plainProfile,
    port: 5050,
    cpuMsPerCall: 3,
    latencyMs: 4,
    portEnv: 'PORT',
    dependencies: {
      cartservice: grpc(cartAddress, 2_000),
      currencyservice: grpc(currencyAddress, 2_000),
      emailservice: grpc('EMAIL_SERVICE_ADDR', 2_000),
      paymentservice: grpc('PAYMENT_SERVICE_ADDR', 2_000),
      productcatalogservice: grpc(catalogAddress, 2_000),
      shippingservice: grpc(shippingAddress, 2_000),
    },
  },
  recommendationservice: {
    ...plainProfile,
    port: 8080,
    idleCores: 0.012,
    cpuMsPerCall: 2.4,
    latencyMs: 6,
    latencySpread: 0.35,
    memoryMiB: 180,
    memoryMiBPerRps: 0.3,
    readyMs: 1_400,
    portEnv: 'PORT',
    dependencies: { productcatalogservice: grpc(catalogAddress, 1_500) },
  },
  cartservice: {
    ...plainProfile,
    port: 7070,
    idleCores: 0.01,
    cpuMsPerCall: 1.6,
    latencyMs: 2.6,
    memoryMiB: 62,
    memoryMiBPerRps: 0.25,
    readyMs: 1_100,
    dependencies: { 'redis-cart': { env: 'REDIS_ADDR', timeoutMs: 1_000, protocol: 'redis' } },
  },
  adservice: {
    ...plainProfile,
    port: 9555,
    idleCores: 0.015,
    cpuMsPerCall: 2,
    latencyMs: 4.5,
    latencySpread: 0.35,
    memoryMiB: 150,
    memoryMiBPerRps: 0.4,
    readyMs: 1_800,
    portEnv: 'PORT',
  },
  currencyservice: {
    ...plainProfile,
    port: 7000,
    idleCores: 0.008,
    cpuMsPerCall: 1,
    latencyMs: 1.6,
    latencySpread: 0.35,
    memoryMiB: 64,
    portEnv: 'PORT',
  },
  productcatalogservice: { ...plainProfile, port: 3550, latencyMs: 2.2, portEnv: 'PORT' },
  shippingservice: { ...plainProfile, port: 50_051, latencyMs: 2, portEnv: 'PORT' },
  paymentservice: { ...plainProfile, port: 50_051, cpuMsPerCall: 1.5, latencyMs: 5, memoryMiB: 70, portEnv: 'PORT' },
  emailservice: {
    ...plainProfile,
    port: 8080,
    idleCores: 0.01,
    cpuMsPerCall: 2,
    latencyMs: 8,
    memoryMiB: 68,
    readyMs: 1_200,
    portEnv: 'PORT',
  },
  'redis-cart': { ...plainProfile, port: 6379, cpuMsPerCall: 0.15, latencyMs: 0.5, memoryMiB: 18, readyMs: 500 },
  loadgenerator: {
    ...plainProfile,
    idleCores: 0.02,
    cpuMsPerCall: 4,
    memoryMiB: 82,
    readyMs: 900,
    dependencies: { frontend: { env: 'FRONTEND_ADDR', timeoutMs: 10_000, protocol: 'http' } },
  },
};

/** The profile of a workload; a stranger is taken for a plain one. */
export const profileOf = (workload: string): Profile => profiles[workload] ?? plainProfile;

/** One kind of call that a piece of work makes. */
export interface Call {
  readonly to: string;
  readonly rpc: string;
  readonly times: number;
  /** When an essential call fails, the work fails; else it goes on without the answer. */
  readonly essential: boolean;
  /** What the caller says when the call fails. */
  readonly trouble: string;
}

/** One page of the shop, as visitors ask for it. */
export interface Page {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Share among the pages. */
  readonly weight: number;
  readonly calls: readonly Call[];
}

const essential = (to: string, rpc: string, trouble: string, times = 1): Call => ({
  to,
  rpc,
  times,
  essential: true,
  trouble,
});
const welcome = (to: string, rpc: string, trouble: string): Call => ({ to, rpc, times: 1, essential: false, trouble });

const cart = essential('cartservice', 'GetCart', 'could not retrieve cart');
const product = essential('productcatalogservice', 'GetProduct', 'could not retrieve product');
const convert = (times: number): Call =>
  essential('currencyservice', 'Convert', 'failed to convert to preferred currency', times);
const advertisement = welcome('adservice', 'GetAds', 'failed to retrieve ads');
const recommendations = welcome(
  'recommendationservice',
  'ListRecommendations',
  'failed to get product recommendations',
);
const quote = essential('shippingservice', 'GetQuote', 'failed to get shipping quote');
const redisTrouble = "Can't access cart storage.";

/** The shop's pages with what the front end calls for each; weights follow upstream's load generator. */
export const pages: readonly [Page, ...Page[]] = [
  {
    method: 'GET',
    path: '/',
    weight: 2,
    calls: [
      essential('currencyservice', 'GetSupportedCurrencies', 'could not retrieve currencies'),
      essential('productcatalogservice', 'ListProducts', 'could not retrieve products'),
      cart,
      convert(2),
      advertisement,
    ],
  },
  { method: 'GET', path: '/product/', weight: 5, calls: [product, cart, convert(1), recommendations, advertisement] },
  { method: 'GET', path: '/cart', weight: 2, calls: [cart, recommendations, quote, product, convert(2)] },
  {
    method: 'POST',
    path: '/cart',
    weight: 2,
    calls: [product, essential('cartservice', 'AddItem', 'failed to add to cart')],
  },
  { method: 'POST', path: '/setCurrency', weight: 1, calls: [] },
  {
    method: 'POST',
    path: '/cart/checkout',
    weight: 1,
    calls: [
      essential('checkoutservice', 'PlaceOrder', 'failed to complete the order'),
      recommendations,
      essential('currencyservice', 'GetSupportedCurrencies', 'could not retrieve currencies'),
    ],
  },
];

/** What the other applications call in turn, by rpc; an rpc that is not here calls nobody. */
export const downstream: Readonly<Record<string, readonly Call[]>> = {
  PlaceOrder: [
    essential('cartservice', 'GetCart', 'failed to get user cart during checkout'),
    essential('productcatalogservice', 'GetProduct', 'failed to get product'),
    essential('currencyservice', 'Convert', 'failed to convert price', 2),
    quote,
    essential('paymentservice', 'Charge', 'failed to charge card'),
    essential('shippingservice', 'ShipOrder', 'shipping error'),
    welcome('cartservice', 'EmptyCart', 'failed to empty user cart during checkout'),
    welcome('emailservice', 'SendOrderConfirmation', 'failed to send order confirmation'),
  ],
  ListRecommendations: [essential('productcatalogservice', 'ListProducts', 'failed to list products')],
  GetCart: [essential('redis-cart', 'HGET', redisTrouble)],
  AddItem: [essential('redis-cart', 'HSET', redisTrouble)],
  EmptyCart: [essential('redis-cart', 'HSET', redisTrouble)],
};

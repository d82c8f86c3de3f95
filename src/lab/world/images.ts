const boutiqueTags = ['v0.10.2', 'v0.10.1', 'v0.10.0', 'v0.9.0'];
const boutiqueNames = [
  'adservice',
  'cartservice',
  'checkoutservice',
  'currencyservice',
  'emailservice',
  'frontend',
  'loadgenerator',
  'paymentservice',
  'productcatalogservice',
  'recommendationservice',
  'shippingservice',
];

const catalogue: ReadonlySet<string> = new Set([
  ...boutiqueNames.flatMap((name) => boutiqueTags.map((tag) => `online-boutique/${name}:${tag}`)),
  ...['alpine', '7-alpine', '8-alpine', 'latest'].map((tag) => `redis:${tag}`),
  ...['latest', '1.36', 'stable'].map((tag) => `busybox:${tag}`),
]);

const shortName = (image: string): string => {
  const short = image.replace(/^library\//, '').replace(/@sha256:[0-9a-f]+$/, '');
  return /:[^/]+$/.test(short) ? short : `${short}:latest`;
};

const longName = (image: string): string => {
  const short = shortName(image);
  return short.includes('/') ? short : `library/${short}`;
};

/** Whether the laboratory's registry has the image. */
export const imageExists = (image: string): boolean => catalogue.has(shortName(image));

const repositoryOf = (image: string): string => image.replace(/:[^/]+$/, '');

const repositories: ReadonlySet<string> = new Set([...catalogue].map(repositoryOf));

/** Whether the registry knows the repository and not the tag. What else runs beside the shop comes from registries of its own. */
export const tagIsMissing = (image: string): boolean =>
  !imageExists(image) && repositories.has(repositoryOf(shortName(image)));

/** The kubelet's words for an image that the registry does not have. */
export const pullFailure = (image: string): string => {
  const reference = longName(image);
  return (
    `Failed to pull image "${image}": rpc error: code = NotFound desc = failed to pull and unpack image "${reference}": ` +
    `failed to resolve reference "${reference}": ${reference}: not found`
  );
};

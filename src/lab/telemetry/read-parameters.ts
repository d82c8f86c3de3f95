import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Reads `application/x-www-form-urlencoded` bodies, which Prometheus and Loki take beside query strings. */
export const acceptForms = (app: FastifyInstance): void => {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 1_048_576 },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
};

/** The parameters of a request: its query string, then its form. */
export const parametersOf = (request: FastifyRequest): URLSearchParams => {
  const parameters = new URLSearchParams(request.url.split('?')[1] ?? '');
  if (request.body instanceof URLSearchParams) {
    for (const [name, value] of request.body) parameters.append(name, value);
  }
  return parameters;
};

import type { FastifyInstance, FastifyReply } from 'fastify';
import { PromqlError } from './promql/promql-error.ts';

/** A parameter that cannot be used; the text is Prometheus' own form. */
export const badParameter = (name: string, reason: string): PromqlError =>
  new PromqlError('bad_data', `invalid parameter "${name}": ${reason}`);

const statusOf: Readonly<Record<string, number>> = { bad_data: 400, execution: 422 };

const sendError = (reply: FastifyReply, errorType: string, error: string) =>
  reply.code(statusOf[errorType] ?? 500).send({ status: 'error', errorType, error });

/** Answers every failure in Prometheus' envelope: 400 bad_data, 422 execution, 404 not_found, else 500 internal. */
export const answerErrorsAsPrometheus = (app: FastifyInstance): void => {
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof PromqlError) return sendError(reply, error.type, error.message);
    const message = error instanceof Error ? error.message : String(error);
    return sendError(reply, error instanceof SyntaxError ? 'bad_data' : 'internal', message);
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('404 page not found\n'));
};

import { isMap, listOf } from '../frozen.ts';
import type { ApiAnswer, ApiRequest, LineStream } from './api-request.ts';

const metaVersion = 'meta.k8s.io/v1';
const asked = /;\s*as=PartialObjectMetadata(List)?\s*;/;

const partial = (object: unknown): unknown =>
  isMap(object) && isMap(object.metadata)
    ? { apiVersion: metaVersion, kind: 'PartialObjectMetadata', metadata: object.metadata }
    : object;

const partialBody = (body: unknown): unknown => {
  if (!isMap(body) || !Array.isArray(body.items)) return partial(body);
  return {
    apiVersion: metaVersion,
    kind: 'PartialObjectMetadataList',
    metadata: body.metadata,
    items: listOf(body.items).map(partial),
  };
};

/** A Status inside an ERROR line stays what it is: it is no object of the collection. */
const partialLine = (line: unknown): unknown =>
  isMap(line) && line.type !== 'ERROR' ? { ...line, object: partial(line.object) } : line;

const partialStream = (stream: LineStream): LineStream => ({
  ...stream,
  write: (line) => stream.write(partialLine(line)),
});

/** The answer to a read in the form that the Accept header asks for: whole objects, or their metadata alone. */
export const inAskedForm = (answer: ApiAnswer, request: ApiRequest): ApiAnswer => {
  if (!asked.test(`${request.accept};`) || !['get', 'list', 'watch'].includes(request.info.verb)) return answer;
  if (answer.kind === 'stream') return { ...answer, start: (stream) => answer.start(partialStream(stream)) };
  return answer.kind === 'json' && answer.code === 200 ? { ...answer, body: partialBody(answer.body) } : answer;
};

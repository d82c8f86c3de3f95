import { isMap, listOf } from '../frozen.ts';
import { notAcceptable } from './api-error.ts';
import type { ApiAnswer, ApiRequest, LineStream, PlainAnswer } from './api-request.ts';

const metaVersion = 'meta.k8s.io/v1';
const form = /;\s*as=(PartialObjectMetadata(?:List)?)\s*(?:;|$)/;

/** The form that the client names first; the server looks no further when it does not fit. Null when whole objects are wanted. */
const askedForm = (accept: string): 'PartialObjectMetadata' | 'PartialObjectMetadataList' | null => {
  const [, name] = form.exec(accept.split(',')[0] ?? '') ?? [];
  return name === 'PartialObjectMetadata' || name === 'PartialObjectMetadataList' ? name : null;
};

const partial = (object: unknown): unknown =>
  isMap(object) && isMap(object.metadata)
    ? { apiVersion: metaVersion, kind: 'PartialObjectMetadata', metadata: object.metadata }
    : object;

const partialBody = ({ body }: PlainAnswer, asked: string): unknown => {
  if (!isMap(body)) return body;
  const isList = Array.isArray(body.items);
  if (isList !== (asked === 'PartialObjectMetadataList')) {
    throw notAcceptable(
      `you requested ${asked}, but the requested object is ${isList ? '' : 'not '}a list (${body.kind})`,
    );
  }
  if (!isList) return partial(body);
  return {
    apiVersion: metaVersion,
    kind: asked,
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

/** A line of a watch is never a list: the server cannot write the first, and the stream ends without a word. */
const brokenStream = (stream: LineStream): LineStream => ({ ...stream, write: () => stream.end() });

/** The answer to a read in the form that the Accept header asks for: whole objects, or their metadata alone. Throws 406. */
export const inAskedForm = (answer: ApiAnswer, request: ApiRequest): ApiAnswer => {
  const asked = askedForm(request.accept);
  if (asked === null || !['get', 'list', 'watch'].includes(request.info.verb)) return answer;
  if (answer.kind === 'stream') {
    const formed = asked === 'PartialObjectMetadata' ? partialStream : brokenStream;
    return { ...answer, start: (stream) => answer.start(formed(stream)) };
  }
  return answer.kind === 'json' && answer.code === 200 ? { ...answer, body: partialBody(answer, asked) } : answer;
};

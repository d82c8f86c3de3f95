import type { CaseSummary } from '../../../domain/case-file.ts';
import { textAt } from '../../../domain/json-read.ts';
import { createApiServer } from '../api-server.ts';
import type { ReplyForm } from '../connection.ts';
import { createIncidentChest } from './incident-chest.ts';
import { summaryIn } from './incident-object.ts';
import { createMirror, type Mirror, mirrorTimes } from './mirror.ts';
import { createRecords, readWatched, type WatchedRecord, watchedCollections } from './records.ts';
import { createStoreClient } from './store-client.ts';
import { labels, pathsIn } from './store-names.ts';
import type { KubernetesStoresOptions } from './store-options.ts';

/** Metadata alone: lists and watches of incidents need not carry their case files. */
const metadataOnly: ReplyForm = {
  reply: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
  watchLine: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
};

const watchedParts = (options: KubernetesStoresOptions) => {
  const { random = Math.random, times = mirrorTimes, log } = options;
  const paths = pathsIn(options.namespace);
  const server = createApiServer(options);
  const following = { random, times, log };
  const cases: Mirror<CaseSummary> = createMirror({
    ...following,
    server: createApiServer(options, metadataOnly),
    path: paths.incidents,
    read: summaryIn,
  });
  const watched: Mirror<WatchedRecord> = createMirror({
    ...following,
    server,
    path: paths.records,
    selector: `${labels.collection} in (${watchedCollections.join(',')})`,
    read: async (object) => readWatched(object),
  });
  return { paths, server, cases, watched };
};

/** What all parts of the store share: what is read and written one by one, and what is watched. */
export type StoreParts = ReturnType<typeof createStoreParts>;

/** Creates the shared parts; nothing is sent until they are used. Throws BotError `kubeconfig`. */
export const createStoreParts = (options: KubernetesStoresOptions) => {
  const { clock, ids, log, namespace } = options;
  const parts = watchedParts(options);
  const { paths, cases, watched, server } = parts;
  const client = createStoreClient({ connection: server.connection, ids });
  const records = createRecords({
    ...{ client, namespace, clock },
    path: paths.records,
    onWrite: async (object) => {
      const collection = textAt(object, 'spec', 'collection');
      if (watchedCollections.some((name) => name === collection)) await watched.enter(object);
    },
    onRemove: watched.remove,
  });
  const chest = createIncidentChest({ client, records, mirror: cases, path: paths.incidents, namespace, clock });
  return { ...parts, client, records, chest, clock, ids, log };
};

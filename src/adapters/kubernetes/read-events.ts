import type { Instant } from '../../domain/json.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { eventsFrom } from './event-data.ts';
import { listed } from './gather.ts';
import type { Reader } from './reader.ts';

/** Reads the events of a namespace since an instant. */
export const readEvents = async (reader: Reader, namespace: string, since: Instant): ReturnType<Cluster['events']> => {
  const answer = await reader.list({ apiVersion: 'v1', kind: 'Event', namespace });
  return answer.outcome === 'found' ? listed(eventsFrom(answer.value, since), answer.query) : answer;
};

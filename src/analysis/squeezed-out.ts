import type { QuotaData } from '../domain/surroundings.ts';
import type { Scene, Seen } from './scene.ts';

const countsServices = (resource: string): boolean => resource === 'services' || resource === 'count/services';

/**
 * The quota that leaves no room for another Service; undefined when there is room, or none is counted. A Service that is
 * refused leaves no trace but its absence: there is no event and no object.
 */
export const fullServiceQuota = (scene: Scene): Seen<QuotaData> | undefined =>
  scene.quotas.find(({ data }) =>
    data.resources.some(({ name, hard, used }) => countsServices(name) && used !== undefined && used >= hard),
  );

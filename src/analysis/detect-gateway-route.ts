import type { FieldChange } from '../domain/evidence.ts';
import type { Json } from '../domain/json.ts';
import { objectAt } from '../domain/json-read.ts';
import type { RouteBackend, RouteData } from '../domain/surroundings.ts';
import { confidence } from './confidence.ts';
import { becauseOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { ownerOf, type Reading, type Scene, type Seen } from './scene.ts';
import { isTrouble } from './shift.ts';

/** A route that leads past the workload that it is for. */
interface Astray {
  readonly backend: RouteBackend | undefined;
  readonly change: Seen<FieldChange> | undefined;
  readonly words: string;
}

/** Every Service that a changed part of a route names, however much of the route changed at once. */
const servicesIn = (value: Json | undefined, path: string): readonly string[] => {
  if (typeof value === 'string') return /\/(service|backendRefs\/\d+)\/name$/.test(path) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item: Json, index) => servicesIn(item, `${path}/${index}`));
  return Object.entries(objectAt(value)).flatMap(([key, inner]) => servicesIn(inner, `${path}/${key}`));
};

const leadsTo = (scene: Scene, service: string, workload: string): boolean => {
  const known = scene.services(workload).some(({ data }) => data.service.name === service);
  return known || ownerOf(service, scene.workloads) === workload;
};

const changesOfRoute = (scene: Scene, { route }: RouteData): readonly Seen<FieldChange>[] =>
  scene.changesOf(route.kind, route.name).filter(({ data }) => data.path.startsWith('/spec'));

const former = (scene: Scene, route: RouteData, workload: string): Seen<FieldChange> | undefined =>
  changesOfRoute(scene, route).find(({ data }) =>
    servicesIn(data.before, data.path).some((name) => leadsTo(scene, name, workload)),
  );

const flaws = { served: '', 'no-service': 'does not exist', 'no-port': 'has no such port' } as const;

const astrayOf = (scene: Scene, route: RouteData, workload: string): Astray | undefined => {
  const change = former(scene, route, workload);
  const broken = route.backends.find(
    ({ state, service }) => state !== 'served' && (change !== undefined || leadsTo(scene, service, workload)),
  );
  if (broken !== undefined) {
    const port = broken.port === undefined ? '' : `:${broken.port}`;
    const [own = change] = changesOfRoute(scene, route);
    return { backend: broken, change: own, words: `to service ${broken.service}${port}, which ${flaws[broken.state]}` };
  }
  const stillLed = route.backends.some(({ service }) => leadsTo(scene, service, workload));
  if (change === undefined || stillLed) return undefined;
  const now = [...new Set(route.backends.map(({ service }) => service))].join(', ');
  return { backend: undefined, change, words: `to ${now || 'nobody'} and no longer to ${workload}` };
};

/** What shows that calls no longer come through: they fail, or fewer arrive. */
const harmOf = (scene: Scene, workload: string): readonly Reading[] => {
  const arriving = scene.reading(workload, 'request_rate');
  const failing = scene.reading(workload, 'error_ratio');
  return [
    ...(arriving?.shift.standing === 'low' ? [arriving] : []),
    ...(failing !== undefined && isTrouble('error_ratio', failing.shift) ? [failing] : []),
  ];
};

const sureness = (scene: Scene, workload: string, astray: Astray, harmed: boolean): number => {
  if (astray.change !== undefined) return confidence.witnessed;
  if (harmed) return confidence.proven;
  // It may have been so for ever: then it explains an alert about this very workload at most.
  return scene.incident.suspect?.name === workload ? confidence.likely : confidence.hint;
};

/** An Ingress or a gateway route sends calls that are meant for the workload to a backend that is wrong or not there. */
export const gatewayRoute: Detector = {
  fault: 'gateway-route',
  detect(scene, workload) {
    const [found] = scene.routes.flatMap((route) => {
      const astray = astrayOf(scene, route.data, workload);
      return astray === undefined ? [] : [{ route, astray }];
    });
    if (found === undefined) return null;
    const { route, astray } = found;
    const harm = harmOf(scene, workload);
    const { kind, name } = route.data.route;
    return hypothesisOf({
      cause: { workload, fault: 'gateway-route', component: `${kind.toLowerCase()} ${name}` },
      confidence: sureness(scene, workload, astray, harm.length > 0),
      evidence: [route.id, astray.change?.id, ...harm.map(({ id }) => id), scene.state(workload)?.id],
      reasoning: `${kind} ${name} sends calls ${astray.words}${becauseOf(scene, astray.change)}`,
    });
  },
};

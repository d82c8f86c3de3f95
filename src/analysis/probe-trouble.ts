import type { ContainerResources, EventData, FieldChange, WorkloadData } from '../domain/evidence.ts';
import type { ProbeSpec } from '../domain/pod-template.ts';
import { changeOf, eventIds } from './containers.ts';
import type { Scene, Seen } from './scene.ts';

/** Which of the kubelet's questions is meant. */
export type ProbeKind = 'readiness' | 'liveness';

/** What speaks for a broken probe of one container. */
export interface ProbeTrouble {
  readonly container: ContainerResources;
  readonly probe: ProbeSpec;
  /** The probe asks where the container says that nobody listens. */
  readonly atWrongPort: boolean;
  /** The container answers, but not in the protocol in which the probe asks. */
  readonly inWrongProtocol: boolean;
  readonly change: Seen<FieldChange> | undefined;
  /** Ids of events in which the kubelet says that this probe failed. */
  readonly complaints: readonly string[];
}

const probeOf = (container: ContainerResources, kind: ProbeKind): ProbeSpec | undefined =>
  kind === 'readiness' ? container.readinessProbe : container.livenessProbe;

const asksInVain = ({ port }: ProbeSpec, { ports = [] }: ContainerResources): boolean => {
  if (typeof port === 'string') return !ports.some(({ name }) => name === port);
  return port !== undefined && ports.length > 0 && !ports.some((own) => own.port === port);
};

const complaintsOf = (scene: Scene, workload: string, kind: ProbeKind): readonly Seen<EventData>[] => {
  const told = new Set(eventIds(scene, workload, ['Unhealthy', 'Killing', 'ProbeWarning']));
  return scene
    .events(workload)
    .filter(({ id, data }) => told.has(id) && new RegExp(`${kind} probe`, 'i').test(data.message));
};

/** What a kubelet says when an HTTP question is answered by a gRPC server, or the other way round. */
const garbledWords =
  /malformed HTTP response|HTTP\/1\.x transport|http2?: |error reading server preface|unexpected HTTP status|frame too large/i;

/** The container of the template whose probe is most likely broken, with what speaks for it; null when nothing does. */
export const probeTroubleOf = (
  scene: Scene,
  workload: string,
  asked: { readonly state: WorkloadData; readonly kind: ProbeKind; readonly names: readonly string[] },
): ProbeTrouble | null => {
  const { state, kind, names } = asked;
  const complaints = complaintsOf(scene, workload, kind);
  const garbled = complaints.some(({ data }) => garbledWords.test(data.message));
  const change = changeOf(scene, workload, ({ path }) => path.includes(`/${kind}Probe`));
  const troubles = state.containers
    .filter(({ name }) => names.includes(name))
    .flatMap((container): readonly ProbeTrouble[] => {
      const probe = probeOf(container, kind);
      if (probe === undefined) return [];
      const atWrongPort = asksInVain(probe, container);
      const inWrongProtocol = !atWrongPort && garbled;
      return [{ container, probe, atWrongPort, inWrongProtocol, change, complaints: complaints.map(({ id }) => id) }];
    });
  return troubles.find(({ atWrongPort }) => atWrongPort) ?? troubles[0] ?? null;
};

/** A probe in words: `http at port 8081, path /health`. */
export const probeInWords = ({ ask, port, path, command }: ProbeSpec): string => {
  const where = port === undefined ? '' : ` at port ${port}`;
  const what = path === undefined ? '' : `, path ${path}`;
  return `${ask}${where}${what}${command === undefined ? '' : ` ${command.join(' ')}`}`;
};

/** What is wrong with the probe, in one word where it can be told. */
export const probeFlaw = ({ atWrongPort, inWrongProtocol }: ProbeTrouble): 'port' | 'protocol' | undefined => {
  if (atWrongPort) return 'port';
  return inWrongProtocol ? 'protocol' : undefined;
};

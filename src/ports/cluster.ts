import type { Topology } from '../domain/context.ts';
import type { EventData, ServiceData, WorkloadData } from '../domain/evidence.ts';
import type { Instant, JsonObject } from '../domain/json.ts';
import type {
  AutoscalerData,
  ClaimData,
  LimitRangeData,
  MeshPolicyData,
  NodeData,
  PolicyData,
  QuotaData,
  RouteData,
  VolumeData,
} from '../domain/surroundings.ts';
import type { ObjectRef } from '../domain/workload.ts';
import type { Answer } from './answer.ts';

/** Reading the Kubernetes API. Every call is bounded in time and size; trouble is `unreachable`, never an exception. */
export interface Cluster {
  workloads(namespace: string): Promise<Answer<readonly WorkloadData[]>>;
  services(namespace: string): Promise<Answer<readonly ServiceData[]>>;
  events(namespace: string, since: Instant): Promise<Answer<readonly EventData[]>>;
  /** Every node of the cluster. */
  nodes(): Promise<Answer<readonly NodeData[]>>;
  policies(namespace: string): Promise<Answer<readonly PolicyData[]>>;
  /** ResourceQuotas and LimitRanges: what admission holds the namespace to. */
  bounds(namespace: string): Promise<Answer<readonly (QuotaData | LimitRangeData)[]>>;
  /** The claims of the namespace; while one of them waits, the cluster's volumes too. */
  claims(namespace: string): Promise<Answer<readonly (ClaimData | VolumeData)[]>>;
  autoscalers(namespace: string): Promise<Answer<readonly AutoscalerData[]>>;
  /** What leads calls into the namespace and between its workloads: Ingresses, gateway routes and the policies of a mesh. */
  routes(namespace: string): Promise<Answer<readonly (RouteData | MeshPolicyData)[]>>;
  topology(namespace: string): Promise<Answer<Topology>>;
  /** One object as the API server holds it, unknown fields included. `empty` when it does not exist. */
  object(ref: ObjectRef): Promise<Answer<JsonObject>>;
  /** All objects of a kind in a namespace, or of the whole cluster, as the API server holds them. */
  objects(kind: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace?: string;
  }): Promise<Answer<readonly JsonObject[]>>;
}

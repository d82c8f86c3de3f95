import type { ClusterWriter } from './cluster-writer.ts';
import type { PolicyEngine } from './policy-engine.ts';

/** Everything by which the road changes the world, and who must agree. */
export interface Hands {
  readonly writer: ClusterWriter;
  readonly policies: PolicyEngine;
  /** The namespaces that the bot may touch. */
  readonly namespaces: readonly string[];
  /** Over all incidents. */
  readonly writesPerTenMinutesMax: number;
}

import { createHash } from 'node:crypto';

/** How many shares the incidents are dealt in: enough to be fair among a few replicas, few enough to renew. */
export const shardsMax = 16;

/** The name of a shard's Lease. */
export const shardName = (shard: number): string => `ai4all-sre-shard-${String(shard).padStart(2, '0')}`;

/** All shards' names. */
export const shardNames: readonly string[] = Array.from({ length: shardsMax }, (_, shard) => shardName(shard));

/** The shard that a key belongs to: the same in every replica. */
export const shardOf = (key: string): string =>
  shardName(createHash('sha256').update(key).digest().readUInt16BE(0) % shardsMax);

/** How many shards a member is due, when all members deal by the same rule. A member that is not listed is due none. */
export const fairShare = (identity: string, members: readonly string[]): number => {
  const sorted = [...new Set(members)].sort();
  const place = sorted.indexOf(identity);
  if (place < 0) return 0;
  return Math.floor(shardsMax / sorted.length) + (place < shardsMax % sorted.length ? 1 : 0);
};

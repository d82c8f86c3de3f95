import { invariant } from '../../domain/bot-error.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { textAt, textsAt } from '../../domain/json-read.ts';
import type { Patch } from '../../domain/plan.ts';
import type { ObjectRef } from '../../domain/workload.ts';
import { limits } from '../../limits.ts';
import type { ClusterWriter, Denial, ReadBack, Stamp } from '../../ports/cluster-writer.ts';
import type { ApiServer } from './api-server.ts';
import type { KubeConnection, KubeReply } from './connection.ts';
import { denialOf } from './denial.ts';
import { serverMessage } from './server-message.ts';
import { annotationKeys, stampedBody } from './stamped-patch.ts';

const fieldManager = 'ai4all-sre';

const contentTypes: Readonly<Record<Patch['type'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

/** Never stored: it is only ever part of a dry run. */
const challengeKey = 'sre.ai4all.dev/challenge';

interface Done {
  readonly kind: 'done';
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly auditId: string;
}

/** Why it is not done, before it is said in the words of a dry run or of a write. */
type NotDone =
  | { readonly kind: 'conflict' }
  | { readonly kind: 'withheld' }
  | Denial
  | { readonly kind: 'silence'; readonly reason: string };

const versionOf = (object: JsonObject): string => textAt(object, 'metadata', 'resourceVersion');

const goneDenial = (target: ObjectRef): Denial => ({
  kind: 'denied',
  by: 'not_found',
  message: `${target.kind} ${target.name} does not exist`,
});

/** Bounds of a writer that shares its incidents with others. */
export interface WriterBounds {
  /** Until when a write must have ended, one way or another; default writeMsMax. */
  readonly writeMsMax?: number;
  /** The way out for patches; default: the one that reads. */
  readonly acting?: Pick<KubeConnection, 'send'>;
  /** Asked as the last thing before a write is sent; default: yes. */
  readonly mayWrite?: (incidentUid: string) => boolean;
}

/** One patch on its way out. */
type Post = (
  patch: Patch,
  sent: { readonly body: Json; readonly auditId: string; readonly isDry: boolean },
) => Promise<KubeReply>;

const createChallenge =
  ({ reader }: ApiServer, post: Post): ClusterWriter['challenge'] =>
  async (target, stamp) => {
    const before = await reader.get(target);
    if (before.outcome === 'unreachable') return { kind: 'unreachable', reason: before.reason };
    if (before.outcome === 'empty') return goneDenial(target);
    const body = { metadata: { annotations: { [challengeKey]: stamp.actionId } } };
    const auditId = `${stamp.incidentUid}.${stamp.actionId}.challenge`;
    const reply = await post({ target, type: 'merge', body }, { body, auditId, isDry: true });
    if (reply.kind === 'silence') return { kind: 'unreachable', reason: reply.reason };
    if (reply.status === 200) return { kind: 'accepted', before: before.value, after: reply.body };
    return denialOf(reply) ?? { kind: 'unreachable', reason: serverMessage(reply) };
  };

/** Writes by stamped patches; each is sent to the object as it is read just before. */
export const createClusterWriter = (server: ApiServer, bounds: WriterBounds = {}): ClusterWriter => {
  const { writeMsMax = limits.writeMsMax, mayWrite = () => true, acting = server.connection } = bounds;

  /**
   * A failed `test` and an unfit patch are both 422 and their texts differ between versions; whether the object has moved on tells
   * them apart. The refusal itself is definite either way.
   */
  const refused = async (
    reply: Extract<KubeReply, { kind: 'reply' }>,
    patch: Patch,
    stamp: Stamp,
  ): Promise<NotDone> => {
    if (reply.status === 409) return { kind: 'conflict' };
    const denial = denialOf(reply);
    if (denial === null) return { kind: 'silence', reason: serverMessage(reply) };
    if (denial.by !== 'schema' || patch.type !== 'json') return denial;
    const now = await server.reader.get(patch.target);
    return now.outcome === 'found' && versionOf(now.value) !== stamp.resourceVersion ? { kind: 'conflict' } : denial;
  };

  const post: Post = async (patch, { body, auditId, isDry }) => {
    const path = await server.paths.of(patch.target);
    invariant(path !== null, 'an object that was read has a path');
    return acting.send({
      method: 'PATCH',
      path,
      query: { fieldManager, ...(isDry ? { dryRun: 'All' } : {}) },
      headers: { 'Content-Type': contentTypes[patch.type], 'Audit-ID': auditId },
      body,
      timeoutMs: Math.min(limits.writeMsMax, writeMsMax),
    });
  };

  /** The object, when it still stands where the plan was made for it; else why nothing needs to be sent. */
  const aim = async (target: ObjectRef, stamp: Stamp): Promise<{ readonly live: JsonObject } | NotDone> => {
    const now = await server.reader.get(target);
    if (now.outcome === 'unreachable') return { kind: 'silence', reason: now.reason };
    if (now.outcome === 'empty') return goneDenial(target);
    return versionOf(now.value) === stamp.resourceVersion ? { live: now.value } : { kind: 'conflict' };
  };

  const send = async (patch: Patch, stamp: Stamp, isDry: boolean): Promise<Done | NotDone> => {
    const aimed = await aim(patch.target, stamp);
    if (!('live' in aimed)) return aimed;
    if (!isDry && !mayWrite(stamp.incidentUid)) return { kind: 'withheld' };
    const auditId = `${stamp.incidentUid}.${stamp.actionId}${isDry ? '.dry' : ''}`;
    const reply = await post(patch, { body: stampedBody(patch, stamp, aimed.live), auditId, isDry });
    if (reply.kind === 'silence') return reply;
    if (reply.status !== 200) return refused(reply, patch, stamp);
    return { kind: 'done', before: aimed.live, after: reply.body, auditId: reply.headers['audit-id'] ?? auditId };
  };

  const readBack = async (target: ObjectRef, actionId: string): Promise<ReadBack> => {
    const now = await server.reader.get(target);
    if (now.outcome === 'unreachable') return { kind: 'unreachable', reason: now.reason };
    if (now.outcome === 'empty') return { kind: 'gone' };
    const isOurs = textsAt(now.value, 'metadata', 'annotations')[annotationKeys.actionId] === actionId;
    return { kind: isOurs ? 'ours' : 'not_ours', resourceVersion: versionOf(now.value), object: now.value };
  };

  return {
    dryRun: async (patch, stamp) => {
      const sent = await send(patch, stamp, true);
      if (sent.kind === 'done') return { kind: 'accepted', before: sent.before, after: sent.after };
      if (sent.kind === 'silence') return { kind: 'unreachable', reason: sent.reason };
      return sent.kind === 'withheld' ? { kind: 'conflict' } : sent;
    },
    write: async (patch, stamp) => {
      const sent = await send(patch, stamp, false);
      if (sent.kind === 'done')
        return { kind: 'written', resourceVersion: versionOf(sent.after), auditId: sent.auditId };
      return sent.kind === 'silence' ? { kind: 'lost', reason: sent.reason } : sent;
    },
    challenge: createChallenge(server, post),
    readBack,
  };
};

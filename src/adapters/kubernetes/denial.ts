import { textAt } from '../../domain/json-read.ts';
import type { Denial } from '../../ports/cluster-writer.ts';
import type { KubeReply } from './connection.ts';
import { serverMessage } from './server-message.ts';

type Reply = Extract<KubeReply, { kind: 'reply' }>;

/**
 * How policies are named in refusals: by Kyverno's CEL policies, by its classic ones, and by the API server's own admission policies.
 * Webhook names are no help: they change with versions and policies.
 */
const policyPatterns = [
  /\bPolicy ([a-z0-9][-a-z0-9.]*) (?:failed|error)\b/,
  /following policies\s+([a-z0-9][-a-z0-9.]*):/,
  /ValidatingAdmissionPolicy '([^']+)'/,
];

const policyIn = (message: string): { readonly policy?: string } => {
  const policy = policyPatterns.map((pattern) => pattern.exec(message)?.[1]).find((name) => name !== undefined);
  return policy === undefined ? {} : { policy };
};

/** Words of admission: a webhook or policy said no, could not be asked (which fails closed), or a quota is used up. */
const speaksOfAdmission =
  /denied (?:the )?request|failed calling webhook|exceeded quota|violates PodSecurity|LimitRange/i;

/** The API server wanted to ask Kyverno, and there was nobody, or nobody in time. */
const speaksOfSilence = /failed calling webhook "[^"]*kyverno/i;

const judge = (reply: Reply, message: string): Denial['by'] | null => {
  if (speaksOfSilence.test(message)) return 'unguarded';
  if (speaksOfAdmission.test(message)) return 'admission';
  if (reply.status === 401) return 'rbac';
  if (reply.status === 403) return /is forbidden: (?!User )/.test(message) ? 'admission' : 'rbac';
  if (reply.status === 404) return 'not_found';
  const unfit = [400, 405, 413, 415, 422];
  return unfit.includes(reply.status) ? 'schema' : null;
};

/** The server's definite no, by its meaning; null when the reply is none (success, conflict, or trouble in the server). */
export const denialOf = (reply: Reply): Denial | null => {
  if (reply.status < 400 || reply.status === 409) return null;
  const raw = textAt(reply.body, 'message');
  const by = judge(reply, raw);
  return by === null ? null : { kind: 'denied', by, ...policyIn(raw), message: serverMessage(reply) };
};

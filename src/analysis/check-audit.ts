import type { Attempt } from '../domain/attempt.ts';
import type { CaseFile } from '../domain/case-file.ts';
import type { Execution } from '../domain/execution.ts';
import type { AuditEvent, LineageFault } from '../domain/lineage.ts';
import type { Patch } from '../domain/plan.ts';
import { type ObjectRef, shortName } from '../domain/workload.ts';
import { limits } from '../limits.ts';

/** What the audit log must hold: one request, by its Audit-ID. */
interface Demand {
  readonly auditId: string;
  readonly kind: 'write' | 'dry run';
  readonly targets: readonly ObjectRef[];
  /** Between these instants, give or take what clocks may differ by. */
  readonly from: string;
  readonly to: string;
}

const pluralOf = (kind: string): string =>
  kind.endsWith('y') ? `${kind.slice(0, -1).toLowerCase()}ies` : `${kind.toLowerCase()}s`;

const isAbout = ({ resource, namespace, name }: AuditEvent, target: ObjectRef): boolean =>
  resource === pluralOf(target.kind) && namespace === (target.namespace ?? '') && name === target.name;

const written = (execution: Execution | undefined, patches: readonly Patch[]): readonly Demand[] =>
  (execution?.written ?? []).map(({ auditId, target }) => ({
    auditId,
    kind: 'write',
    targets: patches.map((patch) => patch.target).filter((ref) => shortName(ref) === target),
    from: execution?.intentAt ?? '',
    to: execution?.finishedAt ?? '',
  }));

const demandsOf = (attempt: Attempt, uid: string): readonly Demand[] => {
  const { plan, review, execution, undo } = attempt;
  const dryRun: Demand = {
    auditId: `${uid}.${plan.id}.dry`,
    kind: 'dry run',
    targets: plan.patches.map(({ target }) => target),
    from: plan.at,
    to: execution?.finishedAt ?? review?.at ?? plan.at,
  };
  return [
    ...(review?.passed === true ? [dryRun] : []),
    ...written(execution, plan.patches),
    ...written(undo, plan.inverse),
  ];
};

const isInTime = ({ receivedAt }: AuditEvent, { from, to }: Demand): boolean => {
  const at = Date.parse(receivedAt);
  return at >= Date.parse(from) - limits.clockSkewMsMax && at <= Date.parse(to) + limits.clockSkewMsMax;
};

/** Everything by which an event shows that it is not the request that the bot sent. The Audit-ID proves nothing: any client may choose it. */
const strangenessOf = (event: AuditEvent, demand: Demand, users: readonly string[]): readonly string[] => {
  const [uid = '', action] = demand.auditId.split('.');
  const object = `${event.resource} ${event.namespace}/${event.name}`;
  const checks: readonly (readonly [boolean, string])[] = [
    [users.includes(event.user), `was made by ${event.user}, who is not the bot`],
    [event.verb === 'patch', `has the verb ${event.verb}, and the bot only patches`],
    [demand.targets.some((target) => isAbout(event, target)), `is about ${object}, which the plan does not touch`],
    [isInTime(event, demand), `was received at ${event.receivedAt}, outside the time of the intent`],
    [
      event.incidentUid === undefined || event.incidentUid === uid,
      `writes the incident ${event.incidentUid} on the object`,
    ],
    [event.actionId === undefined || event.actionId === action, `writes the action ${event.actionId} on the object`],
  ];
  return checks.filter(([isRight]) => !isRight).map(([, what]) => what);
};

const meets =
  (demand: Demand) =>
  (event: AuditEvent): boolean =>
    event.auditId === demand.auditId &&
    event.stage === 'ResponseComplete' &&
    event.code > 0 &&
    event.code < 300 &&
    event.isDryRun === (demand.kind === 'dry run');

const faultsOf = (demand: Demand, events: readonly AuditEvent[], users: readonly string[]): readonly LineageFault[] => {
  const where = `${demand.kind} ${demand.auditId}`;
  const found = events.filter(meets(demand));
  const strange = found.flatMap((event) => strangenessOf(event, demand, users)).map((what) => ({ where, what }));
  if (found.length === 0) {
    const codes = events.filter(({ auditId }) => auditId === demand.auditId).map(({ code }) => code);
    const instead = codes.length === 0 ? '' : `; what is there was answered with ${[...new Set(codes)].join(', ')}`;
    return [{ where, what: `is missing from the audit log${instead}` }];
  }
  // A dry run may be repeated as often as the object moves; a write happens once.
  const doubled = demand.kind === 'write' && found.length > 1;
  return [...(doubled ? [{ where, what: `is in the audit log ${found.length} times` }] : []), ...strange];
};

const keyOf = ({ auditId, stage, receivedAt, verb, user, name }: AuditEvent): string =>
  [auditId, stage, receivedAt, verb, user, name].join(' ');

const repeated = (events: readonly AuditEvent[]): readonly LineageFault[] => {
  const seen = new Set<string>();
  return events.flatMap((event) => {
    const key = keyOf(event);
    const isAgain = seen.has(key);
    seen.add(key);
    return isAgain ? [{ where: `event ${event.auditId}`, what: 'is in the audit log twice, to the microsecond' }] : [];
  });
};

/** Requests under this incident's name that the case knows nothing of. */
const strays = (events: readonly AuditEvent[], { attempts, incident }: CaseFile): readonly LineageFault[] => {
  const { uid } = incident;
  const ids = attempts.flatMap(({ plan, execution, undo }) => [plan.id, execution?.actionId, undo?.actionId]);
  const actions = new Set(ids.filter((id) => id !== undefined));
  const isKnown = ({ auditId }: AuditEvent): boolean => {
    const [of, action = '', suffix = ''] = auditId.split('.');
    const [, base = ''] = /^(.*?)(?:-\d{1,2})?$/.exec(action) ?? [];
    return of === uid && ['', 'dry', 'challenge'].includes(suffix) && (actions.has(action) || actions.has(base));
  };
  const accepted = new Set(
    attempts
      .flatMap(({ execution, undo }) => [...(execution?.written ?? []), ...(undo?.written ?? [])])
      .map(({ auditId }) => auditId),
  );
  return events.flatMap((event) => {
    const where = `event ${event.auditId} by ${event.user}`;
    if (!isKnown(event)) return [{ where, what: 'belongs to no plan of this incident' }];
    const isWrite = event.stage === 'ResponseComplete' && !event.isDryRun && event.code > 0 && event.code < 300;
    return isWrite && !accepted.has(event.auditId)
      ? [{ where, what: 'is a write that the case knows nothing of' }]
      : [];
  });
};

/** Joins a case with the events of the audit log that carry its uid. `users` are the accounts in whose name the bot writes. */
export const faultsInAudit = (
  file: CaseFile,
  events: readonly AuditEvent[],
  users: readonly string[],
): readonly LineageFault[] => [
  ...file.attempts
    .flatMap((attempt) => demandsOf(attempt, file.incident.uid))
    .flatMap((demand) => faultsOf(demand, events, users)),
  ...repeated(events),
  ...strays(events, file),
];

/** The event by which the API server tells of a link, where there is one. */
export const eventFor = (auditId: string | undefined, events: readonly AuditEvent[]): AuditEvent | undefined =>
  events.find((event) => event.auditId === auditId && event.stage === 'ResponseComplete' && event.code < 300);

import type { ContainerResources, EventData, FieldChange, WorkloadData } from '../domain/evidence.ts';
import type { Json } from '../domain/json.ts';
import type { Condition, SurroundingData } from '../domain/surroundings.ts';
import { redact } from './redact.ts';

const secretName = /pass(word|wd|phrase)|secret|token|credential|api[-_]?key|private[-_]?key/i;

const maskJson = (value: Json): Json => {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item: Json) => maskJson(item));
  if (typeof value !== 'object' || value === null) return value;
  const { name } = value as { readonly name?: Json };
  // An environment variable keeps its secret beside its name, not under it.
  const named = typeof name === 'string' && secretName.test(name);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      secretName.test(key) || (named && key === 'value') ? '[masked]' : maskJson(inner as Json),
    ]),
  );
};

/** A recorded change with its secrets masked, by the field's name and by the look of the value. */
export const maskChange = ({ before, after, ...change }: FieldChange): FieldChange => {
  const hidden = change.object.kind === 'Secret' || secretName.test(change.path);
  const masked = (value: Json): Json => (hidden ? '[masked]' : maskJson(value));
  return {
    ...change,
    ...(before === undefined ? {} : { before: masked(before) }),
    ...(after === undefined ? {} : { after: masked(after) }),
  };
};

/** An event with its message masked and bounded. */
export const maskEvent = (event: EventData, charsMax: number): EventData => ({
  ...event,
  message: redact(event.message).slice(0, charsMax),
});

const maskConditions = (conditions: readonly Condition[], charsMax: number): readonly Condition[] =>
  conditions.map(({ message, ...condition }) =>
    message === undefined ? condition : { ...condition, message: redact(message).slice(0, charsMax) },
  );

/** What surrounds workloads with what its conditions say masked and bounded; labels and taints are names, not secrets. */
export const maskSurrounding = (data: SurroundingData, charsMax: number): SurroundingData =>
  data.kind === 'node' || data.kind === 'autoscaler'
    ? { ...data, conditions: maskConditions(data.conditions, charsMax) }
    : data;

const maskSpec = ({ command, args, ...spec }: ContainerResources): ContainerResources => ({
  ...spec,
  ...(command === undefined ? {} : { command: command.map(redact) }),
  ...(args === undefined ? {} : { args: args.map(redact) }),
});

/** A workload with what its containers and conditions say masked and bounded. */
export const maskWorkload = (data: WorkloadData, charsMax: number): WorkloadData => ({
  ...data,
  containers: data.containers.map(maskSpec),
  ...(data.initContainers === undefined ? {} : { initContainers: data.initContainers.map(maskSpec) }),
  ...(data.conditions === undefined ? {} : { conditions: maskConditions(data.conditions, charsMax) }),
  revisions: data.revisions.map(({ failure, ...revision }) =>
    failure === undefined ? revision : { ...revision, failure: redact(failure).slice(0, charsMax) },
  ),
  pods: data.pods.map((pod) => ({
    ...pod,
    ...(pod.conditions === undefined ? {} : { conditions: maskConditions(pod.conditions, charsMax) }),
    containers: pod.containers.map(({ message, ...container }) =>
      message === undefined ? container : { ...container, message: redact(message).slice(0, charsMax) },
    ),
  })),
});

import type { Json, JsonObject } from '../../domain/json.ts';
import { listAt, numberAt, textAt, textsAt, valueAt } from '../../domain/json-read.ts';
import type { LabelDemand, Placement, RolloutStrategy, Toleration } from '../../domain/pod-template.ts';

const demandOf = (expression: Json): LabelDemand => ({
  key: textAt(expression, 'key'),
  operator: textAt(expression, 'operator'),
  values: listAt(expression, 'values').filter((value) => typeof value === 'string'),
});

/** A label selector as a list of demands; an empty list demands nothing and so finds everything. */
export const demandsOf = (selector: Json | undefined): readonly LabelDemand[] => [
  ...Object.entries(textsAt(selector, 'matchLabels')).map(([key, value]) => ({ key, operator: 'In', values: [value] })),
  ...listAt(selector, 'matchExpressions').map(demandOf),
];

/** Whether labels satisfy every demand. */
export const satisfies = (labels: Readonly<Record<string, string>>, demands: readonly LabelDemand[]): boolean =>
  demands.every(({ key, operator, values }) => {
    const value = labels[key];
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      default:
        return false;
    }
  });

const required = 'requiredDuringSchedulingIgnoredDuringExecution';

const neighbours = (podSpec: JsonObject, field: 'podAffinity' | 'podAntiAffinity') =>
  listAt(podSpec, 'affinity', field, required).map((term) => ({
    demands: demandsOf(valueAt(term, 'labelSelector')),
    topologyKey: textAt(term, 'topologyKey'),
  }));

const tolerationOf = (entry: Json): Toleration => {
  const [key, value, effect] = ['key', 'value', 'effect'].map((field) => textAt(entry, field));
  return {
    ...(key === '' || key === undefined ? {} : { key }),
    operator: textAt(entry, 'operator') || 'Equal',
    ...(value === '' || value === undefined ? {} : { value }),
    ...(effect === '' || effect === undefined ? {} : { effect }),
  };
};

/** What a pod spec demands of nodes and neighbours. Matches on fields (`metadata.name`) stand beside those on labels. */
export const placementOf = (podSpec: JsonObject): Placement => {
  const [nodeName, schedulerName, priorityClass] = ['nodeName', 'schedulerName', 'priorityClassName'].map((field) =>
    textAt(podSpec, field),
  );
  return {
    nodeSelector: textsAt(podSpec, 'nodeSelector'),
    nodeAffinity: listAt(podSpec, 'affinity', 'nodeAffinity', required, 'nodeSelectorTerms').map((term) =>
      [...listAt(term, 'matchExpressions'), ...listAt(term, 'matchFields')].map(demandOf),
    ),
    antiAffinity: neighbours(podSpec, 'podAntiAffinity'),
    affinity: neighbours(podSpec, 'podAffinity'),
    tolerations: listAt(podSpec, 'tolerations').map(tolerationOf),
    ...(nodeName ? { nodeName } : {}),
    ...(schedulerName && schedulerName !== 'default-scheduler' ? { schedulerName } : {}),
    ...(priorityClass ? { priorityClass } : {}),
  };
};

const amountAt = (spec: Json | undefined, field: string): number | string | undefined =>
  numberAt(spec, 'rollingUpdate', field) ?? (textAt(spec, 'rollingUpdate', field) || undefined);

/** How a workload replaces its pods. */
export const strategyOf = (object: JsonObject): RolloutStrategy => {
  const spec = valueAt(object, 'spec', 'strategy') ?? valueAt(object, 'spec', 'updateStrategy');
  const maxSurge = amountAt(spec, 'maxSurge');
  const maxUnavailable = amountAt(spec, 'maxUnavailable');
  return {
    type: textAt(spec, 'type') || 'RollingUpdate',
    ...(maxSurge === undefined ? {} : { maxSurge }),
    ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
  };
};

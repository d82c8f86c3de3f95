import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { parseDurationMs } from '../duration.ts';
import { parsePromql } from '../promql/parse-promql.ts';
import type { AlertRule, RuleGroup } from './alert-rule.ts';

const texts = z.record(z.string(), z.string()).default({});

const durationMs = z.string().transform((text, context) => {
  const milliseconds = parseDurationMs(text);
  if (milliseconds === null) context.addIssue(`not a duration: ${text}`);
  return milliseconds ?? 0;
});

const query = z.string().transform((text, context) => {
  try {
    parsePromql(text);
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : String(error));
  }
  return text;
});

const alertingRule = z
  .strictObject({
    alert: z.string().min(1),
    expr: query,
    for: durationMs.default(0),
    keep_firing_for: durationMs.default(0),
    labels: texts,
    annotations: texts,
  })
  .transform(
    (rule): AlertRule => ({
      alert: rule.alert,
      expr: rule.expr.trim(),
      forMs: rule.for,
      keepFiringForMs: rule.keep_firing_for,
      labels: rule.labels,
      annotations: rule.annotations,
    }),
  );

const groups = z.object({
  groups: z.array(z.object({ name: z.string(), interval: z.string().optional(), rules: z.array(alertingRule) })),
});

const namedObject = z.object({
  apiVersion: z.literal('monitoring.coreos.com/v1'),
  kind: z.literal('PrometheusRule'),
  spec: groups,
});

/** The operator's object, a plain rule file, or neither. */
const schemaFor = (value: unknown) => {
  if (typeof value !== 'object' || value === null) return null;
  if ('kind' in value) return value.kind === 'PrometheusRule' ? namedObject.transform(({ spec }) => spec) : null;
  return 'groups' in value ? groups : null;
};

/** The rule groups in one YAML text, whose documents are PrometheusRule objects or plain rule files; other objects are passed over. Throws an error that names the file for a rule that is not valid. */
export const readRules = (file: string, yaml: string): readonly RuleGroup[] =>
  parseAllDocuments(yaml).flatMap((parsed) => {
    const value: unknown = parsed.toJS();
    if (parsed.errors.length > 0) throw new Error(`${file}: ${parsed.errors[0]?.message}`);
    const read = schemaFor(value)?.safeParse(value);
    if (read === undefined) return [];
    if (!read.success) throw new Error(`${file} holds a rule that is not valid: ${z.prettifyError(read.error)}`);
    return read.data.groups.map(({ name, rules }) => ({ name, file, rules }));
  });

/** The rule groups of all YAML files in a folder, in the order of their names. */
export const readRulesFolder = (folder: string): readonly RuleGroup[] =>
  readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .flatMap((name) => readRules(basename(name), readFileSync(join(folder, name), 'utf8')));

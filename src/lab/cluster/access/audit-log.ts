import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { ApiUser, RequestInfo } from '../api/api-request.ts';

/** One line of the audit log, in the form of audit.k8s.io/v1. */
export interface AuditEvent {
  readonly kind: 'Event';
  readonly apiVersion: 'audit.k8s.io/v1';
  readonly level: 'Metadata' | 'Request';
  readonly auditID: string;
  readonly stage: 'ResponseComplete';
  readonly requestURI: string;
  readonly verb: string;
  readonly user: ApiUser;
  readonly sourceIPs: readonly string[];
  readonly userAgent: string;
  readonly objectRef?: Readonly<Record<string, string>>;
  readonly responseStatus: Readonly<Record<string, unknown>>;
  readonly requestObject?: unknown;
  /** RFC 3339 with microseconds. */
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The record of who asked for what. */
export interface AuditLog {
  append(event: AuditEvent): void;
  /** The newest events, oldest first. */
  events(): readonly AuditEvent[];
  /** Writes out what is buffered. */
  close(): Promise<void>;
}

/** What an event says about the object: nothing for paths that are no resource. */
export const objectRefOf = (info: RequestInfo): AuditEvent['objectRef'] => {
  if (!info.isResource) return undefined;
  const fields: readonly (readonly [string, string])[] = [
    ['resource', info.plural],
    ['namespace', info.namespace],
    ['name', info.name],
    ['apiGroup', info.group],
    ['apiVersion', info.version],
    ['subresource', info.subresource],
  ];
  return Object.fromEntries(fields.filter(([, value]) => value !== ''));
};

/** An instant as audit events write it. */
export const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

/** Makes an audit log that keeps `eventsMax` events in memory and appends each to the file at `path`, when one is given. */
export const createAuditLog = (options: {
  readonly path?: string | undefined;
  readonly eventsMax: number;
}): AuditLog => {
  const file = options.path === undefined ? null : createWriteStream(options.path, { flags: 'a', mode: 0o600 });
  // A full disk must not stop the cluster: the events stay readable in memory.
  file?.on('error', () => file.destroy());
  let kept: AuditEvent[] = [];
  return {
    append: (event) => {
      kept.push(event);
      if (kept.length > options.eventsMax * 1.25) kept = kept.slice(-options.eventsMax);
      if (file?.writable === true) file.write(`${JSON.stringify(event)}\n`);
    },
    events: () => kept.slice(-options.eventsMax),
    close: async () => {
      if (file === null || file.destroyed) return;
      file.end();
      await finished(file);
    },
  };
};

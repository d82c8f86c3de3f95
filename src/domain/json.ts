/** A JSON value; every noun of the domain is one, so that a case file survives any store. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** An instant as an ISO 8601 string in UTC, e.g. `2026-11-22T18:30:00.000Z`. */
export type Instant = string;

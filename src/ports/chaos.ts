/** One fault that can be injected on purpose. */
export interface ChaosFault {
  readonly name: string;
  readonly description: string;
  readonly workload: string;
}

/** Fault injection, by Chaos Mesh or by a chaos endpoint. Absent in a bot that was not given one. */
export interface Chaos {
  readonly label: string;
  faults(): Promise<readonly ChaosFault[]>;
  /** Starts a fault. Returns one sentence of what was done; throws BotError with advice when it cannot. */
  inject(name: string, incidentNote: string): Promise<string>;
}

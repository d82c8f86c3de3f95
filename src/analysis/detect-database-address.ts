import { addressDetector } from './wrong-address.ts';

/** The workload runs and is told of a data store where there is none. */
export const databaseAddress = addressDetector('database-address', true);

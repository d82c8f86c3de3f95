import { addressDetector } from './wrong-address.ts';

/** The workload runs and is told to call a host or a port that the namespace does not serve. */
export const wrongAddress = addressDetector('wrong-address', false);

import { refusalDetector } from './creation-refusal.ts';

/** The pods name a service account that does not exist. */
export const missingServiceAccount = refusalDetector({
  fault: 'missing-service-account',
  words: /serviceaccounts? "([^"]+)" not found/,
  component: ([, name]) => `serviceaccount ${name}`,
  witnesses: () => [],
  suspects: () => [],
  ownFields: /\/serviceAccount(Name)?$/,
});

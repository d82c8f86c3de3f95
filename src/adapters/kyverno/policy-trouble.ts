import type { Json, JsonObject } from '../../domain/json.ts';
import { listAt, textAt } from '../../domain/json-read.ts';
import type { PolicyState } from '../../ports/policy-engine.ts';

/** Whether a webhook serves a policy: Kyverno writes the names of those that it serves into the path of its address. */
const serves = (webhook: Json, policy: string): boolean =>
  [textAt(webhook, 'clientConfig', 'service', 'path'), textAt(webhook, 'clientConfig', 'url')].some((address) =>
    address.split('?')[0]?.split('/').includes(policy),
  );

/** Why a policy does not keep a write from happening, in words that follow its name; null when it stands guard. */
export const troubleWith = (state: PolicyState, configuration: JsonObject): string | null => {
  if (state.action !== 'Deny') return state.action === 'Audit' ? 'only audits' : 'only warns';
  if (!state.ready) return 'is not ready';
  const webhooks = listAt(configuration, 'webhooks').filter((webhook) => serves(webhook, state.name));
  if (webhooks.length === 0) return 'is asked by no webhook';
  return webhooks.some((webhook) => textAt(webhook, 'failurePolicy') === 'Ignore')
    ? 'lets writes pass when Kyverno does not answer (failurePolicy: Ignore)'
    : null;
};

// Sets GoAlert up for the laboratory: one service whose escalation policy posts to the bot, and an integration key whose
// address Alertmanager finds in a Secret. Looks first and makes only what is missing, so that it may run again at any time.
import { readFile } from 'node:fs/promises';

const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};

const goalert = need('GOALERT_URL');
const cluster = process.env.KUBERNETES_URL ?? 'https://kubernetes.default.svc';
const tokenFile = process.env.TOKEN_FILE ?? '/var/run/secrets/kubernetes.io/serviceaccount/token';
const serviceName = 'online-boutique';
const keyName = 'Alertmanager';

const send = async (url, init) => {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${new URL(url).host} answered ${response.status}`);
  return response;
};

/** GoAlert's login is a form of its own pages: it wants to see where the form was. */
const logIn = async () => {
  const response = await send(`${goalert}/api/v2/identity/providers/basic?noRedirect=1`, {
    method: 'POST',
    headers: { referer: `${goalert}/` },
    body: new URLSearchParams({ username: 'admin', password: need('ADMIN_PASSWORD') }),
  });
  return response.text();
};

const asking = (token) => async (query, variables) => {
  const response = await send(`${goalert}/api/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors?.length) throw new Error(`GoAlert refused: ${errors.map(({ message }) => message).join('; ')}`);
  return data;
};

const service = {
  name: serviceName,
  description: 'Online Boutique, watched by AI4ALL-SRE',
  newEscalationPolicy: {
    name: serviceName,
    description: 'The bot first. Add the people on call as further steps.',
    repeat: 0,
    steps: [
      {
        delayMinutes: 5,
        actions: [
          {
            type: 'builtin-webhook',
            args: { webhook_url: `${need('BOT_URL')}/alerts/goalert/${need('GOALERT_SECRET')}` },
          },
        ],
      },
    ],
  },
  newIntegrationKeys: [{ type: 'prometheusAlertmanager', name: keyName }],
};

const keys = 'id name integrationKeys { id name href }';

const findOrMake = async (ask) => {
  const found = await ask(`query ($search: String) { services(input: { search: $search }) { nodes { ${keys} } } }`, {
    search: serviceName,
  });
  const known = found.services.nodes.find(({ name }) => name === serviceName);
  if (known) return known;
  const made = await ask(`mutation ($input: CreateServiceInput!) { createService(input: $input) { ${keys} } }`, {
    input: service,
  });
  return made.createService;
};

const keep = async (url) => {
  const token = (await readFile(tokenFile, 'utf8')).trim();
  await send(`${cluster}/api/v1/namespaces/monitoring/secrets/goalert-integration?fieldManager=goalert-setup`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ stringData: { url } }),
  });
};

const { integrationKeys } = await findOrMake(asking(await logIn()));
const key = integrationKeys.find(({ name }) => name === keyName);
if (!key) throw new Error(`the service ${serviceName} has no integration key named ${keyName}: make one in GoAlert`);
// GoAlert builds the address from its public one, which may be a gateway that Alertmanager cannot reach.
const { pathname, search } = new URL(key.href, goalert);
await keep(`${goalert}${pathname}${search}`);
process.stdout.write(`The service ${serviceName} is ready, and Alertmanager knows its integration key.\n`);

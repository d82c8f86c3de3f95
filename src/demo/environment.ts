/** Secrets of the laboratory's alert senders: good for loopback only. */
export const laboratorySenders = {
  alertmanager: 'alertmanager-laboratory-secret',
  goalert: 'goalert-laboratory-secret',
} as const;

/** Where a laboratory answers, and what proves the bot to it. */
export interface LaboratoryAddress {
  readonly slack: { readonly botToken: string; readonly appToken: string; readonly apiUrl: string };
  readonly kubeconfigPath: string;
  readonly namespace: string;
  readonly prometheusUrl: string;
  readonly lokiUrl: string;
  /** Absent where nobody keeps traces. */
  readonly tracesUrl?: string;
  readonly chaosUrl: string;
}

/** The bot's environment beside a laboratory, as a person would write it for a workspace and a cluster of their own. `extra` wins. */
export const environmentBeside = (
  lab: LaboratoryAddress,
  dataDir: string,
  extra: Readonly<Record<string, string | undefined>> = {},
): Record<string, string | undefined> => ({
  SLACK_BOT_TOKEN: lab.slack.botToken,
  SLACK_APP_TOKEN: lab.slack.appToken,
  SLACK_API_URL: lab.slack.apiUrl,
  SLACK_CHANNEL: 'incidents',
  APPROVER_GROUP: 'sre-approvers',
  KUBECONFIG: lab.kubeconfigPath,
  NAMESPACES: lab.namespace,
  PROMETHEUS_URL: lab.prometheusUrl,
  // Four of the laboratory's two-second scrapes, and one to spare.
  PROMETHEUS_RATE_WINDOW_SECONDS: '10',
  LOKI_URL: lab.lokiUrl,
  TRACES_URL: lab.tracesUrl,
  WEBHOOK_PORT: '0',
  WEBHOOK_SENDERS: Object.entries(laboratorySenders)
    .map(([name, secret]) => `${name}:${secret}`)
    .join(','),
  CHAOS: lab.chaosUrl,
  MODE: 'autonomous',
  AUTO_APPROVE_SECONDS: '20',
  APPROVAL_EXPIRY_SECONDS: '900',
  VERIFY_SECONDS: '90',
  VERIFY_STABLE_SECONDS: '6',
  DATA_DIR: dataDir,
  ...extra,
});

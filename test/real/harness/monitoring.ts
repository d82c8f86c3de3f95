import { join } from 'node:path';
import { stringify } from 'yaml';
import { laboratorySenders } from '../../../src/demo/environment.ts';
import { alertmanagerConfiguration, ruleGroups } from './alerting-manifests.ts';
import { answers } from './answers.ts';
import { builtProgram } from './control-plane.ts';
import { debianProgram } from './debian-packages.ts';
import { applyInOrder, type KubeClients, objectsOfFile } from './kube-client.ts';
import { manifestsFolder, runFolder } from './places.ts';
import { type RunFiles, writePrivate } from './run-files.ts';
import type { ProcessPlan } from './supervisor.ts';

/** The ports of monitoring, and the one where Alertmanager looks for the bot. */
export interface MonitoringPorts {
  readonly kubeStateMetrics: number;
  readonly kubeStateTelemetry: number;
  readonly prometheus: number;
  readonly alertmanager: number;
  readonly bot: number;
}

/** What kube-state-metrics may read, as the repository grants it. */
export const installMonitoringRights = (clients: KubeClients): Promise<void> =>
  applyInOrder(clients, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'monitoring' } },
    ...objectsOfFile(join(manifestsFolder, 'prometheus', 'kube-state-metrics.yaml')).filter(({ kind }) =>
      ['ServiceAccount', 'ClusterRole', 'ClusterRoleBinding'].includes(kind ?? ''),
    ),
  ]);

/** The plan for kube-state-metrics, with the resources that its role lets it read. */
export const kubeStateMetricsPlan = (ports: MonitoringPorts, files: RunFiles): ProcessPlan => ({
  ...builtProgram('kube-state-metrics', 'kube-state-metrics'),
  args: [
    `--kubeconfig=${files.kubeconfigs.metrics}`,
    '--host=127.0.0.1',
    `--port=${ports.kubeStateMetrics}`,
    '--telemetry-host=127.0.0.1',
    `--telemetry-port=${ports.kubeStateTelemetry}`,
    '--resources=daemonsets,deployments,horizontalpodautoscalers,namespaces,nodes,persistentvolumeclaims,pods,replicasets,statefulsets',
  ],
  ready: () => answers(`http://127.0.0.1:${ports.kubeStateMetrics}/livez`),
});

const prometheusConfiguration = (ports: MonitoringPorts, rules: string) => ({
  // Faster than in production, so that nobody waits; a rule's own patience is the same.
  global: { scrape_interval: '2s', evaluation_interval: '2s' },
  rule_files: [rules],
  alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${ports.alertmanager}`] }] }] },
  scrape_configs: [
    {
      job_name: 'kube-state-metrics',
      honor_labels: true,
      static_configs: [{ targets: [`127.0.0.1:${ports.kubeStateMetrics}`] }],
    },
  ],
});

/** The plan for Debian's Prometheus with the repository's rules. */
export const prometheusPlan = async (ports: MonitoringPorts): Promise<ProcessPlan> => {
  const { path, version } = await debianProgram('prometheus');
  const rules = writePrivate('rules.yaml', stringify({ groups: ruleGroups() }));
  const configuration = writePrivate('prometheus.yaml', stringify(prometheusConfiguration(ports, rules)));
  return {
    ...{ name: 'prometheus', version, command: path },
    args: [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${join(runFolder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${ports.prometheus}`,
      '--web.enable-remote-write-receiver',
      // What fires before Alertmanager listens would else be sent again only after a minute.
      '--rules.alert.resend-delay=2s',
    ],
    ready: () => answers(`http://127.0.0.1:${ports.prometheus}/-/ready`),
  };
};

/** The plan for Debian's Alertmanager with the repository's routes, which lead to the bot on loopback. */
export const alertmanagerPlan = async (ports: MonitoringPorts): Promise<ProcessPlan> => {
  const { path, version } = await debianProgram('prometheus-alertmanager');
  const configuration = alertmanagerConfiguration({
    url: `http://127.0.0.1:${ports.bot}/alerts/alertmanager`,
    secret: laboratorySenders.alertmanager,
  });
  return {
    ...{ name: 'alertmanager', version, command: path },
    args: [
      `--config.file=${writePrivate('alertmanager.yaml', stringify(configuration))}`,
      `--storage.path=${join(runFolder, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
      '--cluster.listen-address=',
    ],
    ready: () => answers(`http://127.0.0.1:${ports.alertmanager}/-/ready`),
  };
};

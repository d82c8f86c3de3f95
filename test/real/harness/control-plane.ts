import { join } from 'node:path';
import { answers } from './answers.ts';
import { auditLog } from './cluster-state.ts';
import { componentNamed, folderOf, versionOf } from './components.ts';
import { runFolder } from './places.ts';
import type { RunFiles } from './run-files.ts';
import type { ProcessPlan } from './supervisor.ts';

/** The ports that the control plane listens on. */
export interface ControlPlanePorts {
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly apiServer: number;
  readonly controllers: number;
  readonly scheduler: number;
}

/** The parts of a plan that the component itself says. */
export const builtProgram = (component: string, binary: string) => ({
  name: binary,
  version: versionOf(componentNamed(component)),
  command: join(folderOf(componentNamed(component)), binary),
});

/** The plan for etcd. It does not wait for the disk: nobody needs its data after a crash. */
export const etcdPlan = ({ etcd, etcdPeer }: ControlPlanePorts): ProcessPlan => {
  const [client, peer] = [`http://127.0.0.1:${etcd}`, `http://127.0.0.1:${etcdPeer}`];
  return {
    ...builtProgram('etcd', 'etcd'),
    args: [
      `--data-dir=${join(runFolder, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync',
    ],
    ready: () => answers(`${client}/health`),
  };
};

/** The plan for the API server: RBAC, tokens, an audit log, and admission as it is by default. */
export const apiServerPlan = (ports: ControlPlanePorts, files: RunFiles): ProcessPlan => ({
  ...builtProgram('kubernetes', 'kube-apiserver'),
  args: [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.apiServer}`,
    // Loopback may not stand in the endpoints of the Service "kubernetes", and nobody asks for it there.
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=RBAC',
    `--client-ca-file=${files.ca}`,
    `--tls-cert-file=${files.certificate}`,
    `--tls-private-key-file=${files.key}`,
    `--token-auth-file=${files.tokens}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${files.accountPublicKey}`,
    `--service-account-signing-key-file=${files.accountKey}`,
    `--audit-policy-file=${files.auditPolicy}`,
    `--audit-log-path=${auditLog}`,
    '--profiling=false',
  ],
  ready: () => answers(`https://127.0.0.1:${ports.apiServer}/readyz`, files.caPem),
});

const asUser = (kubeconfig: string, files: RunFiles): readonly string[] => [
  `--kubeconfig=${kubeconfig}`,
  `--authentication-kubeconfig=${kubeconfig}`,
  `--authorization-kubeconfig=${kubeconfig}`,
  '--bind-address=127.0.0.1',
  `--tls-cert-file=${files.certificate}`,
  `--tls-private-key-file=${files.key}`,
  '--leader-elect=false',
  '--profiling=false',
];

/** The plan for the controllers. */
export const controllersPlan = (ports: ControlPlanePorts, files: RunFiles): ProcessPlan => ({
  ...builtProgram('kubernetes', 'kube-controller-manager'),
  args: [
    ...asUser(files.kubeconfigs.controllers, files),
    `--secure-port=${ports.controllers}`,
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${files.accountKey}`,
    `--root-ca-file=${files.ca}`,
  ],
  ready: () => answers(`https://127.0.0.1:${ports.controllers}/healthz`, files.caPem),
});

/** The plan for the scheduler. */
export const schedulerPlan = (ports: ControlPlanePorts, files: RunFiles): ProcessPlan => ({
  ...builtProgram('kubernetes', 'kube-scheduler'),
  args: [...asUser(files.kubeconfigs.scheduler, files), `--secure-port=${ports.scheduler}`],
  ready: () => answers(`https://127.0.0.1:${ports.scheduler}/healthz`, files.caPem),
});

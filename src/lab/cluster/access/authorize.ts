import { ApiError } from '../api/api-error.ts';
import type { ApiUser, RequestInfo } from '../api/api-request.ts';
import { qualifiedPlural } from '../api/served-resource.ts';
import { type JsonMap, listOf, mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import type { KubeStore } from '../kube-store.ts';

/** Whether RBAC lets a request pass, and by which binding; the reason goes into the audit record. */
export interface Permission {
  readonly allowed: boolean;
  readonly reason: string;
}

const discoveryPath = /^\/(api|apis|openapi|version|healthz|livez|readyz)(\/|$)/;
const publicPath = /^\/(version|healthz|livez|readyz)(\/|$)/;
const selfReviews = new Set(['selfsubjectaccessreviews', 'selfsubjectreviews']);

const names = (list: unknown, wanted: string): boolean => {
  const all = listOf(list);
  return all.includes('*') || all.includes(wanted);
};

const ruleAllows = (rule: JsonMap, info: RequestInfo): boolean => {
  const resource = info.subresource === '' ? info.plural : `${info.plural}/${info.subresource}`;
  const only = listOf(rule.resourceNames);
  return (
    names(rule.verbs, info.verb) &&
    names(rule.apiGroups, info.group) &&
    (names(rule.resources, resource) || (info.subresource !== '' && names(rule.resources, `*/${info.subresource}`))) &&
    (only.length === 0 || only.includes(info.name))
  );
};

const pathRuleAllows = (rule: JsonMap, info: RequestInfo): boolean =>
  names(rule.verbs, info.verb) &&
  listOf(rule.nonResourceURLs).some((pattern) => {
    const text = String(pattern);
    return text.endsWith('*') ? info.path.startsWith(text.slice(0, -1)) : info.path === text;
  });

const isSubject = (subject: JsonMap, user: ApiUser, bindingNamespace: string): boolean => {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.username;
    case 'Group':
      return user.groups.includes(String(subject.name));
    case 'ServiceAccount':
      return `system:serviceaccount:${subject.namespace ?? bindingNamespace}:${subject.name}` === user.username;
    default:
      return false;
  }
};

const subjectText = (subject: JsonMap): string =>
  subject.kind === 'ServiceAccount'
    ? `ServiceAccount "${subject.name}/${subject.namespace}"`
    : `${subject.kind} "${subject.name}"`;

/** What needs no binding: health for all, discovery and questions about oneself for who is authenticated. */
const isOpenTo = (user: ApiUser, info: RequestInfo): boolean => {
  if (!user.groups.includes('system:authenticated')) return publicPath.test(info.path) && info.verb === 'get';
  return info.isResource ? selfReviews.has(info.plural) : discoveryPath.test(info.path);
};

/** Answers from the roles and bindings that are stored at the moment of the question. */
export const createAuthorizer = (store: KubeStore): ((user: ApiUser, info: RequestInfo) => Permission) => {
  const rulesOf = (binding: KubeObject): readonly JsonMap[] => {
    const { kind, name } = mapOf(binding.roleRef);
    const role =
      kind === 'ClusterRole'
        ? store.get('clusterroles', '', String(name))
        : store.get('roles', binding.metadata.namespace ?? '', String(name));
    return listOf(role?.rules).map(mapOf);
  };

  const grants = (binding: KubeObject, user: ApiUser, info: RequestInfo): string | null => {
    const namespace = binding.metadata.namespace ?? '';
    const subject = listOf(binding.subjects)
      .map(mapOf)
      .find((entry) => isSubject(entry, user, namespace));
    if (subject === undefined) return null;
    const isAllowed = rulesOf(binding).some((rule) =>
      info.isResource ? ruleAllows(rule, info) : pathRuleAllows(rule, info),
    );
    if (!isAllowed) return null;
    const { kind, name } = mapOf(binding.roleRef);
    const where = namespace === '' ? binding.metadata.name : `${binding.metadata.name}/${namespace}`;
    return `RBAC: allowed by ${binding.kind} "${where}" of ${kind} "${name}" to ${subjectText(subject)}`;
  };

  return (user, info) => {
    if (user.groups.includes('system:masters')) return { allowed: true, reason: '' };
    if (isOpenTo(user, info)) return { allowed: true, reason: 'RBAC: allowed by default' };
    const local = info.namespace === '' ? [] : store.list('rolebindings', info.namespace);
    for (const binding of [...store.list('clusterrolebindings'), ...local]) {
      const reason = grants(binding, user, info);
      if (reason !== null) return { allowed: true, reason };
    }
    return { allowed: false, reason: '' };
  };
};

const refusalText = (user: ApiUser, info: RequestInfo): string => {
  const who = `User ${JSON.stringify(user.username)}`;
  const resource = info.subresource === '' ? info.plural : `${info.plural}/${info.subresource}`;
  const scope = info.namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(info.namespace)}`;
  return `${who} cannot ${info.verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(info.group)} ${scope}`;
};

/** 403 in the real server's words. */
export const forbidden = (user: ApiUser, info: RequestInfo): ApiError => {
  if (!info.isResource) {
    const what = `User ${JSON.stringify(user.username)} cannot ${info.verb} path ${JSON.stringify(info.path)}`;
    return new ApiError(403, `forbidden: ${what}`, { reason: 'Forbidden', details: {} });
  }
  const name = info.name === '' ? '' : ` ${JSON.stringify(info.name)}`;
  return new ApiError(403, `${qualifiedPlural(info)}${name} is forbidden: ${refusalText(user, info)}`, {
    reason: 'Forbidden',
    details: {
      ...(info.name === '' ? {} : { name: info.name }),
      ...(info.group === '' ? {} : { group: info.group }),
      kind: info.plural,
    },
  });
};

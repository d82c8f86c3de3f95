/** Any JSON value inside a Kubernetes object. */
export type KubeValue = null | boolean | number | string | readonly KubeValue[] | { readonly [key: string]: KubeValue };

/** A Kubernetes object as the API carries it. Typed loosely on purpose: the laboratory keeps unknown fields, as etcd does. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeMetadata;
  // biome-ignore lint/suspicious/noExplicitAny: specs and statuses are as many as there are kinds; readers narrow what they read
  readonly [field: string]: any;
}

/** The metadata that the laboratory keeps. */
export interface KubeMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly unknown[];
  readonly [field: string]: unknown;
}

/** Who owns an object: controllers and garbage collection follow it. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

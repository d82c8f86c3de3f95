import canonicalize from 'canonicalize';
import { nameAlphabet } from '../seeded-random.ts';
import type { PodTemplate } from '../shapes.ts';

/** The label that ties pods and ReplicaSets to their template. */
export const templateHashLabel = 'pod-template-hash';

const fnv1a32 = (text: string): number => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
};

/** One text for each template, whatever the order of its fields and whatever hash label it already bears. */
export const templateText = (template: PodTemplate): string => {
  const { [templateHashLabel]: _hash, ...labels } = template.metadata?.labels ?? {};
  const annotations = template.metadata?.annotations ?? {};
  return canonicalize({ labels, annotations, spec: template.spec }) ?? '';
};

/** The hash in a ReplicaSet's name: FNV-1a over the canonical template, in the alphabet of names. */
export const templateHash = (template: PodTemplate): string =>
  [...String(fnv1a32(templateText(template)))]
    .map((digit) => nameAlphabet[digit.charCodeAt(0) % nameAlphabet.length])
    .join('');

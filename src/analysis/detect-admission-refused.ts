import { refusalDetector } from './creation-refusal.ts';

/** A webhook of admission, or the pod security level, refuses the pods or cannot be asked. */
export const admissionRefused = refusalDetector({
  fault: 'admission-refused',
  words: /admission webhook "([^"]+)"|failed calling webhook "([^"]+)"|violates (PodSecurity)/,
  component: ([, denied, called, level]) => `admission ${denied ?? called ?? level}`,
  witnesses: () => [],
  suspects: () => [],
  ownFields: /\/securityContext(\/|$)|\/hostNetwork$|\/hostPID$|\/volumes(\/|$)/,
});

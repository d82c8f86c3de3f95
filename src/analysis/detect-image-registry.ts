import { pullDetector } from './pull-trouble.ts';

/** A container waits because a registry from which others were pulled cannot be reached. */
export const imageRegistry = pullDetector('image-registry');

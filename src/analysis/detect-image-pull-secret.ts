import { pullDetector } from './pull-trouble.ts';

/** A container waits because the registry does not know who asks for its image. */
export const imagePullSecret = pullDetector('image-pull-secret');

import { pullDetector } from './pull-trouble.ts';

/** A container waits because the image that it names cannot be pulled. */
export const badImage = pullDetector('bad-image');

import { refusalDetector } from './creation-refusal.ts';
import type { Scene } from './scene.ts';

/** The range whose bound is the one that the refusal names; the only one when it names none of them. */
const rangesAbout = (scene: Scene, [, end, resource]: RegExpExecArray) => {
  const bounding = scene.limitRanges.filter(({ data }) =>
    data.bounds.some((bound) => bound.resource === resource && bound[end === 'minimum' ? 'min' : 'max'] !== undefined),
  );
  return bounding.length > 0 ? bounding : scene.limitRanges;
};

/** The namespace's LimitRange refuses what a container asks for. */
export const limitRange = refusalDetector({
  fault: 'limit-range',
  words: /(minimum|maximum) (\S+) usage per (?:Container|Pod)|max limit to request ratio/,
  component: (match, scene) => `limitrange ${rangesAbout(scene, match)[0]?.data.range.name ?? 'of the namespace'}`,
  witnesses: (match, scene) => rangesAbout(scene, match).map(({ id }) => id),
  suspects: (match, scene) =>
    rangesAbout(scene, match).flatMap(({ data }) => scene.changesOf('LimitRange', data.range.name)),
  ownFields: /\/resources(\/|$)/,
});

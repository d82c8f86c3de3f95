import { describe, expect, it } from 'vitest';
import { timelineWords } from '../../src/flow/timeline-words.ts';

describe('a line of a timeline', () => {
  it.each([
    ['open', 'HighErrorRatio', 'raised HighErrorRatio'],
    ['finding', 'abstains', 'found nothing of its kind'],
    ['finding', 'cartservice bad-image', 'suspects cartservice bad-image'],
    ['write-intent', 'kubectl rollout undo', 'began: kubectl rollout undo'],
    ['close', 'no_action', 'closed the incident as no action'],
    ['no-plan', '', 'found no remedy to propose'],
    ['alerts-set-aside', '', 'alerts set aside'],
    ['left-to-other-incident', 'INC-3', 'left to other incident: INC-3'],
  ])('says in plain words what the journal calls %s', (verb, subject, words) => {
    expect(timelineWords({ verb, subject })).toBe(words);
  });
});

import type { AuditRecord } from '../domain/audit.ts';

/** What each verb of the journal means to somebody who never saw one; the subject follows. */
const words: Readonly<Record<string, string>> = {
  open: 'raised',
  'alert-joined': 'raised as well',
  'alert-resolved': 'took back',
  context: 'gathered the evidence around',
  finding: 'suspects',
  verdict: 'concluded:',
  plan: 'proposed',
  'gates-passed': 'all gates passed for',
  'gates-refused': 'a gate refused',
  'no-plan': 'found no remedy to propose',
  ask: 'asked for a decision on',
  deadline: 'went on:',
  approve: 'approved',
  reject: 'rejected',
  hold: 'held',
  withdraw: 'withdrew the approval of',
  'write-intent': 'began:',
  'write-result': 'wrote',
  'undo-intent': 'began to undo:',
  'undo-result': 'undid the change of',
  verified: 'checked:',
  'look-again': 'looked again:',
  'give-up': 'gave up at the step',
  close: 'closed the incident as',
  'clock-jumped': 'the clock jumped',
};

/** A journal record as one line of a timeline; a verb without words of its own is told as it is. */
export const timelineWords = ({ verb, subject }: Pick<AuditRecord, 'verb' | 'subject'>): string => {
  if (verb === 'finding' && subject === 'abstains') return 'found nothing of its kind';
  const told = words[verb] ?? `${verb.replaceAll('-', ' ')}:`;
  const said = verb === 'close' ? subject.replaceAll('_', ' ') : subject;
  return subject === '' ? told.replace(/:$/, '') : `${told} ${said}`;
};

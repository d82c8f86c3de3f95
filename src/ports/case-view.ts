/** The thread as a view of the case file: told that a case changed, it makes the thread equal to it, whenever Slack allows. */
export interface CaseView {
  show(uid: string): void;
}

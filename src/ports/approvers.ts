/** Who may decide on remedies. */
export interface Approvers {
  /** `reason` is for the person who was refused. Fails closed when the group cannot be read and no ids are configured. */
  check(userId: string): Promise<{ readonly allowed: true } | { readonly allowed: false; readonly reason: string }>;
}

/** Where limits on cores are read and set: `/lido/v1/subscriptions/{id}/quotas/{location}`, and one of them below it. */
export function quotasPath(subscriptionId: string, location: string, name?: string): string {
  const path = `/lido/v1/subscriptions/${subscriptionId}/quotas/${location}`;
  return name === undefined ? path : `${path}/${name}`;
}

/** Cores of one kind: what machines use of them in a region, and what they may. */
export interface Quota {
  /** `cores` of all machines but spot ones, `lowPriorityCores` of those, or the family, as `az vm list-usage` names them. */
  readonly name: string;
  readonly current: number;
  readonly limit: number;
  /** Whether somebody set the limit. */
  readonly isSet: boolean;
}

/** The answer to `GET …/quotas/{location}`. */
export interface QuotaList {
  readonly value: readonly Quota[];
}

/** The body of `PUT …/quotas/{location}/{name}`. */
export interface QuotaChange {
  /** Null takes the limit back that holds where none has been set. */
  readonly limit: number | null;
}

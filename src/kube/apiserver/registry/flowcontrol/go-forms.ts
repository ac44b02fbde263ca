import type { FlowRules, FlowSchema, FlowSubject, PriorityLevelConfiguration } from "#api/kubernetes/flowcontrol";

/*
 * Specs as Kubernetes shows them in refusals: its internal types as Go writes them, in their order and with what is left out.
 * Source: pkg/apis/flowcontrol/types.go.
 */

const listed = <T>(list: readonly T[] | null | undefined): readonly T[] | null => ((list ?? []).length === 0 ? null : (list ?? null));

/** The spec of a flow schema. */
export function goFlowSchemaSpec({ priorityLevelConfiguration, matchingPrecedence = 0, ...spec }: FlowSchema["spec"]): object {
  return {
    PriorityLevelConfiguration: { Name: priorityLevelConfiguration?.name ?? "" },
    MatchingPrecedence: matchingPrecedence,
    DistinguisherMethod: spec.distinguisherMethod === undefined ? null : { Type: spec.distinguisherMethod.type ?? "" },
    Rules: listed(spec.rules?.map(goRules)),
  };
}

function goRules({ subjects, resourceRules, nonResourceRules }: FlowRules): object {
  return {
    Subjects: listed(subjects?.map(goSubject)),
    ResourceRules: listed(
      resourceRules?.map(({ verbs, apiGroups, resources, clusterScope = false, namespaces }) => ({
        Verbs: listed(verbs),
        APIGroups: listed(apiGroups),
        Resources: listed(resources),
        ClusterScope: clusterScope,
        Namespaces: listed(namespaces),
      })),
    ),
    NonResourceRules: listed(
      nonResourceRules?.map(({ verbs, nonResourceURLs }) => ({ Verbs: listed(verbs), NonResourceURLs: listed(nonResourceURLs) })),
    ),
  };
}

function goSubject({ kind = "", user, group, serviceAccount }: FlowSubject): object {
  return {
    Kind: kind,
    User: user === undefined ? null : { Name: user.name ?? "" },
    Group: group === undefined ? null : { Name: group.name ?? "" },
    ServiceAccount: serviceAccount === undefined ? null : { Namespace: serviceAccount.namespace ?? "", Name: serviceAccount.name ?? "" },
  };
}

/** The spec of a priority level. */
export function goLevelSpec({ type = "", limited, exempt }: PriorityLevelConfiguration["spec"]): object {
  return { Type: type, Limited: limited === undefined ? null : goLimited(limited), Exempt: exempt === undefined ? null : goExempt(exempt) };
}

function goLimited(limited: NonNullable<PriorityLevelConfiguration["spec"]["limited"]>): object {
  const { nominalConcurrencyShares = 0, limitResponse = {}, lendablePercent = null, borrowingLimitPercent = null } = limited;
  const { type = "", queuing } = limitResponse;
  const { queues = 0, handSize = 0, queueLengthLimit = 0 } = queuing ?? {};
  return {
    NominalConcurrencyShares: nominalConcurrencyShares,
    LimitResponse: {
      Type: type,
      Queuing: queuing === undefined ? null : { Queues: queues, HandSize: handSize, QueueLengthLimit: queueLengthLimit },
    },
    LendablePercent: lendablePercent,
    BorrowingLimitPercent: borrowingLimitPercent,
  };
}

function goExempt({
  nominalConcurrencyShares = null,
  lendablePercent = null,
}: {
  nominalConcurrencyShares?: number | null;
  lendablePercent?: number | null;
}): object {
  return { NominalConcurrencyShares: nominalConcurrencyShares, LendablePercent: lendablePercent };
}

import { type ArmRequest, type ArmResponse, ProviderError } from "../provider.ts";
import type { Registrations } from "../providers/registrations.ts";
import { BUCKETS_SINCE } from "./allowances.ts";

type Dispatch = (request: ArmRequest) => Promise<ArmResponse>;

/**
 * Adds to each answer of a provider what tells of who gave it: until 2024 the `server` behind the gateway, since then the identifier
 * of the operation. Refusals of the gateway itself have neither.
 * Source: recorded answers of Microsoft.ContainerService (`nginx`), Microsoft.Compute and Microsoft.Insights, by year.
 * Unverified: the region and the GUID in the identifier.
 */
export function tellingProvider(dispatch: Dispatch, registrations: Registrations): Dispatch {
  return async (request) => {
    try {
      return told(await dispatch(request), request, registrations);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      throw new ProviderError(told(error.response, request, registrations));
    }
  };
}

function told<Answer extends ArmResponse>(answer: Answer, request: ArmRequest, registrations: Registrations): Answer {
  const { provider } = registrations.find(request.path.namespace ?? "");
  if (provider?.server === undefined) return answer;
  const { tenantId, objectId } = request.principal;
  const header =
    request.apiVersion < BUCKETS_SINCE
      ? { server: provider.server }
      : { "x-ms-operation-identifier": `tenantId=${tenantId},objectId=${objectId}/eastus/${request.correlationId}` };
  return { ...answer, headers: { ...header, ...answer.headers } };
}

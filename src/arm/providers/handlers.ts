import type { Call, Handler } from "../door/call.ts";
import { armErrors } from "../errors.ts";
import type { Groups } from "../groups/groups.ts";
import type { ArmResponse } from "../provider.ts";
import { pageOf } from "../query.ts";
import type { KnownNamespace, Registrations, RegistrationState } from "./registrations.ts";

/** Answers for `/subscriptions/{id}/providers…` and, without a subscription, `/providers…`. */
export interface ProviderHandlers {
  readonly tenantList: Handler;
  readonly tenantGet: Handler;
  readonly list: Handler;
  readonly get: Handler;
  readonly register: Handler;
  readonly unregister: Handler;
}

/** Versions from which an answer says that registration is required. Source: recorded answers of 2018-05-01 against later ones. */
const POLICY_SINCE = "2019-05-01";

export function createProviderHandlers(registrations: Registrations, groups: Groups): ProviderHandlers {
  const subscriptionOf = (call: Call): string => call.params.subscriptionId ?? "";

  function change(to: "Registered" | "Unregistered"): Handler {
    return async (call) => {
      const known = registrations.find(call.params.namespace ?? "");
      if (to === "Unregistered") refuseInUse(known, subscriptionOf(call), groups);
      const state = await registrations.change(subscriptionOf(call), known.namespace, to);
      return ok(providerView(call, known, state));
    };
  }

  return {
    tenantList: async (call) => ok(pageOf(call, registrations.list(), tenantView)),
    tenantGet: async (call) => ok(tenantView(registrations.find(call.params.namespace ?? ""))),
    list: async (call) =>
      ok(
        pageOf(call, registrations.list(), (known) =>
          providerView(call, known, registrations.state(subscriptionOf(call), known.namespace)),
        ),
      ),
    get: async (call) => {
      const known = registrations.find(call.params.namespace ?? "");
      return ok(providerView(call, known, registrations.state(subscriptionOf(call), known.namespace)));
    },
    register: change("Registered"),
    unregister: change("Unregistered"),
  };
}

/**
 * Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types: what a provider has made
 * has to go before the provider. Unverified: code and words.
 * @throws {ArmError}
 */
function refuseInUse({ namespace, providers }: KnownNamespace, subscriptionId: string, groups: Groups): void {
  for (const { name } of groups.list(subscriptionId)) {
    const [first] = providers.flatMap((provider) => provider.resources({ subscriptionId, resourceGroup: name }));
    if (first !== undefined) throw armErrors.namespaceInUse(namespace, first.id);
  }
}

function ok(body: unknown): ArmResponse {
  return { status: 200, body };
}

/** Source: recorded `GET|POST …/providers/{namespace}` of 2018-05-01; az-client reads the same members in later versions. */
function providerView(call: Call, { namespace, resourceTypes }: KnownNamespace, state: RegistrationState): Record<string, unknown> {
  return {
    id: `/subscriptions/${call.params.subscriptionId}/providers/${namespace}`,
    namespace,
    resourceTypes,
    registrationState: state,
    ...(call.apiVersion < POLICY_SINCE ? {} : { registrationPolicy: "RegistrationRequired" }),
  };
}

/** Source: Azure/azure-rest-api-specs Microsoft.Resources resources.json, Providers_ListAtTenantScope. */
function tenantView({ namespace, resourceTypes }: KnownNamespace): Record<string, unknown> {
  return { namespace, resourceTypes };
}

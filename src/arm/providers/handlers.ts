import type { Call, Handler } from "../door/call.ts";
import type { ArmResponse } from "../provider.ts";
import type { KnownNamespace, Registrations, RegistrationState } from "./registrations.ts";

/** Answers for `/subscriptions/{id}/providers…`. */
export interface ProviderHandlers {
  readonly list: Handler;
  readonly get: Handler;
  readonly register: Handler;
  readonly unregister: Handler;
}

/** Versions from which an answer says that registration is required. Source: recorded answers of 2018-05-01 against later ones. */
const POLICY_SINCE = "2019-05-01";

export function createProviderHandlers(registrations: Registrations): ProviderHandlers {
  const subscriptionOf = (call: Call): string => call.params.subscriptionId ?? "";

  function change(to: "Registered" | "Unregistered"): Handler {
    return async (call) => {
      const known = registrations.find(call.params.namespace ?? "");
      const state = await registrations.change(subscriptionOf(call), known.namespace, to);
      return ok(providerView(call, known, state));
    };
  }

  return {
    list: async (call) =>
      ok({
        value: registrations.list().map((known) => providerView(call, known, registrations.state(subscriptionOf(call), known.namespace))),
      }),
    get: async (call) => {
      const known = registrations.find(call.params.namespace ?? "");
      return ok(providerView(call, known, registrations.state(subscriptionOf(call), known.namespace)));
    },
    register: change("Registered"),
    unregister: change("Unregistered"),
  };
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

import type { Clock, Pace } from "#lib";
import { openDocuments, type Store } from "#store";
import { armErrors } from "../errors.ts";
import { sameName } from "../ids.ts";
import type { ResourceProvider, ResourceTypeDescription } from "../provider.ts";
import { OTHER_NAMESPACES } from "./catalogue.ts";

/** How long a registration takes on Azure, in milliseconds: about a minute. Source: `az provider register --wait`, customary. */
export const REGISTRATION_MS = 60_000;

export type RegistrationState = "Registered" | "Registering" | "Unregistering" | "Unregistered";

/** A namespace as Azure Resource Manager knows it, served or not. */
export interface KnownNamespace {
  /** In Azure's own letter case. */
  readonly namespace: string;
  /** Of all providers that serve it. */
  readonly resourceTypes: readonly ResourceTypeDescription[];
  /** Empty for a namespace that nothing here serves. */
  readonly providers: readonly ResourceProvider[];
}

/** Which namespaces there are, and for which of them a subscription is registered. */
export interface Registrations {
  register(provider: ResourceProvider): void;
  providers(): readonly ResourceProvider[];
  /** @throws {ArmError} InvalidResourceNamespace. */
  find(namespace: string): KnownNamespace;
  list(): readonly KnownNamespace[];
  state(subscriptionId: string, namespace: string): RegistrationState;
  /** Begins to register or to unregister; what the answer shows. */
  change(subscriptionId: string, namespace: string, to: "Registered" | "Unregistered"): Promise<RegistrationState>;
  close(): void;
}

/** A change under way or done: its end needs no timer, the time says which. */
interface Registration {
  readonly to: "Registered" | "Unregistered";
  readonly untilMs: number;
}

/**
 * Opens the registrations that the store holds.
 * Differs from AKS: a subscription is registered for every namespace from the start; a real one registers on first use.
 */
export async function openRegistrations(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly pace: Pace;
}): Promise<Registrations> {
  const { store, clock, pace } = options;
  const documents = await openDocuments<Registration>(store, "/arm/registrations/");
  const known = new Map<string, KnownNamespace>(
    OTHER_NAMESPACES.map((namespace) => [namespace.toLowerCase(), { namespace, resourceTypes: [], providers: [] }]),
  );
  const idOf = (subscriptionId: string, namespace: string): string => `${subscriptionId}/${namespace}`.toLowerCase();

  function state(subscriptionId: string, namespace: string): RegistrationState {
    const change = documents.get(idOf(subscriptionId, namespace))?.value;
    if (change === undefined) return "Registered";
    if (clock.now() >= change.untilMs) return change.to;
    return change.to === "Registered" ? "Registering" : "Unregistering";
  }

  return {
    register(provider) {
      const { namespace, resourceTypes } = provider;
      const present = known.get(namespace.toLowerCase());
      const others = present?.providers ?? [];
      const described = others.length === 0 ? resourceTypes : [...(present?.resourceTypes ?? []), ...resourceTypes];
      known.set(namespace.toLowerCase(), { namespace, resourceTypes: described, providers: [...others, provider] });
    },
    providers: () => [...known.values()].flatMap(({ providers }) => providers),
    find(namespace) {
      const found = known.get(namespace.toLowerCase());
      if (found === undefined) throw armErrors.invalidNamespace(namespace);
      return found;
    },
    list: () => [...known.values()].sort((a, b) => (a.namespace.toLowerCase() < b.namespace.toLowerCase() ? -1 : 1)),
    state,
    async change(subscriptionId, namespace, to) {
      if (state(subscriptionId, namespace) === to) return to;
      const change = { to, untilMs: clock.now() + pace(REGISTRATION_MS) };
      await store.transact([], [documents.put(idOf(subscriptionId, namespace), change)]);
      return to === "Registered" ? "Registering" : "Unregistering";
    },
    close: () => documents.close(),
  };
}

/** Who serves a path below a namespace: whoever describes its type, or else the nearest type above it. */
export function providerFor({ providers }: KnownNamespace, segments: readonly string[]): ResourceProvider | undefined {
  const types = segments.filter((_, index) => index % 2 === 0);
  for (let length = types.length; length > 0; length--) {
    const wanted = types.slice(0, length).join("/");
    const found = providers.find(({ resourceTypes }) => resourceTypes.some(({ resourceType }) => sameName(resourceType, wanted)));
    if (found !== undefined) return found;
  }
  const first = `${types[0] ?? ""}/`.toLowerCase();
  const below = providers.find(({ resourceTypes }) =>
    resourceTypes.some(({ resourceType }) => resourceType.toLowerCase().startsWith(first)),
  );
  return below ?? providers[0];
}

/** Newest api-version of a type, `Microsoft.ContainerService/managedClusters`. @throws {ArmError} for one that is not known. */
export function newestVersion(registrations: Registrations, type: string): string {
  const [namespace = "", ...rest] = type.split("/");
  const known = registrations.find(namespace);
  const found = known.resourceTypes.find(({ resourceType }) => sameName(resourceType, rest.join("/")));
  const [version] = found?.apiVersions ?? [];
  if (version === undefined) throw armErrors.invalidType(known.namespace, "");
  return version;
}

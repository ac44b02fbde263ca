import type { Clock, Pace } from "#lib";
import { openDocuments, type Store } from "#store";
import { sameName } from "../ids.ts";
import type { FeatureState } from "../provider.ts";
import { FEATURES, type CatalogueFeature } from "./catalogue.ts";

/** How long a feature stays in Registering, in milliseconds. Source: the article and AKS docs, "a few minutes". */
export const FEATURE_REGISTRATION_MS = 3 * 60_000;

/** A feature as a subscription sees it. */
export interface SubscriptionFeature extends CatalogueFeature {
  readonly state: FeatureState;
  /** When it came into this state, milliseconds since the epoch; 0 when it never was in another. */
  readonly sinceMs: number;
}

/** The preview features of each subscription. */
export interface Features {
  /** Catalogue and what was asked for besides, by namespace when given. */
  list(subscriptionId: string, namespace?: string): readonly SubscriptionFeature[];
  /** Undefined for a name that is neither in the catalogue nor was ever asked for. */
  find(subscriptionId: string, namespace: string, name: string): SubscriptionFeature | undefined;
  state(subscriptionId: string, namespace: string, name: string): { readonly state: FeatureState; readonly sinceMs: number };
  /**
   * Begins to register or unregister, over the time that takes on Azure; `realMs` 0 makes it so at once.
   * Differs from AKS: a name that no catalogue holds is taken as a feature, so that scripts of any age work.
   */
  change(wish: FeatureWish): Promise<SubscriptionFeature>;
  close(): void;
}

/** What a subscription asks for. */
export interface FeatureWish {
  readonly subscriptionId: string;
  readonly namespace: string;
  readonly name: string;
  readonly to: "Registered" | "NotRegistered";
  /** Time it takes on Azure; {@link FEATURE_REGISTRATION_MS} when absent. */
  readonly realMs?: number;
}

interface StoredFeature {
  readonly namespace: string;
  readonly name: string;
  readonly to: "Registered" | "NotRegistered";
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Opens the features that the store holds. */
export async function openFeatures(options: { readonly store: Store; readonly clock: Clock; readonly pace: Pace }): Promise<Features> {
  const { store, clock, pace } = options;
  const documents = await openDocuments<StoredFeature>(store, "/arm/features/");
  const idOf = (subscriptionId: string, namespace: string, name: string): string => `${subscriptionId}/${namespace}/${name}`.toLowerCase();
  const view = (stored: StoredFeature): SubscriptionFeature => ({
    ...(catalogued(stored.namespace, stored.name) ?? { namespace: stored.namespace, name: stored.name }),
    ...stateAt(stored, clock.now()),
  });

  function find(subscriptionId: string, namespace: string, name: string): SubscriptionFeature | undefined {
    const stored = documents.get(idOf(subscriptionId, namespace, name))?.value;
    if (stored !== undefined) return view(stored);
    const feature = catalogued(namespace, name);
    return feature === undefined ? undefined : { ...feature, ...UNTOUCHED };
  }

  function list(subscriptionId: string, namespace?: string): readonly SubscriptionFeature[] {
    const named = FEATURES.map(({ namespace, name }) => find(subscriptionId, namespace, name) ?? { namespace, name, ...UNTOUCHED });
    const others = documents
      .list(`${subscriptionId.toLowerCase()}/`)
      .filter(({ value }) => catalogued(value.namespace, value.name) === undefined)
      .map(({ value }) => view(value));
    return [...named, ...others].filter((feature) => namespace === undefined || sameName(feature.namespace, namespace));
  }

  return {
    find,
    list,
    state: (subscriptionId, namespace, name) => find(subscriptionId, namespace, name) ?? UNTOUCHED,
    async change({ subscriptionId, namespace, name, to, realMs = FEATURE_REGISTRATION_MS }) {
      const present = find(subscriptionId, namespace, name);
      if (present?.state === to || present?.state === TRANSITION[to]) return present;
      const fromMs = clock.now();
      const stored: StoredFeature = { namespace, name: present?.name ?? name, to, fromMs, untilMs: fromMs + pace(realMs) };
      await store.transact([], [documents.put(idOf(subscriptionId, namespace, name), stored)]);
      const isAtOnce = realMs === 0;
      return { ...view(stored), state: isAtOnce ? to : TRANSITION[to], sinceMs: fromMs };
    },
    close: () => documents.close(),
  };
}

const UNTOUCHED = { state: "NotRegistered", sinceMs: 0 } as const;
const TRANSITION = { Registered: "Registering", NotRegistered: "Unregistering" } as const;

function stateAt(stored: StoredFeature, now: number): { state: FeatureState; sinceMs: number } {
  if (now >= stored.untilMs) return { state: stored.to, sinceMs: stored.untilMs };
  return { state: TRANSITION[stored.to], sinceMs: stored.fromMs };
}

function catalogued(namespace: string, name: string): CatalogueFeature | undefined {
  return FEATURES.find((feature) => sameName(feature.namespace, namespace) && sameName(feature.name, name));
}

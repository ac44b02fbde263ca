import type { ArmRequest, ArmServices, FeatureState, Operation } from "#arm";
import { type Clock, type Random } from "#lib";
import { type Documents, openDocuments, type Store } from "#store";

/** What the door offers to the service, in its simplest form: operations in the store, groups and features in memory. */
export class FakeArm implements ArmServices {
  readonly groups = new Map<string, { readonly name: string; readonly location: string }>();
  readonly features = new Map<string, FeatureState>();
  /** What the provider noted: `PUT managedClusters/c`. */
  readonly noted: string[] = [];
  readonly #documents: Documents<Operation>;
  readonly #clock: Clock;
  readonly #random: Random;

  private constructor(documents: Documents<Operation>, clock: Clock, random: Random) {
    this.#documents = documents;
    this.#clock = clock;
    this.#random = random;
  }

  static async open({ store, clock, random }: { readonly store: Store; readonly clock: Clock; readonly random: Random }): Promise<FakeArm> {
    return new FakeArm(await openDocuments<Operation>(store, "/arm/operations/"), clock, random);
  }

  readonly operations: ArmServices["operations"] = {
    begin: (intent) => {
      const id = this.#random.uuid();
      const operation: Operation = { ...intent, id, name: id, status: "InProgress", startMs: this.#clock.now() };
      return { operation, op: this.#documents.put(id, operation) };
    },
    get: (_subscriptionId, id) => this.#documents.get(id)?.value,
    end: (operation, outcome) => {
      const stored = this.#documents.get(operation.id)?.value ?? operation;
      const ended = stored.status === "InProgress" ? endedBy(stored, outcome, this.#clock.now()) : stored;
      return this.#documents.put(operation.id, ended);
    },
    headers: (_request, { id }, { location = false } = {}) => ({
      "Azure-AsyncOperation": id,
      ...(location && { Location: id }),
    }),
  };

  feature(_subscriptionId: string, _namespace: string, name: string): { state: FeatureState; sinceMs: number } {
    return { state: this.features.get(name) ?? "NotRegistered", sinceMs: 0 };
  }

  group(_subscriptionId: string, name: string): { readonly name: string; readonly location: string } | undefined {
    return this.groups.get(name.toLowerCase());
  }

  async ensureManagedGroup(group: { readonly name: string; readonly location: string }): Promise<void> {
    this.groups.set(group.name.toLowerCase(), group);
  }

  note({ method, path }: ArmRequest): void {
    this.noted.push(`${method} ${path.segments.join("/")}`);
  }

  async removeManagedGroup(_subscriptionId: string, name: string): Promise<void> {
    this.groups.delete(name.toLowerCase());
  }
}

function endedBy(operation: Operation, { status, error }: Parameters<ArmServices["operations"]["end"]>[1], endMs: number): Operation {
  return { ...operation, status, endMs, ...(error !== undefined && { error }) };
}

import type { ArmServices, Operation } from "#arm";
import type { Clock, Random } from "#lib";
import { type Documents, openDocuments, type Store } from "#store";

/** The door's operations in their simplest form; nothing else of the door is asked for but groups. */
export class FakeOperations {
  readonly #documents: Documents<Operation>;
  readonly services: ArmServices;

  private constructor(documents: Documents<Operation>, clock: Clock, random: Random) {
    this.#documents = documents;
    const refuse = (): never => {
      throw new Error("networks do not ask for this");
    };
    this.services = {
      operations: {
        begin(intent) {
          const id = random.uuid();
          const operation: Operation = { ...intent, id, name: id, status: "InProgress", startMs: clock.now() };
          return { operation, op: documents.put(id, operation) };
        },
        get: (_subscriptionId, id) => documents.get(id)?.value,
        end: (operation, { status }) => documents.put(operation.id, { ...operation, status, endMs: clock.now() }),
        headers: (_request, { id }) => ({ "Azure-AsyncOperation": id }),
      },
      feature: refuse,
      group: (_subscriptionId, name) => ({ name, location: "eastus" }),
      ensureManagedGroup: refuse,
      removeManagedGroup: refuse,
      note: refuse,
    };
  }

  static async open({ store, clock, random }: { readonly store: Store; readonly clock: Clock; readonly random: Random }) {
    return new FakeOperations(await openDocuments<Operation>(store, "/arm/operations/"), clock, random);
  }

  /** How many have not ended. */
  running(): number {
    return this.#documents.list().filter(({ value }) => value.status === "InProgress").length;
  }
}

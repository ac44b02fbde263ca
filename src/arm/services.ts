import type { Features } from "./features/registrations.ts";
import type { Groups } from "./groups/groups.ts";
import type { OperationRecords } from "./operations.ts";
import type { ArmServices } from "./provider.ts";

/** What the door offers to providers, from the rooms that hold it. */
export function createServices(rooms: {
  readonly operations: OperationRecords;
  readonly features: Features;
  readonly groups: Groups;
}): ArmServices {
  const { operations, features, groups } = rooms;
  return {
    operations,
    feature: (subscriptionId, namespace, name) => {
      const { state, sinceMs } = features.state(subscriptionId, namespace, name);
      return { state, sinceMs };
    },
    group: (subscriptionId, name) => groups.find(subscriptionId, name),
    async ensureManagedGroup(group) {
      await groups.put(group);
    },
    removeManagedGroup: (subscriptionId, name) => groups.remove(subscriptionId, name),
  };
}

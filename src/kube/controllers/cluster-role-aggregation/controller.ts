import { resources } from "#api/kubernetes/resources";
import type { ControllerContext } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { found } from "../writes.ts";
import { gatheredRules } from "./plan.ts";

/** Gives cluster roles with an aggregation rule the rules of the roles that it selects. */
export function createClusterRoleAggregationController(context: ControllerContext): Controller {
  const roles = context.informers.of(resources.clusterRoles);
  const gather = async (name: string): Promise<void> => {
    const role = roles.get(name);
    const rules = role === undefined ? undefined : gatheredRules(role, [...roles.list()]);
    if (role !== undefined && rules !== undefined) await found(context.client.update(resources.clusterRoles, { ...role, rules }));
  };
  const loop = context.loop("clusterrole-aggregation", gather);
  // Any role may be part of any other that gathers.
  const changed = (): void => {
    for (const { metadata, aggregationRule } of roles.list()) if (aggregationRule !== undefined) loop.enqueue(metadata.name);
  };
  return assembleController({
    name: "clusterrole-aggregation",
    loops: [loop],
    subscribe: () => [roles.subscribe({ add: changed, update: changed, delete: changed })],
  });
}

import type { AzContext } from "../client.ts";
import { type AzCommand, confirm, flattened, required, RESOURCE_GROUP, YES } from "../command.ts";
import { type AzArgs, AzError } from "../grammar.ts";
import { clusterPath } from "./clusters.ts";

/** Generally available since. Source: Azure/azure-rest-api-specs containerservice/stable/2023-09-01. */
const API_VERSION = "2023-09-01";
const CLUSTER = required("--cluster-name");
const NAME = required("--name", "-n");
const ROLES = required("--roles");

/** `az aks trustedaccess …`. Source: azure-cli acs module, 2.91: commands.py and custom.py. */
export const trustedAccessCommands: readonly AzCommand[] = [
  {
    words: "aks trustedaccess role list",
    summary: "List trusted access roles.",
    options: [required("--location", "-l")],
    async run({ call }, args) {
      const path = `/providers/Microsoft.ContainerService/locations/${args.required("location")}/trustedAccessRoles`;
      return ((await call("GET", path, API_VERSION)).body as { value: unknown[] }).value;
    },
  },
  {
    words: "aks trustedaccess rolebinding list",
    summary: "List all the trusted access role bindings.",
    options: [RESOURCE_GROUP, CLUSTER],
    async run({ call }, args) {
      const { value } = (await call("GET", bindingsPath(args), API_VERSION)).body as { value: unknown[] };
      return value.map(shown);
    },
  },
  {
    words: "aks trustedaccess rolebinding show",
    summary: "Get the specific trusted access role binding according to binding name.",
    options: [RESOURCE_GROUP, CLUSTER, NAME],
    run: async ({ call }, args) => shown((await call("GET", bindingPath(args), API_VERSION)).body),
  },
  {
    words: "aks trustedaccess rolebinding create",
    summary: "Create a new trusted access role binding.",
    options: [RESOURCE_GROUP, CLUSTER, NAME, required("--source-resource-id"), ROLES],
    async run(context, args) {
      if (await exists(context, args)) {
        const name = args.required("name");
        throw new AzError(
          `TrustedAccess RoleBinding ${name} already existed, please use 'az aks trustedaccess rolebinding update' command to update!`,
        );
      }
      return await put(context, args, args.required("source-resource-id"));
    },
  },
  {
    words: "aks trustedaccess rolebinding update",
    summary: "Update a trusted access role binding.",
    options: [RESOURCE_GROUP, CLUSTER, NAME, ROLES],
    async run(context, args) {
      const present = (await context.call("GET", bindingPath(args), API_VERSION)).body as { properties: { sourceResourceId: string } };
      return await put(context, args, present.properties.sourceResourceId);
    },
  },
  {
    words: "aks trustedaccess rolebinding delete",
    summary: "Delete a trusted access role binding according to name.",
    options: [RESOURCE_GROUP, CLUSTER, NAME, YES],
    async run(context, args) {
      await confirm(context, args);
      await context.wait(await context.call("DELETE", bindingPath(args), API_VERSION));
    },
  },
];

function bindingsPath(args: AzArgs): string {
  return `${clusterPath(args, "cluster-name")}/trustedAccessRoleBindings`;
}

function bindingPath(args: AzArgs): string {
  return `${bindingsPath(args)}/${args.required("name")}`;
}

async function exists({ call }: AzContext, args: AzArgs): Promise<boolean> {
  const { value } = (await call("GET", bindingsPath(args), API_VERSION)).body as { value: { name: string }[] };
  return value.some(({ name }) => name.toLowerCase() === args.required("name").toLowerCase());
}

async function put({ call, wait }: AzContext, args: AzArgs, sourceResourceId: string): Promise<unknown> {
  const properties = { sourceResourceId, roles: args.required("roles").split(",") };
  await wait(await call("PUT", bindingPath(args), API_VERSION, { properties }));
  return shown((await call("GET", bindingPath(args), API_VERSION)).body);
}

function shown(binding: unknown): Record<string, unknown> {
  return flattened(binding, ["systemData"]);
}

import type { AzContext } from "../client.ts";
import { type AzCommand, required, text, withGroup } from "../command.ts";
import { type AzArgs, AzError } from "../grammar.ts";

const RESOURCES = "2021-04-01";

function valueOf(body: unknown): unknown[] {
  return (body as { value?: unknown[] }).value ?? [];
}

/** Source: azure-cli resource module, `list_resources`. */
function resourceFilter(args: AzArgs): string {
  const [tagName, tagValue] = (args.text("tag") ?? "").split("=", 2);
  const conditions = [
    ["resourceGroup", args.text("resource-group")],
    ["name", args.text("name")],
    ["location", args.text("location")],
    ["resourceType", args.text("resource-type")],
    ["tagname", tagName === "" ? undefined : tagName],
    ["tagvalue", tagValue],
  ] as const;
  return conditions.flatMap(([name, value]) => (value === undefined ? [] : [`${name} eq '${value.replaceAll("'", "''")}'`])).join(" and ");
}

/** The newest api-version of a resource's type, as its provider tells it. @throws {AzError} 2 for what is no resource's path. */
async function newestVersion(call: AzContext["call"], path: string): Promise<string> {
  const [, namespace, rest = ""] = /\/providers\/([^/]+)\/(.+)$/i.exec(path) ?? [];
  const type = rest
    .split("/")
    .filter((_, index) => index % 2 === 0)
    .join("/");
  const { body } = await call("GET", `/providers/${namespace ?? ""}`, RESOURCES);
  const { resourceTypes = [] } = body as {
    readonly resourceTypes?: readonly { readonly resourceType: string; readonly apiVersions: readonly string[] }[];
  };
  const version = resourceTypes.find(({ resourceType }) => resourceType.toLowerCase() === type.toLowerCase())?.apiVersions[0];
  if (version === undefined) throw new AzError(`Resource type ${type} not found.`, 2);
  return version;
}

/** `az account …` and `az resource …`: what scripts ask first. */
export const accountCommands: readonly AzCommand[] = [
  {
    words: "account show",
    summary: "Show the subscription in use.",
    options: [],
    async run({ call, subscriptionId }) {
      const { displayName, state, tenantId } = (await call("GET", "", "2022-12-01")).body as Record<string, unknown>;
      return { environmentName: "Lido", id: subscriptionId, isDefault: true, name: displayName, state, tenantId };
    },
  },
  {
    words: "account list",
    summary: "List the subscriptions.",
    options: [],
    async run({ listSubscriptions, subscriptionId }) {
      return (await listSubscriptions()).map(({ subscriptionId: id, displayName, state, tenantId }) => ({
        cloudName: "Lido",
        id,
        isDefault: id === subscriptionId,
        name: displayName,
        state,
        tenantId,
      }));
    },
    table: (subscriptions) =>
      (subscriptions as Record<string, unknown>[]).map(({ name, cloudName, id, tenantId, state, isDefault }) => ({
        Name: name,
        CloudName: cloudName,
        SubscriptionId: id,
        TenantId: tenantId,
        State: state,
        IsDefault: isDefault,
      })),
  },
  {
    words: "account list-locations",
    summary: "List the regions of the subscription.",
    options: [],
    run: async ({ call }) => valueOf((await call("GET", "/locations", "2019-11-01")).body),
    table: (locations) =>
      (locations as Record<string, unknown>[]).map(({ displayName, name, regionalDisplayName }) => ({
        DisplayName: displayName,
        Name: name,
        RegionalDisplayName: regionalDisplayName,
      })),
  },
  {
    words: "resource list",
    summary: "List resources.",
    options: [text("--resource-group", "-g"), text("--resource-type"), text("--name", "-n"), text("--location", "-l"), text("--tag")],
    async run({ call }, args) {
      const filter = resourceFilter(args);
      const query = `?$expand=createdTime,changedTime,provisioningState${filter === "" ? "" : `&$filter=${encodeURIComponent(filter)}`}`;
      return valueOf((await call("GET", `/resources${query}`, RESOURCES)).body).map(withGroup);
    },
    table: (resources) =>
      (resources as Record<string, unknown>[]).map(({ name, resourceGroup, location, type, provisioningState }) => ({
        Name: name,
        ResourceGroup: resourceGroup,
        Location: location,
        Type: type,
        Status: provisioningState,
      })),
  },
  {
    words: "resource show",
    summary: "Show a resource.",
    options: [required("--ids"), text("--api-version")],
    async run({ call, subscriptionId }, args) {
      const path = args.required("ids").slice(`/subscriptions/${subscriptionId}`.length);
      return withGroup((await call("GET", path, args.text("api-version") ?? (await newestVersion(call, path)))).body);
    },
  },
];

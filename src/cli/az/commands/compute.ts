import type { AzContext } from "../client.ts";
import { type AzCommand, flattened, number, required, RESOURCE_GROUP, text, withGroup, words } from "../command.ts";
import { AzError } from "../grammar.ts";
import type { Row } from "../table.ts";

const COMPUTE = "2022-11-01";
const SKUS = "2019-04-01";
const EVENTS = "2015-04-01";
const PROVIDER = "/providers/Microsoft.Compute";
const LOCATION = required("--location", "-l");
const SCALE_SET = required("--name", "-n");
/** Pages that one command follows at most. */
const MOST_PAGES = 100;

/** Items of a list and of its next pages, no more than `most`. */
async function all({ call }: AzContext, path: string, version: string, most = Number.POSITIVE_INFINITY): Promise<unknown[]> {
  const items: unknown[] = [];
  let next: string | undefined = path;
  for (let page = 0; next !== undefined && items.length < most && page < MOST_PAGES; page++) {
    const body = (await call("GET", next, version)).body as { value?: unknown[]; nextLink?: string };
    items.push(...(body.value ?? []));
    next = body.nextLink?.replace(/^https:\/\/[^/]+\/subscriptions\/[^/]+/, "").replace(/api-version=[^&]*&?/, "");
  }
  return items.slice(0, most);
}

function below(args: { text(name: string): string | undefined }): string {
  const group = args.text("resource-group");
  return `${group === undefined ? "" : `/resourceGroups/${group}`}${PROVIDER}/virtualMachineScaleSets`;
}

interface Sku {
  readonly resourceType: string;
  readonly name: string;
  readonly locations: readonly string[];
  readonly locationInfo?: readonly { readonly zones?: readonly string[] }[];
}

function zonesOf({ locationInfo }: Sku): readonly string[] {
  return locationInfo?.[0]?.zones ?? [];
}

interface Usage {
  readonly currentValue: number;
  readonly limit: number;
  readonly name: { readonly localizedValue: string };
}

/** `az vm list-…`. Source: azure-cli vm module, its tables in _format.py and commands.py. */
export const computeCommands: readonly AzCommand[] = [
  {
    words: "vm list-sizes",
    summary: "List available sizes for VMs.",
    options: [LOCATION],
    run: (context, args) => all(context, `${PROVIDER}/locations/${args.required("location")}/vmSizes`, COMPUTE),
  },
  {
    words: "vm list-usage",
    summary: "List available usage resources for VMs.",
    options: [LOCATION],
    async run(context, args) {
      const usages = (await all(context, `${PROVIDER}/locations/${args.required("location")}/usages`, COMPUTE)) as Usage[];
      return usages.map((usage) => ({
        ...usage,
        currentValue: String(usage.currentValue),
        limit: String(usage.limit),
        localName: usage.name.localizedValue,
      }));
    },
    table: (usages) =>
      (usages as { localName: string; currentValue: string; limit: string }[]).map(({ localName, currentValue, limit }) => ({
        Name: localName,
        CurrentValue: currentValue,
        Limit: limit,
      })),
  },
  {
    words: "vm list-skus",
    summary: "Get details for compute-related resource SKUs.",
    options: [text("--location", "-l"), text("--size", "-s"), { ...text("--zone", "-z"), kind: "flag" }, text("--resource-type", "-r")],
    async run(context, args) {
      const location = args.text("location");
      const filter = location === undefined ? "" : `?$filter=${encodeURIComponent(`location eq '${location}'`)}`;
      const skus = (await all(context, `${PROVIDER}/skus${filter}`, SKUS)) as Sku[];
      const [size, type] = [args.text("size")?.toLowerCase(), args.text("resource-type")?.toLowerCase()];
      return skus
        .filter((sku) => size === undefined || (sku.resourceType === "virtualMachines" && sku.name.toLowerCase().includes(size)))
        .filter((sku) => type === undefined || sku.resourceType.toLowerCase() === type)
        .filter((sku) => !args.flag("zone") || zonesOf(sku).length > 0);
    },
    table: (skus) =>
      (skus as Sku[]).map((sku) => ({
        ResourceType: sku.resourceType,
        Locations: sku.locations.length > 1 ? JSON.stringify(sku.locations) : sku.locations[0],
        Name: sku.name,
        Zones: zonesOf(sku).toSorted().join(","),
        Restrictions: "None",
      })),
  },
  {
    words: "vmss list",
    summary: "List VMSS.",
    options: [text("--resource-group", "-g")],
    run: async (context, args) => (await all(context, below(args), COMPUTE)).map((set) => flattened(set)),
    table: (sets) => (sets as ScaleSet[]).map(scaleSetRow),
  },
  {
    words: "vmss show",
    summary: "Get details on VMs within a VMSS.",
    options: [RESOURCE_GROUP, SCALE_SET],
    run: async ({ call }, args) => flattened((await call("GET", `${below(args)}/${args.required("name")}`, COMPUTE)).body),
  },
  {
    words: "vmss list-instances",
    summary: "Get a list of all virtual machines in a VM scale sets.",
    options: [RESOURCE_GROUP, SCALE_SET, text("--expand")],
    async run(context, args) {
      const expand = args.text("expand") === undefined ? "" : `?$expand=${encodeURIComponent(args.required("expand"))}`;
      const machines = await all(context, `${below(args)}/${args.required("name")}/virtualMachines${expand}`, COMPUTE);
      return machines.map((machine) => flattened(machine));
    },
  },
];

interface ScaleSet {
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly zones?: readonly string[];
  readonly sku: { readonly capacity: number };
  readonly overprovision: boolean;
  readonly upgradePolicy: { readonly mode: string };
}

function scaleSetRow({ name, resourceGroup, location, zones, sku, overprovision, upgradePolicy }: ScaleSet): Row {
  return {
    Name: name,
    ResourceGroup: resourceGroup,
    Location: location,
    Zones: zones?.join(" ") ?? " ",
    Capacity: sku.capacity,
    Overprovision: overprovision,
    UpgradePolicy: upgradePolicy.mode,
  };
}

const DEFAULT_OFFSET = "6h";
const DEFAULT_EVENTS = 50;
const OFFSET = /^(?:(\d{1,3})d)?(?:(\d{1,4})h)?$/;
const HOUR_MS = 3_600_000;

/** `az monitor activity-log list`. Source: azure-cli monitor module, custom.py and _params.py. */
export const activityCommands: readonly AzCommand[] = [
  {
    words: "monitor activity-log list",
    summary: "List and query activity log events.",
    options: [
      text("--resource-group", "-g"),
      text("--start-time"),
      text("--end-time"),
      text("--offset"),
      text("--correlation-id"),
      text("--resource-id"),
      text("--namespace"),
      text("--caller"),
      text("--status"),
      number("--max-events"),
      words("--select"),
    ],
    async run(context, args) {
      const { from, to } = spanOf(args, context.clock.now());
      const one = SCOPES.find(([option]) => args.text(option) !== undefined);
      const equal = (name: string, value: string | undefined): string => (value === undefined ? "" : ` and ${name} eq '${value}'`);
      const filter =
        `eventTimestamp ge ${from} and eventTimestamp le ${to}` +
        (one === undefined ? "" : equal(one[1], args.text(one[0]))) +
        equal("caller", args.text("caller")) +
        equal("status", args.text("status"));
      const select = args.words("select") === undefined ? "" : `&$select=${encodeURIComponent((args.words("select") ?? []).join(" , "))}`;
      const path = `/providers/Microsoft.Insights/eventtypes/management/values?$filter=${encodeURIComponent(filter)}${select}`;
      const events = await all(context, path, EVENTS, args.number("max-events") ?? DEFAULT_EVENTS);
      return events.map((event) => withGroup(event));
    },
  },
];

/** Of these az sends the first that is given. */
const SCOPES: readonly (readonly [option: string, name: string])[] = [
  ["correlation-id", "correlationId"],
  ["resource-group", "resourceGroupName"],
  ["resource-id", "resourceId"],
  ["namespace", "resourceProvider"],
];

function spanOf(args: { text(name: string): string | undefined }, nowMs: number): { readonly from: string; readonly to: string } {
  const offset = args.text("offset") ?? DEFAULT_OFFSET;
  const [, days, hours] = OFFSET.exec(offset) ?? [];
  if (days === undefined && hours === undefined) throw new AzError(`usage error: --offset ##d##h`, 2);
  const offsetMs = (Number(days ?? 0) * 24 + Number(hours ?? 0)) * HOUR_MS;
  const [start, end] = [timeOf("start-time", args.text("start-time")), timeOf("end-time", args.text("end-time"))];
  const toMs = end ?? (start === undefined ? nowMs : start + offsetMs);
  return { from: new Date(start ?? toMs - offsetMs).toISOString(), to: new Date(toMs).toISOString() };
}

function timeOf(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = Date.parse(value);
  if (Number.isNaN(ms)) throw new AzError(`argument --${option}: invalid get_datetime_type value: '${value}'`, 2);
  return ms;
}

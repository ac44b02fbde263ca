import { readFileSync } from "node:fs";
import type { AzContext } from "../client.ts";
import { type AzCommand, number, required, RESOURCE_GROUP, text, withGroup } from "../command.ts";
import { type AzArgs, AzError, type AzOption } from "../grammar.ts";
import { clusterPath } from "./clusters.ts";

/** The first api-versions of az 2.45 know no windows. */
const API_VERSION = "2024-09-01";
const CLUSTER = required("--cluster-name");
const NAME = required("--name", "-n");
const SCHEDULES = ["Daily", "Weekly", "AbsoluteMonthly", "RelativeMonthly"] as const;
const choices = (names: readonly string[], words: readonly string[]): AzOption => ({ names, kind: "text", choices: words });

const SETTINGS: readonly AzOption[] = [
  RESOURCE_GROUP,
  CLUSTER,
  NAME,
  text("--config-file"),
  text("--weekday"),
  number("--start-hour"),
  choices(["--schedule-type"], SCHEDULES),
  number("--interval-days"),
  number("--interval-weeks"),
  number("--interval-months"),
  text("--day-of-week"),
  number("--day-of-month"),
  choices(["--week-index"], ["First", "Second", "Third", "Fourth", "Last"]),
  number("--duration"),
  text("--utc-offset"),
  text("--start-date"),
  text("--start-time"),
];

/** `az aks maintenanceconfiguration …`. Source: azure-cli acs module, 2.91, maintenanceconfiguration.py. */
export const maintenanceCommands: readonly AzCommand[] = [
  {
    words: "aks maintenanceconfiguration add",
    summary: "Add a maintenance configuration in managed Kubernetes cluster.",
    options: SETTINGS,
    async run(context, args) {
      if (await exists(context, args)) {
        throw new AzError(
          `Maintenance configuration '${args.required("name")}' already exists, please try a different name, ` +
            "use 'aks maintenanceconfiguration list' to get current list of maitenance configurations",
        );
      }
      return put(context, args);
    },
  },
  {
    words: "aks maintenanceconfiguration update",
    summary: "Update a maintenance configuration of a managed Kubernetes cluster.",
    options: SETTINGS,
    async run(context, args) {
      if (!(await exists(context, args))) {
        throw new AzError(
          `Maintenance configuration '${args.required("name")}' doesn't exist.` +
            "use 'aks maintenanceconfiguration list' to get current list of maitenance configurations",
          3,
        );
      }
      return put(context, args);
    },
  },
  {
    words: "aks maintenanceconfiguration list",
    summary: "List maintenance configurations in managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER],
    run: async (context, args) => (await list(context, args)).map(shown),
  },
  {
    words: "aks maintenanceconfiguration show",
    summary: "Show the details of a maintenance configuration in managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER, NAME],
    async run(context, args) {
      warn(context, args);
      return shown((await context.call("GET", pathOf(args), API_VERSION)).body as Configuration);
    },
  },
  {
    words: "aks maintenanceconfiguration delete",
    summary: "Delete a maintenance configuration in managed Kubernetes cluster.",
    options: [RESOURCE_GROUP, CLUSTER, NAME],
    async run(context, args) {
      warn(context, args);
      await context.call("DELETE", pathOf(args), API_VERSION);
    },
  },
];

interface Configuration {
  readonly id: string;
  readonly name: string;
  readonly properties: Record<string, unknown>;
}

function pathOf(args: AzArgs): string {
  return `${clusterPath(args, "cluster-name")}/maintenanceConfigurations/${args.required("name")}`;
}

async function list({ call }: AzContext, args: AzArgs): Promise<readonly Configuration[]> {
  const answer = await call("GET", `${clusterPath(args, "cluster-name")}/maintenanceConfigurations`, API_VERSION);
  return (answer.body as { value: readonly Configuration[] }).value;
}

async function exists(context: AzContext, args: AzArgs): Promise<boolean> {
  return (await list(context, args)).some(({ name }) => name === args.required("name"));
}

function shown({ properties, ...envelope }: Configuration): Record<string, unknown> {
  const absent = { maintenanceWindow: null, notAllowedTime: null, systemData: null, timeInWeek: null, type: null };
  return { ...absent, ...properties, ...withGroup(envelope) };
}

/** az says so, for no reason. */
function warn({ terminal }: AzContext, args: AzArgs): void {
  const [group, cluster, name] = [args.required("resource-group"), args.required("cluster-name"), args.required("name")];
  terminal.say(`WARNING: resource_group_name: ${group}, cluster_name: ${cluster}, config_name: ${name} `);
}

async function put({ call }: AzContext, args: AzArgs): Promise<unknown> {
  const file = args.text("config-file");
  const body = file === undefined ? { properties: propertiesOf(args) } : readBody(file);
  return shown((await call("PUT", pathOf(args), API_VERSION, body)).body as Configuration);
}

/** A file holds the properties alone, or the body. Source: azure-mgmt-containerservice, which flattens them. */
function readBody(file: string): unknown {
  let body: unknown;
  try {
    body = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new AzError(`Failed to parse file '${file}' with exception:\n    ${(error as Error).message}`);
  }
  return typeof body === "object" && body !== null && "properties" in body ? body : { properties: body };
}

function propertiesOf(args: AzArgs): Record<string, unknown> {
  const name = args.required("name");
  if (name === "default") return args.text("schedule-type") === undefined ? slotsOf(args) : defaultWindow(args);
  if (name !== "aksManagedAutoUpgradeSchedule" && name !== "aksManagedNodeOSUpgradeSchedule") {
    throw new AzError(
      `--config-name must be one of default, aksManagedAutoUpgradeSchedule or aksManagedNodeOSUpgradeSchedule, not ${name}`,
    );
  }
  if (isGiven(args, "weekday", "start-hour")) {
    throw new AzError("--weekday and --start-hour are only applicable to default maintenance configuration.");
  }
  return { maintenanceWindow: windowOf(args, scheduleOf(args)) };
}

function isGiven(args: AzArgs, ...names: readonly string[]): boolean {
  return names.some((name) => args.text(name) !== undefined);
}

function slotsOf(args: AzArgs): Record<string, unknown> {
  const [day, hour] = [args.text("weekday"), args.number("start-hour")];
  if (day === undefined || hour === undefined) {
    throw new AzError(
      "Please specify --weekday and --start-hour, or --schedule-type Weekly with --day-of-week, --start-time, and --duration for " +
        "default maintenance configuration, or use --config-file instead.",
    );
  }
  return { timeInWeek: [{ day, hourSlots: [hour] }], notAllowedTime: [] };
}

function defaultWindow(args: AzArgs): Record<string, unknown> {
  if (isGiven(args, "weekday", "start-hour")) {
    throw new AzError("--weekday and --start-hour cannot be used together with --schedule-type for default maintenance configuration.");
  }
  if (args.text("schedule-type") !== "Weekly") throw new AzError("--schedule-type for default maintenance configuration must be Weekly.");
  const dayOfWeek = args.text("day-of-week");
  if (dayOfWeek === undefined) {
    throw new AzError("--day-of-week is required for default maintenance configuration when --schedule-type Weekly is specified.");
  }
  return { maintenanceWindow: windowOf(args, { weekly: { intervalWeeks: 1, dayOfWeek } }) };
}

function windowOf(args: AzArgs, schedule: Record<string, unknown>): Record<string, unknown> {
  const [startTime, durationHours] = [args.text("start-time"), args.number("duration")];
  if (startTime === undefined) throw new AzError("Please specify --start-time for maintenance window.");
  if (durationHours === undefined) throw new AzError("Please specify --duration for maintenance window.");
  const [startDate, utcOffset] = [args.text("start-date"), args.text("utc-offset")];
  return {
    schedule,
    ...(startDate !== undefined && { startDate }),
    startTime,
    durationHours,
    ...(utcOffset !== undefined && { utcOffset }),
  };
}

/** What each schedule needs, by its option, and the member that it becomes. */
const NEEDS: Readonly<
  Record<string, { readonly member: string; readonly options: Readonly<Record<string, string>>; readonly words: string }>
> = {
  Daily: { member: "daily", options: { "interval-days": "intervalDays" }, words: "--interval-days when using daily schedule." },
  Weekly: {
    member: "weekly",
    options: { "interval-weeks": "intervalWeeks", "day-of-week": "dayOfWeek" },
    words: "--interval-weeks and --day-of-week when using weekly schedule.",
  },
  AbsoluteMonthly: {
    member: "absoluteMonthly",
    options: { "interval-months": "intervalMonths", "day-of-month": "dayOfMonth" },
    words: "--interval-months and --day-of-month when using absolute monthly schedule.",
  },
  RelativeMonthly: {
    member: "relativeMonthly",
    options: { "interval-months": "intervalMonths", "day-of-week": "dayOfWeek", "week-index": "weekIndex" },
    words: "--interval-months, --day-of-week and --week-index when using relative monthly schedule.",
  },
};
const SCHEDULE_OPTIONS = ["interval-days", "interval-weeks", "interval-months", "day-of-week", "day-of-month", "week-index"] as const;

function scheduleOf(args: AzArgs): Record<string, unknown> {
  const type = args.text("schedule-type") ?? "";
  const needs = NEEDS[type];
  if (needs === undefined) throw new AzError("--schedule-type must be one of Daily, Weekly, AbsoluteMonthly or RelativeMonthly.");
  const entries = Object.entries(needs.options);
  if (entries.some(([option]) => !isGiven(args, option))) throw new AzError(`Please specify ${needs.words}`);
  const others = SCHEDULE_OPTIONS.filter((option) => needs.options[option] === undefined);
  if (isGiven(args, ...others)) {
    const named = others.map((option) => `--${option}`);
    throw new AzError(`${named.slice(0, -1).join(", ")} and ${named.at(-1) ?? ""} cannot be used for ${type} schedule.`);
  }
  const value = (option: string): string | number | undefined => (/interval|month$/.test(option) ? args.number(option) : args.text(option));
  return { [needs.member]: Object.fromEntries(entries.map(([option, member]) => [member, value(option)])) };
}

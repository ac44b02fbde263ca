import { type DecodeFailure, Decoder, isObject, member } from "./decode.ts";
import { encodeObject } from "./encode.ts";
import { type EchoContext, type Field, int, object, string, type WireType, words } from "./field.ts";

/** Planned maintenance of a cluster, as the service keeps it. */
export interface MaintenanceConfiguration {
  readonly timeInWeek?: readonly { readonly day?: string; readonly hourSlots?: readonly number[] }[];
  readonly notAllowedTime?: readonly { readonly start?: string; readonly end?: string }[];
  readonly maintenanceWindow?: MaintenanceWindow;
  readonly [member: string]: unknown;
}

export interface MaintenanceWindow {
  readonly schedule?: MaintenanceSchedule;
  readonly durationHours?: number;
  /** `+05:30`. */
  readonly utcOffset?: string;
  /** `2023-01-01`. */
  readonly startDate?: string;
  /** `09:30`. */
  readonly startTime?: string;
  readonly notAllowedDates?: readonly { readonly start?: string; readonly end?: string }[];
}

export interface MaintenanceSchedule {
  readonly daily?: { readonly intervalDays?: number };
  readonly weekly?: { readonly intervalWeeks?: number; readonly dayOfWeek?: string };
  readonly absoluteMonthly?: { readonly intervalMonths?: number; readonly dayOfMonth?: number };
  readonly relativeMonthly?: { readonly intervalMonths?: number; readonly weekIndex?: string; readonly dayOfWeek?: string };
}

/** First api-versions with windows. Source: examples MaintenanceConfigurationsCreate_Update_MaintenanceWindow of both. */
export const MAINTENANCE_WINDOWS = { since: "2023-05-01", preview: "2022-10-02-preview" } as const;
const FIRST = "2020-12-01";

const weekDay = words("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday");
const listOf = (of: WireType): WireType => ({ kind: "list", of });
const struct = (goType: string, members: readonly (readonly [string, WireType])[]): WireType =>
  object(
    goType,
    members.map(([name, type]) => ({ name, type, since: FIRST })),
  );

const schedule = struct("Schedule", [
  ["daily", struct("DailySchedule", [["intervalDays", int]])],
  [
    "weekly",
    struct("WeeklySchedule", [
      ["intervalWeeks", int],
      ["dayOfWeek", weekDay],
    ]),
  ],
  [
    "absoluteMonthly",
    struct("AbsoluteMonthlySchedule", [
      ["intervalMonths", int],
      ["dayOfMonth", int],
    ]),
  ],
  [
    "relativeMonthly",
    struct("RelativeMonthlySchedule", [
      ["intervalMonths", int],
      ["weekIndex", words("First", "Second", "Third", "Fourth", "Last")],
      ["dayOfWeek", weekDay],
    ]),
  ],
]);

const span = (goType: string): WireType =>
  struct(goType, [
    ["start", string],
    ["end", string],
  ]);

const maintenanceWindow = struct("MaintenanceWindow", [
  ["schedule", schedule],
  ["durationHours", int],
  ["utcOffset", string],
  ["startDate", string],
  ["startTime", string],
  ["notAllowedDates", listOf(span("DateSpan"))],
]);

const timeInWeek = struct("TimeInWeek", [
  ["day", weekDay],
  ["hourSlots", listOf(int)],
]);

const isFilled = (value: unknown, _context: EchoContext): boolean => Array.isArray(value) && value.length > 0;

/** In the order of answers. Sources: swagger 2020-12-01 and 2023-05-01; recorded answers of 2023-07 and 2026-01. */
const fields: readonly Field[] = [
  { name: "timeInWeek", type: listOf(timeInWeek), since: FIRST, echo: isFilled },
  { name: "notAllowedTime", type: listOf(span("TimeSpan")), since: FIRST, echo: isFilled },
  { name: "maintenanceWindow", type: maintenanceWindow, ...MAINTENANCE_WINDOWS },
];

/** Reads the body of a PUT. */
export function decodeMaintenanceConfiguration(
  body: unknown,
  apiVersion: string,
): { readonly properties: MaintenanceConfiguration; readonly errors: readonly DecodeFailure[] } {
  const decoder = new Decoder(apiVersion);
  const root = decoder.root(body, "MaintenanceConfiguration");
  const place = { goType: "MaintenanceConfiguration", path: ["properties"] };
  const sent = decoder.value(member(root, "properties"), object("MaintenanceConfigurationProperties"), place);
  const inner = { goType: "MaintenanceConfigurationProperties", path: ["properties"] };
  return { properties: isObject(sent) ? decoder.object(sent, fields, inner) : {}, errors: decoder.failures };
}

/** A configuration as answers show it; it has no type. Source: recorded answers of 2023-07 and 2026-01. */
export function encodeMaintenanceConfiguration(
  resource: { readonly id: string; readonly name: string },
  properties: MaintenanceConfiguration,
  apiVersion: string,
): Record<string, unknown> {
  return { id: resource.id, name: resource.name, properties: encodeObject(properties, fields, { apiVersion, creating: false }) };
}

import type { Event } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { ageSince, type FieldError, invalid } from "#kube/apimachinery";
import { NAME, text, wideText } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { Cell, StrategyContext, TablePrinter } from "../kind.ts";
import { METADATA } from "../pod-template/shape.ts";
import { alwaysOf, nullOr, objectOf, type Shape } from "../shape.ts";

function sourceCell({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent || "";
  const host = source?.host || reportingInstance || "";
  return host === "" ? component : `${component}, ${host}`;
}

function objectCell({ involvedObject }: Event): string {
  const kind = (involvedObject?.kind ?? "").toLowerCase();
  return involvedObject?.name ? `${kind}/${involvedObject.name}` : kind;
}

/** Source: pkg/printers/internalversion/printers.go, printEvent. */
function cells(event: Event, { nowMs }: StrategyContext): readonly Cell[] {
  const { firstTimestamp, lastTimestamp, eventTime, series } = event;
  const first = ageSince(firstTimestamp ?? eventTime, nowMs);
  const last = series === undefined ? (lastTimestamp ? ageSince(lastTimestamp, nowMs) : first) : ageSince(series.lastObservedTime, nowMs);
  const count = series?.count ?? (event.count || 1);
  return [
    last,
    event.type ?? "",
    event.reason ?? "",
    objectCell(event),
    event.involvedObject?.fieldPath ?? "",
    sourceCell(event),
    (event.message ?? "").trim(),
    first,
    count,
    event.metadata.name,
  ];
}

const table: TablePrinter<Event> = {
  columns: [
    text("Last Seen", "The time at which the most recent occurrence of this event was recorded."),
    text("Type", "Type of this event (Normal, Warning), new types could be added in the future"),
    text("Reason", "Short, machine understandable reason for the event."),
    text("Object", "The object that this event is about."),
    wideText("Subobject", "Part of the object that the event is about."),
    wideText("Source", "The component reporting this event."),
    text("Message", "What happened, for people."),
    wideText("First Seen", "The time at which the event was first recorded."),
    wideText("Count", "The number of times this event has occurred."),
    { ...NAME, priority: 1 },
  ],
  cells,
};

const REFERENCE = objectOf("ObjectReference", { kind: "text", namespace: "text", name: "text", uid: "text", fieldPath: "text" });
const SOURCE = objectOf("EventSource", { component: "text", host: "text" });
const SERIES: Shape = objectOf("EventSeries", { count: "int32", lastObservedTime: "time" });

function selectableFields(event: Event): Readonly<Record<string, string>> {
  const { involvedObject, reason = "", type = "", reportingComponent = "", source } = event;
  return {
    "involvedObject.kind": involvedObject?.kind ?? "",
    "involvedObject.namespace": involvedObject?.namespace ?? "",
    "involvedObject.name": involvedObject?.name ?? "",
    "involvedObject.uid": involvedObject?.uid ?? "",
    "involvedObject.apiVersion": involvedObject?.apiVersion ?? "",
    "involvedObject.resourceVersion": involvedObject?.resourceVersion ?? "",
    "involvedObject.fieldPath": involvedObject?.fieldPath ?? "",
    reason,
    reportingComponent,
    source: source?.component || reportingComponent,
    type,
  };
}

/** Source: pkg/apis/core/validation/events.go, legacyValidateEvent. */
function validate({ involvedObject, metadata }: Event): FieldError[] {
  const namespace = involvedObject.namespace ?? "";
  const expected = namespace === "" ? "default" : namespace;
  if (metadata.namespace === expected || (namespace === "" && metadata.namespace === "kube-system")) return [];
  return [invalid("involvedObject.namespace", namespace, "does not match event.namespace")];
}

const FIELDS = {
  metadata: METADATA,
  involvedObject: REFERENCE,
  reason: "text",
  message: "text",
  source: SOURCE,
  firstTimestamp: "time",
  lastTimestamp: "time",
  count: "int32",
  type: "text",
  eventTime: "time",
  series: SERIES,
  action: "text",
  reportingComponent: "text",
  reportingInstance: "text",
} as const;

/** core/v1 events. */
export const events = defineKind<Event>({
  apiVersion: "v1",
  kind: "Event",
  resource: "events",
  shortNames: ["ev"],
  isSeldomRead: true,
  shape: objectOf("Event", {
    ...FIELDS,
    involvedObject: alwaysOf(REFERENCE),
    source: alwaysOf(SOURCE),
    firstTimestamp: nullOr("time"),
    lastTimestamp: nullOr("time"),
    eventTime: nullOr("time"),
    reportingComponent: "filled",
    reportingInstance: "filled",
  }),
  strategy: { validate },
  table,
  selectableFields,
});

/** What events.k8s.io/v1 calls the fields of core events, theirs first. Source: pkg/apis/events/v1/conversion.go. */
const FIELD_NAMES: readonly (readonly [newer: string, core: string])[] = [
  ["regarding", "involvedObject"],
  ["note", "message"],
  ["reportingController", "reportingComponent"],
  ["deprecatedSource", "source"],
  ["deprecatedFirstTimestamp", "firstTimestamp"],
  ["deprecatedLastTimestamp", "lastTimestamp"],
  ["deprecatedCount", "count"],
];

function renamed(object: KubeObject, names: ReadonlyMap<string, string>, apiVersion: string): KubeObject {
  const entries = Object.entries(object).map(([key, value]) => [names.get(key) ?? key, value] as const);
  return { ...(Object.fromEntries(entries) as unknown as KubeObject), apiVersion };
}

const toCore = new Map(FIELD_NAMES);
const fromCore = new Map(FIELD_NAMES.map(([newer, core]) => [core, newer]));

/** An event by its core names, whichever it came with. */
function asCore(event: KubeObject): Event {
  return renamed(event, toCore, "v1") as Event;
}

/** Fields of events.k8s.io/v1 that selectors may name. Source: pkg/apis/events/v1/conversion.go, AddFieldLabelConversions. */
function newerSelectableFields(event: KubeObject): Readonly<Record<string, string>> {
  const { source: _, reportingComponent: reportingController = "", ...fields } = selectableFields(asCore(event));
  const names = Object.entries(fields).map(([name, value]) => [name.replace("involvedObject.", "regarding."), value]);
  return { ...(Object.fromEntries(names) as Record<string, string>), reportingController };
}

/** events.k8s.io/v1 events: the same objects under other names. Their rules are those of core events. */
export const newerEvents = defineKind<KubeObject>({
  apiVersion: "events.k8s.io/v1",
  kind: "Event",
  resource: "events",
  shortNames: ["ev"],
  storedAs: { group: "", resource: "events" },
  conversion: { toStored: asCore, fromStored: (object) => renamed(object, fromCore, "events.k8s.io/v1") },
  shape: objectOf("Event", {
    // Core names have to be of the right type too, as they would be taken for what they are called there.
    ...FIELDS,
    reportingController: "text",
    regarding: REFERENCE,
    note: "text",
    deprecatedSource: SOURCE,
    deprecatedFirstTimestamp: "time",
    deprecatedLastTimestamp: "time",
    deprecatedCount: "int32",
  }),
  table: { columns: table.columns, cells: (event, context) => cells(asCore(event), context) },
  selectableFields: newerSelectableFields,
});

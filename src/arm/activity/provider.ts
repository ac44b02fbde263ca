import type { Clock } from "#lib";
import { armErrors } from "../errors.ts";
import { sameName } from "../ids.ts";
import type { ArmRequest, ArmResponse, ResourceProvider } from "../provider.ts";
import { parseEventFilter } from "./filter.ts";
import { type ActivityLog, RETENTION_MS } from "./log.ts";
import { eventView } from "./view.ts";

/** Entries in one page. Source: learn.microsoft.com/rest/api/monitor/activity-logs/list as users page it. */
const PAGE = 200;
const TOKEN = /^\d{1,6}$/;

/** Source: `az monitor activity-log list-categories`. */
const CATEGORIES = ["Administrative", "Security", "ServiceHealth", "Alert", "Recommendation", "Policy", "Autoscale", "ResourceHealth"];

/** Every method and path that the namespace answers. */
export const activityOperations: readonly string[] = ["GET eventtypes/management/values", "GET eventcategories"];

/** Microsoft.Insights as far as the activity log: what was asked for in a subscription, and what became of it. */
export function createActivityProvider(log: ActivityLog, clock: Clock): ResourceProvider {
  return {
    namespace: "Microsoft.Insights",
    server: "Microsoft-IIS/10.0",
    resourceTypes: [
      { resourceType: "eventtypes", locations: [], apiVersions: ["2017-03-01-preview", "2016-09-01-preview", "2015-04-01", "2014-04-01"] },
      { resourceType: "eventCategories", locations: [], apiVersions: ["2017-03-01-preview", "2015-04-01"] },
    ],
    async handle(request) {
      const path = request.path.segments.join("/");
      const isEvents = sameName(path, "eventtypes/management/values") && request.path.resourceGroup === undefined;
      if (!isEvents && !sameName(path, "eventcategories")) throw armErrors.invalidType(path, "Microsoft.Insights", request.apiVersion);
      if (request.method !== "GET") throw armErrors.methodNotAllowed(request.method);
      if (!isEvents) return { status: 200, body: { value: CATEGORIES.map((value) => ({ value, localizedValue: value })) } };
      return await listEvents(log, clock, request);
    },
    resources: () => [],
    beginDelete: async () => undefined,
  };
}

async function listEvents(log: ActivityLog, clock: Clock, { path, query, baseUrl }: ArmRequest): Promise<ArmResponse> {
  const nowMs = clock.now();
  const filter = parseEventFilter(query.get("$filter") ?? "", nowMs);
  if (typeof filter === "string") return badRequest(filter);
  // Source: Azure/azure-cli:…/monitor/tests/latest/recordings/test_activity_log_list_scenario.yaml.
  if (filter.fromMs < nowMs - RETENTION_MS) return badRequest("The start time cannot be more than 90 days in the past.");
  const token = query.get("$skipToken") ?? "0";
  if (!TOKEN.test(token)) return badRequest("The skip token is invalid.");
  const events = (await log.list(path.subscriptionId, filter.fromMs, filter.toMs)).filter((event) => filter.fits(event));
  const end = Number(token) + PAGE;
  const views = events.slice(Number(token), end).map(eventView);
  const value = selected(views, query.get("$select"));
  if (end >= events.length) return { status: 200, body: { value } };
  const next = new URLSearchParams(query);
  next.set("$skipToken", String(end));
  const place = `${baseUrl}/subscriptions/${path.subscriptionId}/providers/Microsoft.Insights/eventtypes/management/values`;
  return { status: 200, body: { value, nextLink: `${place}?${next.toString()}` } };
}

/** The members that a `$select` names, in the order that entries have them. */
function selected(views: readonly Record<string, unknown>[], select: string | null): readonly Record<string, unknown>[] {
  if (select === null || select.trim() === "") return views;
  const names = new Set(select.split(",").map((name) => name.trim().toLowerCase()));
  return views.map((view) => Object.fromEntries(Object.entries(view).filter(([name]) => names.has(name.toLowerCase()))));
}

/** The service's own envelope: capital letters, no `error` around. Unverified: every message but the recorded one. */
function badRequest(message: string): ArmResponse {
  return { status: 400, body: { Code: "BadRequest", Message: message } };
}

import { type Quota, type QuotaChange, type QuotaList, quotasPath } from "#api/quotas";
import { type AdministrativeRoute, ArmError, findRegion } from "#arm";
import type { Quotas } from "#compute";

type Params = Readonly<Record<string, string | undefined>>;
type Scope = Parameters<Quotas["setLimit"]>[0];

/** Calls that read and set limits on cores. */
export function quotaRoutes(quotas: () => Quotas): readonly AdministrativeRoute[] {
  const lines = ({ subscriptionId, location }: Omit<Scope, "name">): readonly Quota[] => quotas().usages(subscriptionId, location);
  return [
    {
      method: "GET",
      url: quotasPath(":subscription", ":location"),
      handle: async ({ params }) => ({ status: 200, body: { value: lines(placeOf(params)) } satisfies QuotaList }),
    },
    {
      method: "PUT",
      url: quotasPath(":subscription", ":location", ":name"),
      async handle({ params: { name: asked = "", ...params }, body }) {
        const place = placeOf(params);
        const named = (quota: Quota): boolean => quota.name.toLowerCase() === asked.toLowerCase();
        const name = lines(place).find(named)?.name;
        if (name === undefined) throw new ArmError(404, "QuotaNotFound", `There is no quota "${asked}" in ${place.location}.`);
        await quotas().setLimit({ ...place, name }, limitOf(body));
        return { status: 200, body: lines(place).find(named) };
      },
    },
  ];
}

function placeOf({ subscription = "", location = "" }: Params): Omit<Scope, "name"> {
  const region = findRegion(location);
  if (region === undefined) throw new ArmError(404, "LocationNotFound", `There is no region "${location}".`);
  return { subscriptionId: subscription, location: region.name };
}

function limitOf(body: unknown): number | undefined {
  const { limit } = (body ?? {}) as Partial<QuotaChange>;
  if (limit === null) return undefined;
  if (Number.isSafeInteger(limit) && Number(limit) >= 0) return limit;
  throw new ArmError(400, "InvalidQuota", '"limit" is a whole number of cores, or null for the one that holds where none has been set.');
}

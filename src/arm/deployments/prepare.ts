import type { Clock, Random } from "#lib";
import { armErrors } from "../errors.ts";
import { findRegion, regionNames } from "../locations.ts";
import type { ArmRequest } from "../provider.ts";
import { countdownId } from "../time.ts";
import { decodeDeployment } from "./decode.ts";
import type { DeploymentOptions } from "./deployments.ts";
import type { Deployment } from "./records.ts";
import { type Plan, planParameters, planTemplate } from "./template/plan.ts";
import { TemplateFailure } from "./template/scope.ts";

/** Source: resource-name-rules, Microsoft.Resources/deployments. */
const NAME = /^[\w.()-]{1,64}$/;

/** What a request asks for, checked. */
export interface Prepared {
  readonly deployment: Deployment;
  readonly plan: Plan;
  readonly idsOnly: boolean;
  /** Of the group, or of the deployment itself. */
  readonly location: string;
}

/** Reads, plans and checks what is asked for. @throws {ArmError} */
export function prepare(
  request: ArmRequest,
  name: string,
  { clock, random, contextOf }: Pick<DeploymentOptions, "contextOf"> & { readonly clock: Clock; readonly random: Random },
): Prepared {
  if (!NAME.test(name)) throw armErrors.deploymentName(name.slice(0, MAX_QUOTED));
  const { subscriptionId, resourceGroup = "" } = request.path;
  const { baseUrl, principal } = request;
  const startMs = clock.now();
  const { template, parameters: given, positionOf, mode, idsOnly, ...sent } = decodeDeployment(request);
  const place = placeOf(request, { mode, location: sent.location });
  const context = contextOf({ subscriptionId, resourceGroup, name, mode, ...place, baseUrl, startMs });
  try {
    const input = { template, positionOf, context };
    const parameters = planParameters(input, given);
    const plan = planTemplate(input, parameters);
    const { templateHash } = plan;
    const resources = plan.resources.map(({ id, type, name, location, dependsOn }) => ({
      id,
      type,
      name,
      dependsOn,
      location: location?.toLowerCase().replaceAll(" ", ""),
    }));
    const ids = { statusId: countdownId(startMs), correlationId: random.uuid() };
    const group = context.resourceGroup?.name ?? "";
    const state = "Accepted" as const;
    const deployment: Deployment = {
      subscriptionId,
      resourceGroup: group,
      name,
      mode,
      ...place,
      template,
      parameters,
      templateHash,
      resources,
      state,
      operations: [],
      ...ids,
      principal,
      baseUrl,
      startMs,
    };
    return { deployment, plan, idsOnly, location: context.resourceGroup?.location ?? place.location ?? "" };
  } catch (error) {
    if (!(error instanceof TemplateFailure)) throw error;
    throw armErrors.invalidTemplate(`Deployment template validation failed: '${error.message}'.`);
  }
}

/** A deployment to a subscription says where it is kept, and takes nothing away. @throws {ArmError} */
function placeOf(
  { path }: ArmRequest,
  { mode, location }: { readonly mode: Deployment["mode"]; readonly location: string | undefined },
): { readonly location?: string } {
  if (path.resourceGroup !== undefined) return {};
  if (location === undefined) throw armErrors.locationRequired();
  const region = findRegion(location);
  if (region === undefined) throw armErrors.typeLocation(location, "Microsoft.Resources/deployments", regionNames());
  if (mode === "Complete")
    throw armErrors.invalidTemplate("The deployment mode 'Complete' is not supported for a deployment to a subscription.");
  return { location: region.name };
}

/** Characters of a name that an error quotes at most. */
const MAX_QUOTED = 128;

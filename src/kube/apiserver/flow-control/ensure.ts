import type { KubeObject } from "#api/kubernetes/meta";
import { isStatus } from "#api/kubernetes/status";
import { equalJson, isReleaseAtLeast } from "#kube/apimachinery";
import type { Core } from "../core.ts";
import type { Author } from "../field-management.ts";
import { defaultLevels, mandatoryLevel } from "../registry/flowcontrol/default-levels.ts";
import { defaultSchemas, mandatorySchema } from "../registry/flowcontrol/default-schemas.ts";
import { goFlowSchemaSpec, goLevelSpec } from "../registry/flowcontrol/go-forms.ts";
import type { Resource } from "../resources.ts";
import { createObject } from "../verbs/create.ts";
import { deleteObject } from "../verbs/delete.ts";
import { updateObject } from "../verbs/update.ts";

const AUTO_UPDATE = "apf.kubernetes.io/autoupdate-spec";

/** Where levels and schemas are kept. */
export interface FlowControlResources {
  readonly levels: Resource;
  readonly schemas: Resource;
}

interface Default {
  readonly resource: Resource;
  readonly name: string;
  readonly spec: object;
  readonly isMandatory: boolean;
  /** A spec as it compares with others. */
  readonly form: (spec: never) => object;
}

/**
 * Makes the levels and schemas that every cluster of the release has, brings those up to date that nobody has taken over, and removes
 * those that earlier releases had. Source: pkg/registry/flowcontrol/ensurer/strategy.go and rest/storage_flowcontrol.go.
 */
export async function ensureDefaults(core: Core, resources: FlowControlResources): Promise<void> {
  const author = authorOf(resources.schemas);
  const wanted = defaultsOf(core.version, resources);
  await Promise.all(wanted.map((each) => ensureOne(core, each, author)));
  for (const resource of [resources.schemas, resources.levels]) {
    const names = new Set(wanted.filter((each) => each.resource === resource).map(({ name }) => name));
    const gone = [...resource.cache.values()].filter(({ object }) => !names.has(object.metadata.name) && isTrue(annotation(object)));
    for (const { object } of gone) await remove(core, resource, object.metadata.name);
  }
}

const authorOf = ({ version }: Resource): Author => ({ name: `api-priority-and-fairness-config-producer-${version}`, isClient: true });

function defaultsOf(version: string, { levels, schemas }: FlowControlResources): readonly Default[] {
  const all: readonly Default[] = [
    ...defaultLevels(version).map(([name, spec]) => {
      return { resource: levels, name, spec, isMandatory: mandatoryLevel(name, version) !== undefined, form: goLevelSpec };
    }),
    ...defaultSchemas(version).map(([name, spec]) => {
      return { resource: schemas, name, spec, isMandatory: mandatorySchema(name) !== undefined, form: goFlowSchemaSpec };
    }),
  ];
  return all;
}

async function ensureOne(core: Core, { resource, name, spec, isMandatory, form }: Default, author: Author): Promise<void> {
  const current = resource.cache.get(name)?.object as (KubeObject & { spec: object }) | undefined;
  // Before 1.22 nothing kept them up to date. Source: apiserver pkg/apis/flowcontrol/bootstrap/default.go as of v1.21.0.
  const annotations = isReleaseAtLeast(core.version, "1.22") ? { [AUTO_UPDATE]: "true" } : undefined;
  try {
    if (current === undefined) {
      const body = structuredClone({ metadata: { name, ...(annotations !== undefined && { annotations }) }, spec });
      await createObject(core, { resource, namespace: "", body, ownsBody: true, dryRun: false, author });
      return;
    }
    if (annotations === undefined) return;
    const follows = isMandatory || isFollowing(current);
    const isAnnotated = annotation(current) !== undefined && isTrue(annotation(current)) === follows;
    const differs = follows && !equalJson(form(current.spec as never), form(spec as never));
    if (isAnnotated && !differs) return;
    const metadata = { ...current.metadata, annotations: { ...current.metadata.annotations, [AUTO_UPDATE]: String(follows) } };
    const body = structuredClone({ ...current, metadata, ...(differs && { spec }) });
    await updateObject(core, { resource, namespace: "", name, subresource: "", body, ownsBody: true, dryRun: false, author });
  } catch (error) {
    // Somebody else wrote it in between; it is looked at again.
    if (!isStatus(error, "AlreadyExists") && !isStatus(error, "Conflict") && !isStatus(error, "NotFound")) throw error;
  }
}

const annotation = ({ metadata }: KubeObject): string | undefined => metadata.annotations?.[AUTO_UPDATE];

/** Source: golang/go src/strconv/atob.go, ParseBool. */
const isTrue = (text: string | undefined): boolean => text !== undefined && /^(1|t|T|true|TRUE|True)$/.test(text);
const isFalse = (text: string): boolean => /^(0|f|F|false|FALSE|False)$/.test(text);

/** Whether an object is still kept up to date: as it says, else when nobody has changed it. */
function isFollowing(object: KubeObject): boolean {
  const said = annotation(object);
  if (said !== undefined && (isTrue(said) || isFalse(said))) return isTrue(said);
  return object.metadata.generation === 1;
}

async function remove(core: Core, resource: Resource, name: string): Promise<void> {
  try {
    await deleteObject(core, { resource, namespace: "", name, dryRun: false, options: {} });
  } catch (error) {
    if (!isStatus(error, "NotFound")) throw error;
  }
}

import type { KubeObject } from "#api/kubernetes/meta";
import { isStatus, StatusError } from "#api/kubernetes/status";
import { isJsonObject, type JsonObject, patchTypeOf } from "#kube/apimachinery";
import { type Arguments, KubectlError } from "./flags.ts";
import { type Manifest, readManifests } from "./manifests.ts";
import { outputForm, printObjects, sortedKeys } from "./output.ts";
import { discover, getObject, kindText, patchObject, pathOf, type Served, type Session } from "./session.ts";
import { forEach, kindOfObject, namespaceOf } from "./targets.ts";
import { threeWayPatch } from "./three-way.ts";

const STRATEGIC = "application/strategic-merge-patch+json";
const APPLY_PATCH = "application/apply-patch+yaml";
/** As whom kubectl writes. Source: kubernetes/kubectl pkg/cmd/apply/apply.go, pkg/cmd/create/create.go. */
const APPLY = "kubectl-client-side-apply";
const CREATE = "kubectl-create";
/** Unknown fields are refused. Source: kubernetes/kubectl pkg/cmd/util/helpers.go, AddValidateFlags. */
const STRICT = { fieldValidation: "Strict" } as const;
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** `kubectl apply -f`. Source: kubernetes/kubectl pkg/cmd/apply. */
export async function apply(session: Session, args: Arguments): Promise<void> {
  if (args.flag("--server-side")) return applyOnServer(session, args);
  await eachManifest(session, args, async (manifest, place) => {
    requireName(manifest);
    const path = pathOf(place.kind, place.namespace, manifest.object.metadata.name);
    const present = await getObject(session, path).catch((error: unknown) => {
      if (isStatus(error, "NotFound")) return undefined;
      throw error;
    });
    const wanted = withLastApplied(placed(manifest.object, place));
    if (present === undefined)
      return { verb: "created", object: await createObject(session, { manifest, place, object: wanted, manager: APPLY }) };
    const before = lastApplied(present);
    const type = patchTypeOf(place.kind.group, place.kind.version, place.kind.kind);
    const body = threeWayPatch(before, wanted as unknown as JsonObject, type);
    const object = await patchObject(session, path, { body, contentType: STRATEGIC, manager: APPLY, query: STRICT });
    const isSame = object.metadata.resourceVersion === present.metadata.resourceVersion;
    return { verb: isSame ? "unchanged" : "configured", object };
  });
}

/** `kubectl apply --server-side`. Source: kubernetes/kubectl pkg/cmd/apply/apply.go. */
function applyOnServer(session: Session, args: Arguments): Promise<void> {
  return eachManifest(session, args, async (manifest, place) => {
    requireName(manifest);
    const { object } = manifest;
    const path = pathOf(place.kind, place.namespace, object.metadata.name);
    const query = { ...STRICT, force: String(args.flag("--force-conflicts")) };
    const body = placed(object, place);
    return {
      verb: "serverside-applied",
      object: await patchObject(session, path, { body, contentType: APPLY_PATCH, manager: "kubectl", query }),
    };
  });
}

/** `kubectl create -f`, `kubectl create namespace NAME`. Source: kubernetes/kubectl pkg/cmd/create. */
export async function create(session: Session, args: Arguments): Promise<void> {
  const [kind, name, ...more] = args.positional;
  if (kind === undefined) {
    return eachManifest(session, args, async (manifest, place) => ({
      verb: "created",
      object: await createObject(session, { manifest, place, object: manifest.object, manager: CREATE }),
    }));
  }
  if (kind !== "namespace" && kind !== "ns")
    throw new KubectlError(`kubectl create ${kind} is not emulated: attach a file and use kubectl create -f`);
  if (name === undefined || more.length > 0) throw new KubectlError(`exactly one NAME is required, got ${args.positional.length - 1}`);
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  const object = (await session.transport.call({
    method: "POST",
    path: "/api/v1/namespaces",
    query: { fieldManager: CREATE },
    body,
  })) as KubeObject;
  say(session, args, { verb: "created", object, kind: "namespace" });
}

/** Only `create` makes up names. */
function requireName({ file, object }: Manifest): void {
  const { name } = object.metadata as { readonly name?: string };
  if (name === undefined || name === "") throw new KubectlError(`error when reading "${file}": resource name may not be empty`);
}

interface Place {
  readonly kind: Served;
  readonly namespace: string | undefined;
}

interface Outcome {
  readonly verb: string;
  readonly object: KubeObject;
}

/** Does the same to every object of the files; a refusal of one does not keep the others from it. */
async function eachManifest(session: Session, args: Arguments, act: (manifest: Manifest, place: Place) => Promise<Outcome>): Promise<void> {
  const dryRun = args.text("--dry-run");
  if (dryRun !== undefined && dryRun !== "none") throw new KubectlError("--dry-run is not emulated");
  const paths = args.texts("--filename");
  if (paths.length === 0) throw new KubectlError("must specify one of -f and -k");
  const manifests = readManifests(session, paths, args.flag("--recursive"));
  if (manifests.length === 0) throw new KubectlError("no objects passed to apply");
  const kinds = await discover(session);
  await forEach(session, manifests, async (manifest) => {
    const kind = kindOfObject(kinds, manifest.object);
    const namespace = kind.namespaced ? namespaceFor(args, manifest.object) : undefined;
    say(session, args, { ...(await act(manifest, { kind, namespace })), kind: kindText(kind) });
  });
}

/** @throws {KubectlError} when the file and the caller name different ones. */
function namespaceFor(args: Arguments, { metadata }: KubeObject): string {
  const asked = args.text("--namespace");
  const own = metadata.namespace;
  if (asked !== undefined && own !== undefined && asked !== own) {
    throw new KubectlError(
      `the namespace from the provided object "${own}" does not match the namespace "${asked}". You must pass '--namespace=${own}' to perform this operation.`,
    );
  }
  return own ?? namespaceOf(args);
}

async function createObject(
  { transport }: Session,
  {
    manifest,
    place,
    object,
    manager,
  }: { readonly manifest: Manifest; readonly place: Place; readonly object: KubeObject; readonly manager: string },
): Promise<KubeObject> {
  const { kind, namespace } = place;
  try {
    const query = { ...STRICT, fieldManager: manager };
    return (await transport.call({ method: "POST", path: pathOf(kind, namespace), query, body: placed(object, place) })) as KubeObject;
  } catch (error) {
    if (!(error instanceof StatusError) || isStatus(error, "Invalid")) throw error;
    throw new StatusError({ ...error.status, message: `error when creating "${manifest.file}": ${error.message}` });
  }
}

function placed(object: KubeObject, { namespace }: Place): KubeObject {
  return namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } };
}

/** What Go's encoder escapes in texts. */
const GO_ESCAPED = /[<>&\u2028\u2029]/g;

/** The object with itself, as it came, in an annotation. Source: kubernetes/kubectl pkg/util/apply.go. */
function withLastApplied(object: KubeObject): KubeObject {
  const { annotations = {}, ...metadata } = object.metadata;
  const { [LAST_APPLIED]: _own, ...others } = annotations;
  const bare = { ...object, metadata: { ...metadata, annotations: others } };
  const text = JSON.stringify(sortedKeys(bare)).replace(GO_ESCAPED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return { ...object, metadata: { ...metadata, annotations: { ...others, [LAST_APPLIED]: `${text}\n` } } };
}

function lastApplied({ metadata }: KubeObject): JsonObject {
  const text = metadata.annotations?.[LAST_APPLIED];
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

function say(session: Session, args: Arguments, { verb, object, kind }: Outcome & { readonly kind: string }): void {
  const form = outputForm(args.text("--output"));
  if (form === "json" || form === "yaml") session.say(printObjects([object], form, false));
  else session.say(form === "name" ? `${kind}/${object.metadata.name}` : `${kind}/${object.metadata.name} ${verb}`);
}

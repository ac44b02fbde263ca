import type { KubeObject } from "#api/kubernetes/meta";
import { isStatus, StatusError } from "#api/kubernetes/status";
import { type Arguments, KubectlError, PartsFailed } from "./flags.ts";
import { readManifests } from "./manifests.ts";
import { discover, findKind, findKinds, getObject, pathOf, type Served, type Session } from "./session.ts";

/** Some objects of a kind: those named, or all that a selector takes. */
export interface Target {
  readonly kind: Served;
  /** Undefined across namespaces, and for kinds without them. */
  readonly namespace: string | undefined;
  /** Undefined for a selection. */
  readonly name: string | undefined;
}

/** The namespace that a command works in. */
export function namespaceOf(args: Arguments): string {
  return args.text("--namespace") ?? "default";
}

/**
 * What a command is about: `TYPE NAME…`, `TYPE/NAME…`, `TYPE,TYPE`, or the objects of `-f`.
 * @throws {KubectlError} in the words of kubernetes/cli-runtime pkg/resource/builder.go.
 */
export async function targetsOf(session: Session, args: Arguments, words: readonly string[]): Promise<readonly Target[]> {
  const kinds = await discover(session);
  const files = args.texts("--filename");
  const scope = (kind: Served, own?: string): string | undefined => {
    if (!kind.namespaced) return undefined;
    return args.flag("--all-namespaces") ? undefined : (own ?? namespaceOf(args));
  };
  if (files.length > 0) {
    if (words.length > 0)
      throw new KubectlError("when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well");
    return readManifests(session, files, args.flag("--recursive")).map(({ object }) => {
      const kind = kindOfObject(kinds, object);
      return { kind, namespace: scope(kind, object.metadata.namespace), name: object.metadata.name };
    });
  }
  const [first, ...names] = words;
  if (first === undefined) {
    session.say(`You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n`);
    throw new KubectlError(
      'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\n' +
        "See 'kubectl get -h' for help and examples",
    );
  }
  if (words.some((word) => word.includes("/"))) return words.map((word) => ofPair(kinds, word, scope));
  const found = first.split(",").flatMap((word) => findKinds(kinds, word));
  if (names.length === 0) return found.map((kind) => ({ kind, namespace: scope(kind), name: undefined }));
  if (args.text("--selector") !== undefined) throw new KubectlError("name cannot be provided when a selector is specified");
  return found.flatMap((kind) => names.map((name) => ({ kind, namespace: scope(kind), name })));
}

function ofPair(kinds: readonly Served[], word: string, scope: (kind: Served) => string | undefined): Target {
  const [type = "", name = "", ...more] = word.split("/");
  if (type === "" || name === "" || more.length > 0) {
    throw new KubectlError(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    );
  }
  const kind = findKind(kinds, type);
  return { kind, namespace: scope(kind), name };
}

/** @throws {KubectlError} in client-go's words for a kind that the cluster does not serve. */
export function kindOfObject(kinds: readonly Served[], object: { readonly apiVersion?: string; readonly kind?: string }): Served {
  const { apiVersion = "", kind = "" } = object;
  const [version = "", group = ""] = apiVersion.split("/").reverse();
  const found = kinds.find((each) => each.kind === kind && each.group === group);
  if (found === undefined)
    throw new KubectlError(
      `resource mapping not found for name: "" namespace: "" from "": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
    );
  return version === found.version ? found : { ...found, version };
}

/** The objects of a target. @throws {StatusError} NotFound for one that is named and absent. */
export async function objectsOf(session: Session, args: Arguments, target: Target): Promise<readonly KubeObject[]> {
  const { kind, namespace, name } = target;
  if (name !== undefined) return [await getObject(session, pathOf(kind, namespace, name))];
  return selecting(args, kind, async (query) => {
    const list = (await session.transport.call({ method: "GET", path: pathOf(kind, namespace), query })) as {
      items: readonly KubeObject[];
    };
    return list.items;
  });
}

/** Reads what the caller's selectors take. A selector that the API cannot read is named. Source: cli-runtime pkg/resource/selector.go. */
export async function selecting<T>(args: Arguments, kind: Served, read: (query: Record<string, string>) => Promise<T>): Promise<T> {
  const [labels, fields] = [args.text("--selector"), args.text("--field-selector")];
  try {
    return await read({ ...(labels !== undefined && { labelSelector: labels }), ...(fields !== undefined && { fieldSelector: fields }) });
  } catch (error) {
    if (!(error instanceof StatusError) || !isStatus(error, "BadRequest")) throw error;
    const what = `Unable to find "${kind.group}/${kind.version}, Resource=${kind.resource}" that match`;
    const message = `${what} label selector "${labels ?? ""}", field selector "${fields ?? ""}": ${error.message}`;
    throw new StatusError({ ...error.status, message });
  }
}

/**
 * Does something to each; a refusal of one is said and does not keep the others from it.
 * @throws {PartsFailed} at the end, when one failed.
 */
export async function forEach<T>(session: Session, items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  let failed = false;
  for (const item of items) {
    try {
      await act(item);
    } catch (error) {
      session.say(errorText(error));
      failed = true;
    }
  }
  if (failed) throw new PartsFailed();
}

/** What kubectl prints for an error. @throws what is neither kubectl's nor the API's: a defect. */
export function errorText(error: unknown): string {
  if (error instanceof StatusError) return refusalText(error);
  if (error instanceof KubectlError) return `error: ${error.message}`;
  throw error;
}

/** What kubectl prints for a refusal of the API. Source: kubernetes/kubectl pkg/cmd/util/helpers.go, StandardErrorMessage. */
function refusalText(error: StatusError): string {
  const { reason, message = "", details } = error.status;
  if (isStatus(error, "Unauthorized")) return "error: You must be logged in to the server (Unauthorized)";
  if (isStatus(error, "Invalid") && details?.causes !== undefined) return invalidText(details);
  return reason === undefined ? `Error from server: ${message}` : `Error from server (${reason}): ${message}`;
}

/** One cause on the same line, several one a line. */
function invalidText({ kind = "", name = "", causes = [] }: NonNullable<StatusError["status"]["details"]>): string {
  const texts = causes.map(({ field = "", message = "" }) => (field === "" ? message : `${field}: ${message}`));
  const beginning = `The ${kind} "${name}" is invalid: `;
  return texts.length === 1 ? `${beginning}${texts[0] ?? ""}` : `${beginning}${texts.map((text) => `\n* ${text}`).join("")}`;
}

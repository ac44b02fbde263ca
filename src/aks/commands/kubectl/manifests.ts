import { parseAllDocuments } from "yaml";
import type { KubeObject } from "#api/kubernetes/meta";
import { isJsonObject } from "#kube/apimachinery";
import { normalPath } from "../attachment.ts";
import { KubectlError } from "./flags.ts";
import type { Session } from "./session.ts";

/** An object of a file. */
export interface Manifest {
  readonly file: string;
  readonly object: KubeObject & { readonly apiVersion: string; readonly kind: string };
}

/** Objects of all files of one run at most. */
const MAX_OBJECTS = 1000;
const EXTENSIONS = /\.(?:json|ya?ml)$/;

/**
 * The objects of the files and folders that `-f` names, in order. Source: kubernetes/cli-runtime pkg/resource/builder.go.
 * @throws {KubectlError} for a path that was not attached, and for what is no object.
 */
export function readManifests({ files }: Session, paths: readonly string[], isRecursive: boolean): readonly Manifest[] {
  const manifests = paths.flatMap((path) => filesAt(files, path, isRecursive).flatMap((file) => objectsOf(file, files.get(file) ?? "")));
  if (manifests.length > MAX_OBJECTS) throw new KubectlError(`more than ${MAX_OBJECTS} objects at once are not emulated`);
  return manifests;
}

function filesAt(files: Session["files"], path: string, isRecursive: boolean): readonly string[] {
  if (path === "-") throw new KubectlError("reading from stdin is not emulated: attach a file");
  if (/^https?:/i.test(path)) throw new KubectlError(`unable to read URL "${path}": nothing outside of Lido is reached`);
  const wanted = normalPath(path);
  if (files.has(wanted)) return [wanted];
  const folder = wanted === "" ? "" : `${wanted}/`;
  const within = [...files.keys()]
    .filter((file) => file.startsWith(folder) && EXTENSIONS.test(file))
    .filter((file) => isRecursive || !file.slice(folder.length).includes("/"))
    .sort();
  if (within.length === 0) throw new KubectlError(`the path "${path}" does not exist`);
  return within;
}

function objectsOf(file: string, text: string): readonly Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [failure] = document.errors;
    if (failure !== undefined)
      throw new KubectlError(`error parsing ${file}: error converting YAML to JSON: yaml: ${failure.message.split("\n")[0] ?? ""}`);
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value === null || value === undefined) return [];
    return itemsOf(value).map((object) => manifestOf(file, object));
  });
}

/** A List stands for its items. */
function itemsOf(value: unknown): readonly unknown[] {
  return isJsonObject(value) && typeof value["kind"] === "string" && value["kind"].endsWith("List") && Array.isArray(value["items"])
    ? (value["items"] as unknown[])
    : [value];
}

function manifestOf(file: string, value: unknown): Manifest {
  if (!isJsonObject(value)) throw new KubectlError(`error validating "${file}": error validating data: invalid object to validate`);
  const unset = ["apiVersion", "kind"].filter((member) => typeof value[member] !== "string" || value[member] === "");
  if (unset.length > 0) {
    const reasons = unset.map((member) => `${member} not set`);
    const text = reasons.length > 1 ? `[${reasons.join(", ")}]` : (reasons[0] ?? "");
    throw new KubectlError(
      `error validating "${file}": error validating data: ${text}; if you choose to ignore these errors, turn validation off with --validate=false`,
    );
  }
  if (!isJsonObject(value["metadata"])) throw new KubectlError(`error when reading "${file}": resource name may not be empty`);
  return { file, object: value as unknown as Manifest["object"] };
}

import type { Node, Taint } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { TAINT_EFFECTS } from "#kube/apimachinery";
import { type Arguments, KubectlError } from "./flags.ts";
import { kindText, patchObject, pathOf, type Served, type Session } from "./session.ts";
import { objectsOf, targetsOf } from "./targets.ts";

const MERGE = "application/merge-patch+json";

/** An object that is to change, and where it is. */
interface Found {
  readonly kind: Served;
  readonly object: KubeObject;
  readonly path: string;
}

async function findAll(session: Session, args: Arguments, words: readonly string[]): Promise<readonly Found[]> {
  const targets = await targetsOf(session, args, words);
  const selects = args.flag("--all") || args.text("--selector") !== undefined;
  if (targets.some(({ name }) => name === undefined) && !selects)
    throw new KubectlError("resource(s) were provided, but no name was specified");
  const found = await Promise.all(
    targets.map(async (target) =>
      (await objectsOf(session, args, target)).map((object) => {
        const namespace = target.kind.namespaced ? object.metadata.namespace : undefined;
        return { kind: target.kind, object, path: pathOf(target.kind, namespace, object.metadata.name) };
      }),
    ),
  );
  return found.flat();
}

function say(session: Session, { kind, object }: Found, what: string): void {
  session.say(`${kindText(kind)}/${object.metadata.name} ${what}`);
}

/** Splits `TYPE NAME key=value key-` where the changes begin. */
function splitChanges(
  args: Arguments,
  isChange: (word: string) => boolean,
): { readonly words: readonly string[]; readonly changes: readonly string[] } {
  const changes = args.positional.filter((word, index) => index > 0 && isChange(word));
  return { words: args.positional.filter((word) => !changes.includes(word)), changes };
}

/** `kubectl label` and `kubectl annotate`. Source: kubernetes/kubectl pkg/cmd/label, pkg/cmd/annotate. */
export async function setMetadata(session: Session, args: Arguments, member: "labels" | "annotations"): Promise<void> {
  const { words, changes } = splitChanges(args, (word) => word.includes("=") || word.endsWith("-"));
  const noun = member === "labels" ? "label" : "annotation";
  if (changes.length === 0) throw new KubectlError(`at least one ${noun} update is required`);
  const wanted = changes.map((change): readonly [string, string | null] => {
    const at = change.indexOf("=");
    return at === -1 ? [change.slice(0, -1), null] : [change.slice(0, at), change.slice(at + 1)];
  });
  for (const found of await findAll(session, args, words)) {
    const present = found.object.metadata[member] ?? {};
    const taken = wanted.find(([key, value]) => value !== null && present[key] !== undefined && present[key] !== value);
    if (taken !== undefined && !args.flag("--overwrite")) {
      throw new KubectlError(`'${taken[0]}' already has a value (${present[taken[0]] ?? ""}), and --overwrite is false`);
    }
    for (const [key, value] of wanted) if (value === null && present[key] === undefined) session.say(`${noun} "${key}" not found.`);
    const effective = wanted.filter(([key, value]) => (value ?? undefined) !== present[key]);
    if (effective.length > 0)
      await patchObject(session, found.path, {
        body: { metadata: { [member]: Object.fromEntries(wanted) } },
        contentType: MERGE,
        manager: `kubectl-${member === "labels" ? "label" : "annotate"}`,
      });
    say(session, found, metadataVerb(member, effective));
  }
}

function metadataVerb(member: "labels" | "annotations", effective: readonly (readonly [string, string | null])[]): string {
  if (member === "annotations") return "annotated";
  if (effective.length === 0) return "not labeled";
  return effective.every(([, value]) => value === null) ? "unlabeled" : "labeled";
}

/** `kubectl cordon` and `kubectl uncordon`. Source: kubernetes/kubectl pkg/cmd/drain/drain.go. */
export async function setSchedulable(session: Session, args: Arguments, schedulable: boolean): Promise<void> {
  const verb = schedulable ? "uncordoned" : "cordoned";
  if (args.positional.length === 0 && args.text("--selector") === undefined) {
    throw new KubectlError(
      `USAGE: ${schedulable ? "uncordon" : "cordon"} NODE [flags]\nSee 'kubectl ${schedulable ? "uncordon" : "cordon"} -h' for help and examples`,
    );
  }
  for (const found of await findAll(session, args, ["nodes", ...args.positional.map((word) => word.replace(/^nodes?\//, ""))])) {
    const isSchedulable = (found.object as Node).spec.unschedulable !== true;
    if (isSchedulable === schedulable) {
      say(session, found, `already ${verb}`);
      continue;
    }
    await patchObject(session, found.path, { body: { spec: { unschedulable: schedulable ? null : true } }, contentType: MERGE });
    say(session, found, verb);
  }
}

/** `kubectl taint nodes NAME key=value:Effect key:Effect- key-`. Source: kubernetes/kubectl pkg/cmd/taint. */
export async function taint(session: Session, args: Arguments): Promise<void> {
  const { words, changes } = splitChanges(args, (word) => word.includes(":") || word.includes("=") || word.endsWith("-"));
  if (changes.length === 0) throw new KubectlError("at least one taint update is required");
  const [added, removed] = [changes.filter((text) => !text.endsWith("-")).map(parseTaint), changes.filter((text) => text.endsWith("-"))];
  for (const found of await findAll(session, args, words)) {
    const present = (found.object as Node).spec.taints ?? [];
    const kept = present.filter((each) => !removed.some((text) => removes(text, each)));
    const missing = removed.find((text) => !present.some((each) => removes(text, each)));
    if (missing !== undefined) throw new KubectlError(`taint "${missing.slice(0, -1)}" not found`);
    const clash = added.find((each) => kept.some((other) => sameTaint(each, other)));
    if (clash !== undefined && !args.flag("--overwrite")) {
      throw new KubectlError(
        `node ${found.object.metadata.name} already has ${clash.key} taint(s) with same effect(s) and --overwrite is false`,
      );
    }
    const taints = [...kept.filter((each) => !added.some((other) => sameTaint(each, other))), ...added];
    const { resourceVersion } = found.object.metadata;
    await patchObject(session, found.path, {
      body: { metadata: { resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } },
      contentType: MERGE,
    });
    say(session, found, added.length === 0 ? "untainted" : clash === undefined ? "tainted" : "modified");
  }
}

function parseTaint(text: string): Taint {
  const colon = text.lastIndexOf(":");
  const [key = "", value, ...more] = text.slice(0, Math.max(colon, 0)).split("=");
  const effect = text.slice(colon + 1);
  if (colon === -1 || key === "" || more.length > 0) throw new KubectlError(`invalid taint spec: ${text}`);
  if (!(TAINT_EFFECTS as readonly string[]).includes(effect))
    throw new KubectlError(`invalid taint effect: ${effect}, unsupported taint effect`);
  return { key, ...(value !== undefined && value !== "" && { value }), effect: effect as Taint["effect"] };
}

/** `key-`, `key:Effect-` and `key=value:Effect-` take a taint away. */
function removes(text: string, { key, effect }: Taint): boolean {
  const [pair = "", wanted] = text.slice(0, -1).split(":");
  return pair.split("=")[0] === key && (wanted === undefined || wanted === effect);
}

function sameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

/** `kubectl scale --replicas`. Source: kubernetes/kubectl pkg/cmd/scale. */
export async function scale(session: Session, args: Arguments): Promise<void> {
  const text = args.text("--replicas");
  if (text === undefined) throw new KubectlError('required flag(s) "replicas" not set');
  if (!/^\d{1,9}$/.test(text))
    throw new KubectlError("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
  const expected = args.text("--current-replicas");
  for (const found of await findAll(session, args, args.positional)) {
    const { replicas } = (found.object as KubeObject & { spec?: { replicas?: number } }).spec ?? {};
    if (expected !== undefined && String(replicas ?? 0) !== expected)
      throw new KubectlError(`Expected replicas to be ${expected}, was ${replicas ?? 0}`);
    await patchObject(session, `${found.path}/scale`, { body: { spec: { replicas: Number(text) } }, contentType: MERGE });
    say(session, found, "scaled");
  }
}

import type { KubeObject } from "#api/kubernetes/meta";
import { isStatus } from "#api/kubernetes/status";
import { type Arguments, KubectlError } from "./flags.ts";
import { getObject, kindText, pathOf, type Session } from "./session.ts";
import { forEach, objectsOf, type Target, targetsOf } from "./targets.ts";

/** Between two looks whether an object has gone. */
const LOOK_MS = 250;

/** `kubectl delete`: by name, file, selector or all; then waits until they have gone. Source: kubernetes/kubectl pkg/cmd/delete. */
export async function remove(session: Session, args: Arguments): Promise<void> {
  const targets = await targetsOf(session, args, args.positional);
  const selects = args.flag("--all") || args.text("--selector") !== undefined || args.text("--field-selector") !== undefined;
  if (targets.some(({ name }) => name === undefined) && !selects) {
    throw new KubectlError("resource(s) were provided, but no name was specified");
  }
  const gone: { readonly path: string; readonly uid: string | undefined }[] = [];
  const removeEach = forEach(session, targets, async (target) => {
    for (const object of await found(session, args, target)) {
      const { name, namespace, uid } = object.metadata;
      const path = pathOf(target.kind, target.kind.namespaced ? namespace : undefined, name);
      await session.transport.call({ method: "DELETE", path, body: deleteOptions(args) });
      gone.push({ path, uid });
      const kind = kindText(target.kind);
      session.say(args.text("--output") === "name" ? `${kind}/${name}` : `${kind} "${name}" ${deletedText(args)}`);
    }
  });
  const failure = await removeEach.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (args.text("--wait") !== "false") for (const each of gone) await whenGone(session, each);
  if (failure !== undefined) throw failure;
  if (gone.length === 0 && selects) session.say("No resources found");
}

async function found(session: Session, args: Arguments, target: Target): Promise<readonly KubeObject[]> {
  try {
    return await objectsOf(session, args, target);
  } catch (error) {
    if (args.flag("--ignore-not-found") && isStatus(error, "NotFound")) return [];
    throw error;
  }
}

function deletedText(args: Arguments): string {
  return graceOf(args) === 0 ? "force deleted" : "deleted";
}

/** Seconds, or undefined for the object's own. @throws {KubectlError} for what is no number. */
function graceOf(args: Arguments): number | undefined {
  if (args.flag("--now")) return 1;
  const text = args.text("--grace-period");
  if (text === undefined) return args.flag("--force") ? 0 : undefined;
  if (!/^-?\d{1,9}$/.test(text))
    throw new KubectlError(`invalid argument "${text}" for "--grace-period" flag: strconv.ParseInt: parsing "${text}": invalid syntax`);
  const seconds = Number(text);
  return seconds < 0 ? undefined : seconds;
}

function deleteOptions(args: Arguments): object {
  const grace = graceOf(args);
  const options = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Background" };
  return grace === undefined ? options : { ...options, gracePeriodSeconds: grace };
}

/** Another object under the same name counts as gone. Waits as long as the command may run. */
async function whenGone(session: Session, { path, uid }: { readonly path: string; readonly uid: string | undefined }): Promise<void> {
  for (;;) {
    const present = await getObject(session, path).catch((error: unknown) => {
      if (isStatus(error, "NotFound")) return undefined;
      throw error;
    });
    if (present === undefined || present.metadata.uid !== uid) return;
    await session.clock.sleep(LOOK_MS, session.signal);
  }
}

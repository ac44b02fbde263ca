import { isObject, type JsonObject } from "#api/containerservice/decode";
import { refusals } from "../errors.ts";
import { meshRefusals } from "./errors.ts";
import { defaultRevision, isCompatible, type MeshCluster, meshUpgrades, revisionsOn } from "./revisions.ts";

const PROFILE = "properties.serviceMeshProfile";

/** The revisions of a mesh: two while it is upgraded, none where there is no mesh. */
export function installedRevisions(profile: unknown): readonly string[] {
  if (!isObject(profile) || profile["mode"] !== "Istio" || !isObject(profile["istio"])) return [];
  return (profile["istio"]["revisions"] ?? []) as readonly string[];
}

interface MeshChange {
  readonly sent: unknown;
  readonly stored: unknown;
  readonly cluster: MeshCluster;
  /** As of which the caller is answered. */
  readonly day: string;
}

/**
 * The mesh as a caller wants it: a new one has the revision that is named, or the newest but one; an upgrade has the next one beside it, and
 * ends with one of both. Undefined when nothing is said of it. Nothing of a mesh runs in the cluster.
 * Sources: MicrosoftDocs/azure-aks-docs articles/aks/istio-deploy-addon.md, istio-upgrade.md and istio-support-policy.md.
 * Unverified: that a mesh which is disabled forgets its settings.
 * @throws {ProviderError} 400 for a profile that cannot be, and for revisions that cannot come or go.
 */
export function settledMesh({ sent, stored, cluster, day }: MeshChange): JsonObject | undefined {
  if (sent === undefined) return undefined;
  if (!isObject(sent)) throw refusals.invalidParameter(PROFILE);
  const { mode, istio = {} } = sent;
  if (mode === "Disabled") return { mode };
  if (mode !== "Istio") throw refusals.invalidParameter(`${PROFILE}.mode`);
  if (!isObject(istio)) throw refusals.invalidParameter(`${PROFILE}.istio`);
  const before = installedRevisions(stored);
  const wanted = namedRevisions(istio["revisions"]);
  const revisions = wanted.length > 0 ? wanted : before.length > 0 ? before : [defaultRevision(day)];
  const refusal = before.length === 0 ? newMesh(revisions, cluster, day) : changedMesh(before, revisions, { cluster, day });
  if (refusal !== undefined) throw refusal;
  return { ...sent, mode, istio: { ...istio, revisions } };
}

function namedRevisions(sent: unknown): readonly string[] {
  if (sent === undefined || sent === null) return [];
  const isList = Array.isArray(sent) && sent.every((each) => typeof each === "string");
  if (!isList || new Set(sent).size < sent.length) throw refusals.invalidParameter(`${PROFILE}.istio.revisions`);
  return sent;
}

function newMesh(revisions: readonly string[], cluster: MeshCluster, day: string): Error | undefined {
  const [only = "", ...more] = revisions;
  if (more.length > 0) return meshRefusals.tooMany(revisions);
  if (!revisionsOn(day).includes(only)) return meshRefusals.unsupported(only);
  return isCompatible(only, cluster) ? undefined : meshRefusals.incompatible(only, cluster.version);
}

/** What is there may stay, whatever its age. Source: istio-support-policy.md, "clusters already having this revision continue to work". */
function changedMesh(
  before: readonly string[],
  revisions: readonly string[],
  { cluster, day }: Pick<MeshChange, "cluster" | "day">,
): Error | undefined {
  const [added, ...more] = revisions.filter((each) => !before.includes(each));
  if (added === undefined) return undefined;
  const [from = "", other] = before;
  if (more.length > 0 || other !== undefined) return meshRefusals.tooMany(revisions);
  if (!revisionsOn(day).includes(added)) return meshRefusals.unsupported(added);
  if (!isCompatible(added, cluster)) return meshRefusals.incompatible(added, cluster.version);
  const upgrades = meshUpgrades(from, day, cluster);
  if (!upgrades.includes(added)) return meshRefusals.notUpgradable(from, added, upgrades);
  return revisions.includes(from) ? undefined : meshRefusals.notAtOnce(from, added);
}

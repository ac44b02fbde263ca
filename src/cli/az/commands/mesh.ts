import type { AzContext } from "../client.ts";
import { type AzCommand, confirm, NO_WAIT, optional, required, RESOURCE_GROUP, text, YES } from "../command.ts";
import { type AzArgs, AzError } from "../grammar.ts";
import type { Row } from "../table.ts";
import { type Cluster, clusterPath, putAndShow } from "./clusters.ts";

interface Revision {
  readonly revision: string;
  readonly upgrades: readonly string[] | null;
  readonly compatibleWith: readonly { readonly name: string; readonly versions: readonly string[] }[];
}

interface Mesh {
  readonly mode: string;
  readonly istio?: { readonly revisions?: readonly string[] };
}

/** The api-version of az 2.91. */
const MESH = "2026-06-01";
const NAME = required("--name", "-n");

/** `az aks mesh …`. Source: azure-cli acs module of 2.91: custom.py, managed_cluster_decorator.py and _format.py. */
export const meshCommands: readonly AzCommand[] = [
  {
    words: "aks mesh get-revisions",
    summary: "Discover available Azure Service Mesh revisions and their compatibility.",
    options: [required("--location", "-l")],
    run: async (context, args) => ({ meshRevisions: await revisionsIn(context, args.required("location")) }),
    table: (profile) => (profile as { readonly meshRevisions: readonly Revision[] }).meshRevisions.flatMap(revisionRows),
  },
  {
    words: "aks mesh get-upgrades",
    summary: "Discover available Azure Service Mesh upgrades.",
    options: [RESOURCE_GROUP, NAME],
    run: upgradesOf,
    table: (profile) => revisionRows(profile as Revision),
  },
  {
    words: "aks mesh enable",
    summary: "Enable Azure Service Mesh.",
    options: [RESOURCE_GROUP, NAME, text("--revision"), NO_WAIT],
    run: (context, args) =>
      changeMesh(context, args, (mesh) => {
        if (mesh?.mode === "Istio")
          throw new AzError(`${ENABLED}, please refer to ${UPGRADE_DOCS} for more details on updating the mesh profile.`);
        const revision = revisionOf(args);
        return { ...mesh, mode: "Istio", istio: { ...mesh?.istio, ...optional({ revisions: revision && [revision] }) } };
      }),
  },
  {
    words: "aks mesh disable",
    summary: "Disable Azure Service Mesh.",
    options: [RESOURCE_GROUP, NAME, YES, NO_WAIT],
    async run(context, args) {
      await confirm(context, args);
      return await changeMesh(context, args, (mesh) => ({ ...enabled(mesh), mode: "Disabled" }));
    },
  },
  {
    words: "aks mesh upgrade start",
    summary: "Initiate Azure Service Mesh upgrade.",
    options: [RESOURCE_GROUP, NAME, required("--revision"), NO_WAIT],
    run: (context, args) => changeMesh(context, args, (mesh) => withRevisions(mesh, (revisions) => [...revisions, revisionOf(args) ?? ""])),
  },
  ...(["complete", "rollback"] as const).map((verb) => ending(verb)),
];

const ENABLED = "Istio has already been enabled for this cluster";
const UPGRADE_DOCS = "https://aka.ms/asm-aks-upgrade-docs";

/** What ends an upgrade: the one of its two revisions that goes is named, and asked about. */
function ending(verb: "complete" | "rollback"): AzCommand {
  return {
    words: `aks mesh upgrade ${verb}`,
    summary: verb === "complete" ? "Complete Azure Service Mesh upgrade." : "Rollback Azure Service Mesh upgrade.",
    options: [RESOURCE_GROUP, NAME, YES, NO_WAIT],
    run: (context, args) =>
      changeMesh(context, args, async (mesh) => {
        const revisions = enabled(mesh).istio?.revisions ?? [];
        if (revisions.length < 2) throw new AzError("Azure Service Mesh upgrade is not in progress.");
        const [older = "", newer = ""] = revisions.toSorted((a, b) => minorOf(a) - minorOf(b));
        const [gone, kept] = verb === "complete" ? [older, newer] : [newer, older];
        await confirm(
          context,
          args,
          `This operation will remove Istio control plane for revision ${gone}. Please ensure all data plane workloads have been rolled over to ` +
            `revision ${kept} so that they are still part of the mesh.\nAre you sure you want to proceed?`,
        );
        return withRevisions(mesh, () => [kept]);
      }),
  };
}

function minorOf(revision: string): number {
  return Number(revision.split("-")[2]);
}

async function revisionsIn({ call }: AzContext, location: string): Promise<readonly Revision[]> {
  const path = `/providers/Microsoft.ContainerService/locations/${location}/meshRevisionProfiles`;
  const { value } = (await call("GET", path, MESH)).body as { value: readonly { properties: { meshRevisions: readonly Revision[] } }[] };
  return (value[0]?.properties.meshRevisions ?? []).map(shown);
}

/** Nothing, and a warning, for a cluster without a mesh. */
async function upgradesOf({ call, terminal }: AzContext, args: AzArgs): Promise<Revision | undefined> {
  const { value } = (await call("GET", `${clusterPath(args)}/meshUpgradeProfiles`, MESH)).body as {
    value: readonly { readonly properties: Revision }[];
  };
  const [profile] = value;
  if (profile !== undefined) return shown(profile.properties);
  const [name, group] = [args.required("name"), args.required("resource-group")];
  terminal.say(`WARNING: No mesh upgrade profiles found for the cluster '${name}' in the resource group '${group}'.`);
  return undefined;
}

function shown(revision: Revision): Revision {
  return { ...revision, upgrades: revision.upgrades ?? null };
}

function revisionRows({ revision, upgrades, compatibleWith }: Revision): readonly Row[] {
  return compatibleWith.map(({ name, versions }) => ({
    Revision: revision,
    Upgrades: (upgrades ?? ["None available"]).join(", "),
    CompatibleWith: name,
    CompatibleVersions: versions.join(", "),
  }));
}

/** @throws {AzError} for what is no revision. Source: azure-cli acs _validators.py, validate_azure_service_mesh_revision. */
function revisionOf(args: AzArgs): string | undefined {
  const revision = args.text("revision");
  if (revision === undefined || /^asm-\d+-\d+$/.test(revision)) return revision;
  throw new AzError(`Revision ${revision} is not supported by the service mesh add-on.`);
}

/** @throws {AzError} for a cluster without a mesh. */
function enabled(mesh: Mesh | undefined): Mesh {
  if (mesh !== undefined && mesh.mode !== "Disabled") return mesh;
  throw new AzError(
    "Istio has not been enabled for this cluster, please refer to https://aka.ms/asm-aks-addon-docs for more details on enabling Azure Service Mesh.",
  );
}

function withRevisions(mesh: Mesh | undefined, become: (revisions: readonly string[]) => readonly string[]): Mesh {
  const present = enabled(mesh);
  return { ...present, istio: { ...present.istio, revisions: become(present.istio?.revisions ?? []) } };
}

async function changeMesh(context: AzContext, args: AzArgs, become: (mesh: Mesh | undefined) => Mesh | Promise<Mesh>): Promise<unknown> {
  const path = clusterPath(args);
  const cluster = (await context.call("GET", path, MESH)).body as Cluster;
  const mesh = await become(cluster.properties["serviceMeshProfile"] as Mesh | undefined);
  await warnOfAge(context, cluster.location, mesh);
  const body = { ...cluster, properties: { ...cluster.properties, serviceMeshProfile: mesh } };
  return await putAndShow(context, args, { path, body, apiVersion: MESH });
}

/** Source: azure-cli acs custom.py, _aks_mesh_update. */
async function warnOfAge(context: AzContext, location: string, { mode, istio }: Mesh): Promise<void> {
  const [only, ...more] = istio?.revisions ?? [];
  if (mode !== "Istio" || only === undefined || more.length > 0) return;
  const offered = await revisionsIn(context, location);
  if (offered.some(({ revision }) => revision === only)) return;
  context.terminal.say(
    `WARNING: Istio mesh revision ${only} currently in use in your cluster is no longer supported.\n` +
      "Please upgrade for continued support. Use `az aks mesh get-upgrades` to check for available upgrades.\n" +
      `More information about mesh upgrades and version support can be found here: ${UPGRADE_DOCS}`,
  );
}

import { compareVersions } from "./version.ts";

/** What a node says of the machine it runs on. */
export interface NodeRuntime {
  /** `Ubuntu 22.04.5 LTS`. */
  readonly osImage: string;
  readonly kernelVersion: string;
  /** `docker://3.0.4`, `containerd://1.7.33-1`. */
  readonly containerRuntimeVersion: string;
  /** Start of the image's name, without generation and architecture: `AKSUbuntu-2204`. */
  readonly imageFamily: string;
  /** What follows `gen2` in the image's name. */
  readonly imageVariant: string;
  /** End of the image's name: `202607.09.0`. */
  readonly imageVersion: string;
  /** The os sku by its full name: `Ubuntu2204`. */
  readonly effectiveOsSku: string;
}

export interface NodeImageChoice {
  /** Full Kubernetes version of the node. */
  readonly kubernetesVersion: string;
  readonly osType: "Linux" | "Windows";
  /** As in the pool; the service's choice when absent. */
  readonly osSKU?: string | undefined;
  readonly architecture?: "amd64" | "arm64" | undefined;
  /** The day, `2026-07-16`, whose newest image is meant; the last one that is known when absent. */
  readonly day?: string | undefined;
  /** Whether the machine is launched trusted. */
  readonly isTrusted?: boolean;
  readonly hasFips?: boolean;
}

interface Era extends NodeRuntime {
  /** First Kubernetes version that gets the image. */
  readonly since: string;
}

/**
 * Ubuntu images, newest first. Sources: Azure/AKS vhd-notes/aks-ubuntu for kernels, containerd and moby; recorded
 * nodeImageVersions of 2020-09 to 2026-01; Azure docs supported-kubernetes-versions for 24.04 from 1.35 on.
 * Unverified: kernel and docker of May 2019, from public listings of nodes of that time.
 */
const ubuntu: readonly Era[] = [
  {
    since: "1.35.0",
    osImage: "Ubuntu 24.04.4 LTS",
    kernelVersion: "6.8.0-1059-azure",
    containerRuntimeVersion: "containerd://2.3.2-1",
    imageFamily: "AKSUbuntu-2404",
    imageVariant: "containerd",
    imageVersion: "202607.09.0",
    effectiveOsSku: "Ubuntu2404",
  },
  {
    since: "1.25.0",
    osImage: "Ubuntu 22.04.5 LTS",
    kernelVersion: "5.15.0-1116-azure",
    containerRuntimeVersion: "containerd://1.7.33-1",
    imageFamily: "AKSUbuntu-2204",
    imageVariant: "containerd",
    imageVersion: "202607.09.0",
    effectiveOsSku: "Ubuntu2204",
  },
  {
    since: "1.19.0",
    osImage: "Ubuntu 18.04.6 LTS",
    kernelVersion: "5.4.0-1091-azure",
    containerRuntimeVersion: "containerd://1.6.4+azure-4",
    imageFamily: "AKSUbuntu-1804",
    imageVariant: "containerd",
    imageVersion: "2022.10.03",
    effectiveOsSku: "Ubuntu1804",
  },
  {
    since: "1.18.0",
    osImage: "Ubuntu 18.04.5 LTS",
    kernelVersion: "5.4.0-1031-azure",
    containerRuntimeVersion: "docker://19.3.12",
    imageFamily: "AKSUbuntu-1804",
    imageVariant: "",
    imageVersion: "2020.10.08",
    effectiveOsSku: "Ubuntu1804",
  },
  {
    since: "1.16.0",
    osImage: "Ubuntu 16.04.7 LTS",
    kernelVersion: "4.15.0-1083-azure",
    containerRuntimeVersion: "docker://3.0.10",
    imageFamily: "AKSUbuntu-1604",
    imageVariant: "",
    imageVersion: "2020.09.03",
    effectiveOsSku: "Ubuntu1604",
  },
  {
    since: "1.0.0",
    osImage: "Ubuntu 16.04.6 LTS",
    kernelVersion: "4.15.0-1042-azure",
    containerRuntimeVersion: "docker://3.0.4",
    imageFamily: "AKSUbuntu-1604",
    imageVariant: "",
    imageVersion: "2019.05.02",
    effectiveOsSku: "Ubuntu1604",
  },
];

/** Unverified: kernel versions of Azure Linux and build numbers as the kubelet on Windows prints them. Source: Azure/AKS vhd-notes, 2026-07. */
const azureLinux: Era = {
  since: "1.0.0",
  osImage: "Microsoft Azure Linux 3.0",
  kernelVersion: "6.6.119.3-1.azl3",
  containerRuntimeVersion: "containerd://2.2.4",
  imageFamily: "AKSAzureLinux-V3",
  imageVariant: "",
  imageVersion: "202607.09.0",
  effectiveOsSku: "AzureLinux3",
};

/**
 * Sources: image name in `az aks nodepool add` of 2025-11, tobiasfenster.io and tfenster/aks-winserver2025-samples; MicrosoftDocs/azure-aks-docs
 * articles/aks/learn/quick-windows-container-deploy-cli.md for the node; Azure/AKS CHANGELOG of 2026-08: the default from 1.37 on.
 */
const windows: readonly Era[] = [
  {
    since: "1.37.0",
    osImage: "Windows Server 2025 Datacenter",
    kernelVersion: "10.0.26100.33158",
    containerRuntimeVersion: "containerd://2.0.4+azure",
    imageFamily: "AKSWindows-2025-gen2",
    imageVariant: "",
    imageVersion: "26100.33158.260715",
    effectiveOsSku: "Windows2025",
  },
  {
    since: "1.25.0",
    osImage: "Windows Server 2022 Datacenter",
    kernelVersion: "10.0.20348.5386",
    containerRuntimeVersion: "containerd://1.7.20+azure",
    imageFamily: "AKSWindows-2022-containerd",
    imageVariant: "",
    imageVersion: "20348.5386.260715",
    effectiveOsSku: "Windows2022",
  },
  {
    since: "1.0.0",
    osImage: "Windows Server 2019 Datacenter",
    kernelVersion: "10.0.17763.2061",
    containerRuntimeVersion: "docker://20.10.6",
    imageFamily: "AKSWindows-2019",
    imageVariant: "",
    imageVersion: "17763.2061.210714",
    effectiveOsSku: "Windows2019",
  },
];

/**
 * Ubuntu images for FIPS, where no release is asked for: the newest release that is certified.
 * Sources: MicrosoftDocs/azure-aks-docs articles/aks/enable-fips-nodes.md; Azure/AKS CHANGELOG of 2026-05-29, 22.04 from 1.35 on, and of
 * 2023, 20.04 from 1.27 on. Unverified: kernel of 20.04.
 */
const ubuntuFips: readonly Era[] = [
  ...ubuntu.filter(({ effectiveOsSku }) => effectiveOsSku === "Ubuntu2204").map((era) => ({ ...era, since: "1.35.0" })),
  {
    since: "1.27.0",
    osImage: "Ubuntu 20.04.6 LTS",
    kernelVersion: "5.4.0-1113-azure-fips",
    containerRuntimeVersion: "containerd://1.7.33-1",
    imageFamily: "AKSUbuntu-2004",
    imageVariant: "containerd",
    imageVersion: "202607.09.0",
    effectiveOsSku: "Ubuntu2004",
  },
  ...ubuntu.filter(({ effectiveOsSku }) => effectiveOsSku === "Ubuntu1804"),
];

/** Image, kernel and container runtime of a node. */
export function nodeRuntime(choice: NodeImageChoice): NodeRuntime {
  return eraOf(choice);
}

/**
 * The name of the newest node image for a choice: `AKSUbuntu-2204gen2containerd-202607.09.0`.
 * Source: recorded nodeImageVersions; Azure/AgentBaker pkg/agent/datamodel/sig_config.go for images of a trusted launch, `TL`, and
 * `fips`. Unverified: the two together. The first generation of machines has no `gen2`, and so had every image until 2020.
 */
export function nodeImageName(choice: NodeImageChoice): string {
  const era = eraOf(choice);
  const { imageFamily, imageVariant } = era;
  const imageVersion = choice.day === undefined ? era.imageVersion : versionOn(era, choice.day);
  if (choice.osType === "Windows") return `${imageFamily}-${imageVersion}`;
  const isSecondGeneration = imageVariant !== "" || imageFamily === azureLinux.imageFamily;
  const architecture = choice.architecture === "arm64" ? "arm64" : "";
  const kind = `${choice.isTrusted === true ? "TL" : ""}${choice.hasFips === true ? "fips" : ""}`;
  return `${imageFamily}${isSecondGeneration ? "gen2" : ""}${architecture}${kind}${imageVariant}-${imageVersion}`;
}

/**
 * The names of the newest images of a day, each once, in the order of names: every kind that a node may boot from.
 * Differs from AKS: kinds that no node here boots from, such as those of the first generation of machines, are left out.
 */
export function nodeImageNames(day: string): readonly string[] {
  const linux = [...ubuntu, azureLinux].flatMap(({ effectiveOsSku: osSKU, since }) =>
    LINUX_KINDS.map((kind) => nodeImageName({ kubernetesVersion: since, osType: "Linux", osSKU, day, ...kind })),
  );
  const fips = [...ubuntuFips, azureLinux].map(({ effectiveOsSku: osSKU, since }) =>
    nodeImageName({ kubernetesVersion: since, osType: "Linux", osSKU, day, hasFips: true }),
  );
  const others = windows.map(({ effectiveOsSku: osSKU, since }) =>
    nodeImageName({ kubernetesVersion: since, osType: "Windows", osSKU, day }),
  );
  return [...new Set([...linux, ...fips, ...others])].sort((a, b) => (a < b ? -1 : 1));
}

const LINUX_KINDS: readonly Partial<NodeImageChoice>[] = [{}, { architecture: "arm64" }, { isTrusted: true }];

/** `202607.09.0`: images that still come, each named by its day. */
const DATED = /^(\d{4})(\d\d)\.(\d\d)\.0$/;
const WEEK_MS = 7 * 86_400_000;

/**
 * The version of an image that was the newest on a day.
 * Differs from AKS: images after the last one that is known are made up, one each week, and bring nothing but their name.
 */
function versionOn({ imageVersion }: Era, day: string): string {
  const last = lastWeek(imageVersion, day);
  return last === undefined ? imageVersion : `${last.slice(0, 4)}${last.slice(5, 7)}.${last.slice(8)}.0`;
}

/** The day of the newest image that came a number of weeks after a known one; undefined for none. */
function lastWeek(imageVersion: string, day: string): string | undefined {
  const [, year, month, date] = DATED.exec(imageVersion) ?? [];
  if (year === undefined) return undefined;
  const first = Date.parse(`${year}-${month}-${date}`);
  const weeks = Math.floor((Date.parse(day) - first) / WEEK_MS);
  return weeks < 1 ? undefined : new Date(first + weeks * WEEK_MS).toISOString().slice(0, "2026-07-16".length);
}

/** `-2024.12.01`: the day of the security patches that an image has got beside its own. */
const PATCHED = /-\d{4}\.\d\d\.\d\d$/;

/**
 * The image with the newest security patches of a day, `AKSUbuntu-2204gen2containerd-202607.09.0-2026.07.16`: the base stays.
 * Source: Azure docs auto-upgrade-node-os-image, "How do I know if a SecurityPatch or NodeImage upgrade is applied".
 * Unverified: their cadence, "faster than weekly"; here the week of images.
 */
export function patchedImageName(image: string, day: string): string {
  const base = image.replace(PATCHED, "");
  const week = lastWeek(base.slice(base.lastIndexOf("-") + 1), day);
  return week === undefined ? image : `${base}-${week.replaceAll("-", ".")}`;
}

/** The image without the security patches that it has got. */
export function baseImageName(image: string): string {
  return image.replace(PATCHED, "");
}

/** What an image is of, without its version: `AKSUbuntu-2204gen2containerd`. */
export function imageFamily(image: string): string {
  const base = baseImageName(image);
  return base.slice(0, base.lastIndexOf("-"));
}

function eraOf(choice: NodeImageChoice): Era {
  const sku = choice.osSKU ?? "";
  if (/^(AzureLinux|CBLMariner|Mariner)/i.test(sku)) return azureLinux;
  const linux = choice.hasFips === true ? ubuntuFips : ubuntu;
  const eras = choice.osType === "Windows" ? windows : linux;
  const named = [...eras, ...ubuntu].find((era) => era.effectiveOsSku.toLowerCase() === sku.toLowerCase());
  const fitting = named ?? eras.find((era) => compareVersions(choice.kubernetesVersion, era.since) >= 0) ?? eras.at(-1);
  // The last era of each list takes every version.
  return fitting ?? azureLinux;
}

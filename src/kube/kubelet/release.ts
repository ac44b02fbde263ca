import type { NodeBootstrap } from "#api/kubelet";
import { isReleaseAtLeast } from "#kube/apimachinery";

/** What of a kubelet's texts and status fields changed between releases. */
export interface KubeletRelease {
  pulling(image: string): string;
  pulled(image: string, pullMs: number, sizeBytes: number): string;
  present(image: string): string;
  created(container: string): string;
  started(container: string): string;
  /** @param containerId `docker://web`. */
  killing(container: string, containerId: string): string;
  /** @param pod `web-0_default(<uid>)`. */
  backOffRestarting(container: string, pod: string): string;
  /** Why a container waits whose image could not be pulled. @param error what the runtime said. */
  backOffPulling(image: string, error: string): string;
  invalidImage(image: string, error: string): string;
  /** The pod's status message when the kubelet does not admit it. */
  rejected(message: string): string;
  readonly affinityRejection: { readonly reason: string; readonly message: string };
  readonly readyMessage: (osImage: string) => string;
  /** Why a node is not ready whose network has not come up. */
  notReadyMessage(bootstrap: Pick<NodeBootstrap, "needsPodCidr">): string;
  /** What pods hear meanwhile. */
  networkNotReady(reason: string): string;
  readonly hasOutOfDisk: boolean;
  readonly hasPodIps: boolean;
  readonly hasHostIps: boolean;
  readonly hasStarted: boolean;
  readonly hasSandboxCondition: boolean;
}

const NETWORK = "network not ready: NetworkReady=false reason:NetworkPluginNotReady message:";
/** Source: message quoted in Azure/AKS#273. */
const NO_POD_CIDR = "Kubenet does not have netConfig. This is most likely due to lack of PodCIDR";

/**
 * A kubelet's behaviour at a release; the pool's, not the control plane's.
 *
 * @param version `v1.12.6`.
 * Source: pkg/kubelet/events, pkg/kubelet/images/image_manager.go, pkg/kubelet/kuberuntime/kuberuntime_container.go,
 * pkg/kubelet/kubelet_pods.go, pkg/kubelet/nodestatus/setters.go; kubernetes PR 134043 (texts of 1.35).
 * Unverified: the exact release of the texts of 1.29, of networks that are not ready, and of the addition to `present`.
 */
export function kubeletRelease(version: string): KubeletRelease {
  const atLeast = (minimum: string): boolean => isReleaseAtLeast(version, minimum);
  return {
    ...imageTexts(atLeast),
    ...containerTexts(atLeast),
    ...failureTexts(atLeast),
    rejected: (message) => (atLeast("1.27") ? `Pod was rejected: ${message}` : `Pod ${message}`),
    affinityRejection: atLeast("1.18")
      ? { reason: "NodeAffinity", message: "Predicate NodeAffinity failed" }
      : { reason: "MatchNodeSelector", message: "Predicate MatchNodeSelector failed" },
    // Ubuntu's kernel has AppArmor, which kubelets named until 1.31.
    readyMessage: (osImage) =>
      osImage.startsWith("Ubuntu") && !atLeast("1.31")
        ? "kubelet is posting ready status. AppArmor enabled"
        : "kubelet is posting ready status",
    notReadyMessage: ({ needsPodCidr }) =>
      atLeast("1.24")
        ? `container runtime ${NETWORK}Network plugin returns error: cni plugin not initialized`
        : `runtime ${NETWORK}docker: network plugin is not ready: ${needsPodCidr === true ? NO_POD_CIDR : "cni config uninitialized"}`,
    networkNotReady: (reason) => `network is not ready: ${atLeast("1.15") ? reason : `[${reason}]`}`,
    hasOutOfDisk: !atLeast("1.13"),
    hasPodIps: atLeast("1.16"),
    hasHostIps: atLeast("1.29"),
    hasStarted: atLeast("1.16"),
    hasSandboxCondition: atLeast("1.29"),
  };
}

type AtLeast = (minimum: string) => boolean;

function imageTexts(atLeast: AtLeast): Pick<KubeletRelease, "pulling" | "pulled" | "present"> {
  return {
    pulling: (image) => `${atLeast("1.14") ? "Pulling" : "pulling"} image "${image}"`,
    pulled(image, pullMs, sizeBytes) {
      const text = `Successfully pulled image "${image}"`;
      const took = formatSeconds(pullMs);
      if (atLeast("1.29")) return `${text} in ${took} (${took} including waiting). Image size: ${sizeBytes} bytes.`;
      if (atLeast("1.27")) return `${text} in ${took} (${took} including waiting)`;
      return atLeast("1.19") ? `${text} in ${took}` : text;
    },
    present: (image) => `Container image "${image}" already present on machine${atLeast("1.35") ? " and can be accessed by the pod" : ""}`,
  };
}

function containerTexts(atLeast: AtLeast): Pick<KubeletRelease, "created" | "started" | "killing"> {
  return {
    created(container) {
      if (atLeast("1.35")) return "Container created";
      if (atLeast("1.32")) return `Created container: ${container}`;
      return atLeast("1.15") ? `Created container ${container}` : "Created container";
    },
    started(container) {
      if (atLeast("1.35")) return "Container started";
      return atLeast("1.15") ? `Started container ${container}` : "Started container";
    },
    killing: (container, containerId) =>
      atLeast("1.14") ? `Stopping container ${container}` : `Killing container with id ${containerId}:Need to kill Pod`,
  };
}

/** Unverified: the exact releases of the pod's name in the first, of the cause in the second, and of the wording of the third. */
function failureTexts(atLeast: AtLeast): Pick<KubeletRelease, "backOffRestarting" | "backOffPulling" | "invalidImage"> {
  return {
    backOffRestarting: (container, pod) =>
      atLeast("1.26") ? `Back-off restarting failed container ${container} in pod ${pod}` : "Back-off restarting failed container",
    backOffPulling: (image, error) => `Back-off pulling image "${image}"${atLeast("1.32") ? `: ErrImagePull: ${error}` : ""}`,
    invalidImage: (image, error) =>
      `Failed to apply default image tag "${image}": couldn't parse image ${atLeast("1.28") ? "name" : "reference"} "${image}": ${error}`,
  };
}

/** As Go prints a duration of whole milliseconds: `4.03s`, `870ms`. */
function formatSeconds(ms: number): string {
  const whole = Math.max(Math.round(ms), 1);
  return whole < 1000 ? `${whole}ms` : `${whole / 1000}s`;
}

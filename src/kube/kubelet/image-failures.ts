/** Why an image cannot be pulled: no such tag or repository, no right to it, or no registry that answers. */
export type PullFailure = "not-found" | "denied" | "unreachable";

/** Where machines of Azure ask for names. Source: Microsoft Learn, "What is IP address 168.63.129.16?". */
const NAME_SERVER = "168.63.129.16:53";
/** Registries that nobody can reach. Source: RFC 2606, section 2. */
const RESERVED_DOMAIN = /\.invalid(:\d+)?$/;

/** A repository with a registry before it, a tag and a digest. Source: distribution/reference, regexp.go. */
const REFERENCE =
  /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\d+)?)\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][\w.+-]*:[0-9a-fA-F]{32,})?$/;
const MAX_REFERENCE = 512;

/** What is wrong with the image's name, as its parser says it; undefined for a good name. Source: distribution/reference, normalize.go. */
export function invalidImageName(image: string): string | undefined {
  if (image.length <= MAX_REFERENCE && REFERENCE.test(image)) return undefined;
  const [path = ""] = image.split("@", 1);
  const repository = path.replace(/:[^/:]*$/, "");
  if (!/[A-Z]/.test(repository) || /[^\w./-]/.test(repository)) return "invalid reference format";
  const full = repository.includes("/") ? repository : `library/${repository}`;
  return `invalid reference format: repository name (${full}) must be lowercase`;
}

/** The failure that follows from the image's name alone: a registry below the reserved domain `.invalid` cannot exist. */
export function pullFailureOf(image: string): PullFailure | undefined {
  const [registry = "", ...rest] = image.split("/");
  return rest.length > 0 && RESERVED_DOMAIN.test(registry) ? "unreachable" : undefined;
}

/**
 * What the runtime says of a pull that failed.
 *
 * @param image as the pod names it; `reference` as the runtime writes it out.
 * Source: containerd pkg/cri/server/image_pull.go and core/remotes/docker/resolver.go; moby distribution/errors.go.
 * Unverified: the texts of other registries than Docker Hub.
 */
export function pullFailureText(
  failure: PullFailure,
  { image, reference, runtime }: { readonly image: string; readonly reference: string; readonly runtime: string },
): string {
  const [host = "", ...rest] = reference.split("/");
  const [repository = "", tag = "latest"] = rest.join("/").split(/[:@](?=[^/]*$)/);
  const noSuchHost = `dial tcp: lookup ${host.replace(/:\d+$/, "")} on ${NAME_SERVER}: no such host`;
  if (runtime === "docker") {
    const refusal = {
      "not-found": `manifest for ${image} not found`,
      denied: `pull access denied for ${image.replace(/[:@][^/]*$/, "")}, repository does not exist or may require 'docker login'`,
      unreachable: `Get https://${host}/v2/: ${noSuchHost}`,
    };
    return `rpc error: code = Unknown desc = Error response from daemon: ${refusal[failure]}`;
  }
  const refusal = {
    "not-found": `${reference}: not found`,
    denied:
      "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
    unreachable: `failed to do request: Head "https://${host}/v2/${repository}/manifests/${tag}": ${noSuchHost}`,
  };
  const code = failure === "not-found" ? "NotFound" : "Unknown";
  return `rpc error: code = ${code} desc = failed to pull and unpack image "${reference}": failed to resolve reference "${reference}": ${refusal[failure]}`;
}

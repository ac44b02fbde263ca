/** Major and minor of a Kubernetes version; `1.12.6` and `v1.12.6` alike. */
function parse(version: string): readonly [major: number, minor: number] {
  const [major = "0", minor = "0"] = version.replace(/^v/, "").split(".");
  return [Number.parseInt(major, 10) || 0, Number.parseInt(minor, 10) || 0];
}

/**
 * The document at `/version`. Source: apimachinery pkg/version/types.go.
 * Differs from AKS: the fields that tell how the server was built say that they do not know.
 */
export function versionDocument(version: string): Record<string, string> {
  const [major, minor] = parse(version);
  return {
    major: String(major),
    minor: String(minor),
    gitVersion: `v${version.replace(/^v/, "")}`,
    gitCommit: "0000000000000000000000000000000000000000",
    gitTreeState: "clean",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: "none",
    compiler: "none",
    platform: "linux/amd64",
  };
}

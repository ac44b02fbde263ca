import { describe, expect, it } from "vitest";
import { expectRefusal, type Row, type Setting, verdict, windows } from "../../testing/candidate.ts";

const dns = (localDNSProfile: object, properties: object = {}): Setting => ({ properties: { localDNSProfile, ...properties } });

const fitting: readonly (Setting & { readonly name: string })[] = [
  {
    name: "a local DNS",
    ...dns({
      mode: "Required",
      vnetDNSOverrides: { ".": { forwardDestination: "VnetDNS", protocol: "PreferUDP", serveStale: "Verify" } },
      kubeDNSOverrides: { "cluster.local": { forwardDestination: "ClusterCoreDNS" } },
    }),
  },
  { name: "no local DNS on a small size", ...dns({ mode: "Disabled" }, { vmSize: "Standard_DS2_v2" }) },
];

const refused: readonly Row[] = [
  {
    name: "a mode that there is not",
    ...dns({ mode: "Invalid" }),
    code: "InvalidParameter",
    target: "localDNSProfile.mode",
    message:
      "The value of parameter localDNSProfile.mode is invalid. Error details: value Invalid is not allowed. Only Preferred, Required and Disabled are allowed.",
  },
  {
    name: "on Kubernetes 1.30",
    ...dns({ mode: "Required" }, { orchestratorVersion: "1.30.9" }),
    code: "InvalidParameter",
    message: /1\.31/,
  },
  { name: "on two cores", ...dns({ mode: "Required" }, { vmSize: "Standard_DS2_v2" }), code: "InvalidParameter", message: /4 vCPUs/ },
  { name: "on Windows", ...windows({ localDNSProfile: { mode: "Preferred" } }), code: "InvalidParameter", message: /Windows/ },
  {
    name: "the root zone at the cluster's own",
    ...dns({ mode: "Preferred", vnetDNSOverrides: { ".": { forwardDestination: "ClusterCoreDNS" } } }),
    code: "InvalidParameter",
    target: "localDNSProfile.vnetDNSOverrides[.].forwardDestination",
  },
  {
    name: "the cluster's zone at the network's",
    ...dns({ mode: "Preferred", kubeDNSOverrides: { "cluster.local": { forwardDestination: "VnetDNS" } } }),
    code: "InvalidParameter",
  },
  {
    name: "verified answers over TCP alone",
    ...dns({ mode: "Preferred", kubeDNSOverrides: { ".": { protocol: "ForceTCP", serveStale: "Verify" } } }),
    code: "InvalidParameter",
    target: "localDNSProfile.kubeDNSOverrides[.].serveStale",
  },
  {
    name: "a protocol that there is not",
    ...dns({ mode: "Preferred", kubeDNSOverrides: { ".": { protocol: "DoH" } } }),
    code: "InvalidParameter",
    message: /value DoH is not allowed/,
  },
  {
    name: "fewer questions than none",
    ...dns({ mode: "Preferred", kubeDNSOverrides: { ".": { maxConcurrent: -1 } } }),
    code: "InvalidParameter",
  },
];

describe("a pool's local DNS", () => {
  it.each(fitting)("may be $name", ({ name: _name, ...setting }) => {
    expect(verdict(setting)).toBe("fits");
  });

  it.each(refused)("may not be $name", expectRefusal);
});

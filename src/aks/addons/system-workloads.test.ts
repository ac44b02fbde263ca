import { describe, expect, test } from "vitest";
import type { Container, PodSpec } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { systemWorkloads } from "./system-workloads.ts";

interface Workload extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly template: { readonly spec: PodSpec } };
}

function workloads(version: string, networkPlugin?: string): Workload[] {
  return systemWorkloads({ version, networkPlugin })
    .filter(({ type }) => type.group === "apps")
    .map(({ object }) => object as Workload);
}

function millicores(containers: readonly Container[]): number {
  return containers.reduce((sum, { resources }) => sum + Number.parseInt(resources?.requests?.["cpu"] ?? "0", 10), 0);
}

describe("kube-system", () => {
  test.each([
    ["1.10.13", "heapster kube-dns-autoscaler kube-dns-v20 kube-proxy kube-svc-redirect kubernetes-dashboard metrics-server tunnelfront"],
    ["1.12.6", "coredns coredns-autoscaler heapster kube-proxy kube-svc-redirect kubernetes-dashboard metrics-server tunnelfront"],
    ["1.20.9", "azure-ip-masq-agent coredns coredns-autoscaler kube-proxy metrics-server tunnelfront"],
    [
      "1.35.6",
      "azure-ip-masq-agent cloud-node-manager coredns coredns-autoscaler csi-azuredisk-node csi-azurefile-node konnectivity-agent " +
        "kube-proxy metrics-server",
    ],
  ])("of %s runs %s", (version, expected) => {
    expect(
      workloads(version)
        .map(({ metadata }) => metadata.name)
        .sort()
        .join(" "),
    ).toBe(expected);
  });

  test("has azure-cns with the azure plugin only", () => {
    const names = workloads("1.35.6", "azure").map(({ metadata }) => metadata.name);
    expect(names).toContain("azure-cns");
  });

  test.each(["1.12.6", "1.35.6"])("of %s leaves room for others on one machine with two cores", (version) => {
    const total = workloads(version, "azure").reduce(
      (sum, { spec }) => sum + (spec.replicas ?? 1) * millicores(spec.template.spec.containers),
      0,
    );
    expect(total).toBeGreaterThan(300);
    expect(total).toBeLessThan(1200);
  });

  test("names an account before what uses it", () => {
    const all = systemWorkloads({ version: "1.35.6" });
    for (const [index, { object }] of all.entries()) {
      const account = (object as Partial<Workload>).spec?.template?.spec.serviceAccountName;
      if (account === undefined) continue;
      expect(all.findIndex((other) => other.type.kind === "ServiceAccount" && other.object.metadata.name === account)).toBeLessThan(index);
    }
  });

  test("has each object once, in its namespace, with the kind of its type", () => {
    for (const version of ["1.10.13", "1.12.6", "1.16.15", "1.36.2"]) {
      const all = systemWorkloads({ version });
      expect(new Set(all.map(({ type, object }) => `${type.kind}/${object.metadata.name}`)).size).toBe(all.length);
      for (const { type, object } of all)
        expect([object.metadata.namespace, object.kind]).toEqual([type.namespaced ? "kube-system" : undefined, type.kind]);
    }
  });

  test("selects the pods that its workloads make", () => {
    for (const { metadata, spec } of workloads("1.35.6") as (Workload & {
      spec: { selector: { matchLabels: object }; template: KubeObject };
    })[]) {
      expect(spec.template.metadata.labels, metadata.name).toMatchObject(spec.selector.matchLabels);
    }
  });

  test("keeps the name server where the cluster says", () => {
    const service = systemWorkloads({ version: "1.35.6", dnsServiceIp: "10.2.0.10" }).find(({ type }) => type.kind === "Service");
    expect(service?.object).toMatchObject({ spec: { clusterIP: "10.2.0.10" } });
  });

  test("prefers system pools today, and knows none in 2019", () => {
    const affinity = (version: string): unknown =>
      workloads(version).find(({ metadata }) => metadata.name === "coredns")?.spec.template.spec.affinity?.nodeAffinity;
    expect(affinity("1.35.6")).toHaveProperty("preferredDuringSchedulingIgnoredDuringExecution");
    expect(affinity("1.12.6")).not.toHaveProperty("preferredDuringSchedulingIgnoredDuringExecution");
  });
});

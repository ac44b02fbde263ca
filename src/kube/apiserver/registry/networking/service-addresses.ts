import { isIP } from "node:net";
import type { KubeObject } from "#api/kubernetes/meta";
import type { FlowCondition } from "#api/kubernetes/flowcontrol";
import { dns1123SubdomainErrors, type FieldError, invalid, required } from "#kube/apimachinery";
import { cidrErrors, IMMUTABLE, immutable } from "../checks.ts";
import { AGE, age, NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { CONDITIONS, METADATA } from "../pod-template/shape.ts";
import { alwaysOf, listOf, objectOf } from "../shape.ts";

/** A range that services get their addresses from. */
export interface ServiceCidr extends KubeObject {
  spec: { cidrs?: readonly string[] };
  status?: { conditions?: readonly FlowCondition[] };
}

/** An address that something of the cluster has; its name is the address. */
export interface IpAddress extends KubeObject {
  spec: { parentRef?: { group?: string; resource?: string; namespace?: string; name?: string } };
}

/** Source: pkg/apis/networking/validation/validation.go, validateServiceCIDRSpec. */
function rangeErrors({ spec: { cidrs = [] } }: ServiceCidr): FieldError[] {
  if (cidrs.length === 0) return [required("spec.cidrs", "at least one CIDR required")];
  if (cidrs.length > 2) return [invalid("spec.cidrs", { CIDRs: cidrs }, "may only hold up to 2 values")];
  const errors = cidrs.flatMap((cidr, index) => strictCidrErrors(`spec.cidrs[${index}]`, cidr));
  const [first, second] = cidrs.map(familyOf);
  if (second !== undefined && first === second && first !== 0)
    errors.push(invalid("spec.cidrs", cidrs, "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"));
  return errors;
}

/** Source: apimachinery pkg/util/validation/ip.go, parseCIDR. The bits of IPv6 are not looked at: services here have IPv4. */
function strictCidrErrors(field: string, cidr: string): FieldError[] {
  const errors = cidrErrors(field, cidr);
  const [address = "", bits = ""] = cidr.split("/");
  if (errors.length > 0 || isIP(address) !== 4) return errors;
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return number % 2 ** (32 - Number(bits)) === 0 ? [] : [invalid(field, cidr, "must not have bits set beyond the prefix length")];
}

const familyOf = (cidr: string): number => isIP(cidr.split("/")[0] ?? "");

/** A range of the other family may be added; else ranges stay. Source: the same file, ValidateServiceCIDRUpdate. */
function rangeUpdateErrors(next: ServiceCidr, previous: ServiceCidr): FieldError[] {
  const [cidrs, before] = [next.spec.cidrs ?? [], previous.spec.cidrs ?? []];
  const changed = before.flatMap((cidr, index) =>
    cidr === cidrs[index] ? [] : [invalid(`spec.cidrs[${index}]`, cidrs[index], IMMUTABLE)],
  );
  if (before.length === cidrs.length) return changed;
  if (before.length === 1 && cidrs.length === 2) return [...changed, ...rangeErrors(next)];
  return [invalid("spec.cidrs", cidrs, IMMUTABLE)];
}

/** networking.k8s.io/v1 servicecidrs, on by itself as of 1.33. */
export const serviceCidrs = defineKind<ServiceCidr>({
  apiVersion: "networking.k8s.io/v1",
  kind: "ServiceCIDR",
  resource: "servicecidrs",
  clusterScoped: true,
  hasStatus: true,
  since: "1.33",
  shape: objectOf("ServiceCIDR", {
    metadata: METADATA,
    spec: alwaysOf(objectOf("ServiceCIDRSpec", { cidrs: listOf("text") })),
    status: objectOf("ServiceCIDRStatus", { conditions: CONDITIONS }),
  }),
  strategy: {
    prepareForCreate(range) {
      range.status = {};
    },
    validateCreate: rangeErrors,
    validateUpdate: rangeUpdateErrors,
  },
  table: {
    columns: [NAME, text("CIDRs", "Ranges of addresses, one of each family."), AGE],
    cells: (range, context) => [range.metadata.name, (range.spec.cidrs ?? []).join(","), age(range, context)],
  },
});

/** Source: apimachinery pkg/api/validation/path/name.go, IsValidPathSegmentName. */
function segmentErrors(field: string, value: string): FieldError[] {
  if (value === "." || value === "..") return [invalid(field, value, `may not be '${value}'`)];
  return ["/", "%"].filter((letter) => value.includes(letter)).map((letter) => invalid(field, value, `may not contain '${letter}'`));
}

/** Source: pkg/apis/networking/validation/validation.go, validateIPAddressParentReference. */
function parentErrors({ spec: { parentRef } }: IpAddress): FieldError[] {
  if (parentRef === undefined) return [required("spec.parentRef")];
  const { group = "", resource = "", name = "", namespace = "" } = parentRef;
  const at = "spec.parentRef";
  return [
    ...(group === "" ? [] : dns1123SubdomainErrors(group).map((detail) => invalid(`${at}.group`, group, detail))),
    ...(resource === "" ? [required(`${at}.resource`)] : segmentErrors(`${at}.resource`, resource)),
    ...(name === "" ? [required(`${at}.name`)] : segmentErrors(`${at}.name`, name)),
    ...segmentErrors(`${at}.namespace`, namespace),
  ];
}

function parentText({ spec: { parentRef } }: IpAddress): string {
  if (parentRef === undefined) return "<none>";
  const { group = "", resource = "", name = "", namespace = "" } = parentRef;
  const of = `${resource}${group === "" ? "" : `.${group}`}`.toLowerCase();
  return [of, ...(namespace === "" ? [] : [namespace]), name].join("/");
}

/** networking.k8s.io/v1 ipaddresses, on by itself as of 1.33. */
export const ipAddresses = defineKind<IpAddress>({
  apiVersion: "networking.k8s.io/v1",
  kind: "IPAddress",
  resource: "ipaddresses",
  shortNames: ["ip"],
  clusterScoped: true,
  since: "1.33",
  shape: objectOf("IPAddress", {
    metadata: METADATA,
    spec: alwaysOf(
      objectOf("IPAddressSpec", {
        parentRef: objectOf("ParentReference", { group: "text", resource: "text", namespace: "text", name: "text" }),
      }),
    ),
  }),
  strategy: {
    validate: parentErrors,
    validateUpdate: (next, previous) => immutable("spec.parentRef", next.spec.parentRef, previous.spec.parentRef),
  },
  table: {
    // There are cells of an age, and no column for them. Source: pkg/printers/internalversion/printers.go.
    columns: [NAME, text("ParentRef", "Who has the address.")],
    cells: (address, context) => [address.metadata.name, parentText(address), age(address, context)],
  },
});

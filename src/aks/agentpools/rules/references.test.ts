import { describe, expect, it } from "vitest";
import { expectRefusal, type Row, type Setting, verdict, SUBSCRIPTION } from "../../testing/candidate.ts";

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/g/providers`;
const SUBNET = `${GROUP}/Microsoft.Network/virtualNetworks/v/subnets/s`;
const PPG = `${GROUP}/Microsoft.Compute/proximityPlacementGroups/p`;
const HOSTS = `${GROUP}/Microsoft.Compute/hostGroups/h`;
const RESERVED = `${GROUP}/Microsoft.Compute/capacityReservationGroups/r`;
const PREFIX = `${GROUP}/Microsoft.Network/publicIPPrefixes/x`;

const fitting: readonly (Setting & { readonly name: string })[] = [
  { name: "a subnet", properties: { vnetSubnetID: SUBNET, podSubnetID: SUBNET } },
  { name: "a subnet beside one of the same network", properties: { vnetSubnetID: SUBNET }, others: [{ vnetSubnetID: `${SUBNET}2` }] },
  { name: "a proximity placement group in one zone", properties: { proximityPlacementGroupID: PPG, availabilityZones: ["1"] } },
  { name: "a group of hosts", properties: { hostGroupID: HOSTS } },
  {
    name: "reserved capacity of another subscription",
    properties: { capacityReservationGroupID: RESERVED.replace(SUBSCRIPTION, "other") },
  },
  { name: "public addresses of a prefix", properties: { enableNodePublicIP: true, nodePublicIPPrefixID: PREFIX } },
  {
    name: "ports",
    properties: {
      networkProfile: {
        allowedHostPorts: [
          { portStart: 80, portEnd: 80, protocol: "TCP" },
          { portStart: 4000, portEnd: 5000, protocol: "UDP" },
        ],
      },
    },
  },
  {
    name: "tags of public addresses",
    properties: { enableNodePublicIP: true, networkProfile: { nodePublicIPTags: [{ ipTagType: "RoutingPreference", tag: "Internet" }] } },
  },
  {
    name: "a second pool behind a basic load balancer of 2020-04",
    network: { loadBalancerSku: "Basic" },
    others: [{}],
    apiVersion: "2020-03-01",
  },
];

const refused: readonly Row[] = [
  {
    name: "a subnet that is a network",
    properties: { vnetSubnetID: SUBNET.replace("/subnets/s", "") },
    code: "InvalidSubnetSourceID",
    target: "agentPoolProfile.vnetSubnetID",
  },
  {
    name: "a subnet for pods that is a word",
    properties: { podSubnetID: "pods" },
    code: "InvalidSubnetSourceID",
    target: "agentPoolProfile.podSubnetID",
  },
  {
    name: "a subnet of another network",
    properties: { vnetSubnetID: SUBNET },
    others: [{ vnetSubnetID: SUBNET.replace("/v/", "/w/") }],
    code: "InvalidParameter",
    target: "agentPoolProfile.vnetSubnetID",
  },
  {
    name: "a prefix that is an address",
    properties: { enableNodePublicIP: true, nodePublicIPPrefixID: PREFIX.replace("publicIPPrefixes", "publicIPAddresses") },
    code: "InvalidPublicIPPrefixType",
  },
  {
    name: "a prefix of another subscription",
    properties: { enableNodePublicIP: true, nodePublicIPPrefixID: PREFIX.replace(SUBSCRIPTION, "s") },
    code: "InvalidPublicIPPrefixDifferentSub",
  },
  {
    name: "a prefix without public addresses",
    properties: { nodePublicIPPrefixID: PREFIX },
    code: "NodePublicIPCanNotBeFalseWithIPPrefixSet",
  },
  {
    name: "public addresses of an availability set",
    properties: { enableNodePublicIP: true, type: "AvailabilitySet" },
    code: "NodePublicIPRequiresVMSS",
  },
  {
    name: "public addresses with one's own routes",
    properties: { enableNodePublicIP: true },
    network: { outboundType: "userDefinedRouting" },
    code: "UDRWithNodePublicIPNotAllowed",
  },
  { name: "a proximity placement group that is a word", properties: { proximityPlacementGroupID: "near" }, code: "InvalidPPGID" },
  {
    name: "a proximity placement group of another subscription",
    properties: { proximityPlacementGroupID: PPG.replace(SUBSCRIPTION, "s") },
    code: "InvalidPPGSubscription",
  },
  {
    name: "a proximity placement group of an availability set",
    properties: { proximityPlacementGroupID: PPG, type: "AvailabilitySet" },
    code: "PPGSupportsVMSSOnly",
  },
  {
    name: "a proximity placement group behind a basic load balancer",
    properties: { proximityPlacementGroupID: PPG },
    network: { loadBalancerSku: "Basic" },
    code: "PPGSupportsSLBOnly",
  },
  {
    name: "a proximity placement group in two zones",
    properties: { proximityPlacementGroupID: PPG, availabilityZones: ["1", "2"] },
    code: "PPGNotSupportMultipleZones",
  },
  {
    name: "a group of hosts that is a host",
    properties: { hostGroupID: `${HOSTS}/hosts/a` },
    code: "InvalidParameter",
    target: "agentPoolProfile.hostGroupID",
  },
  {
    name: "a group of hosts of another subscription",
    properties: { hostGroupID: HOSTS.replace(SUBSCRIPTION, "s") },
    code: "InvalidParameter",
    target: "agentPoolProfile.hostGroupID",
  },
  {
    name: "reserved capacity by another name",
    properties: { capacityReservationGroupID: HOSTS },
    code: "InvalidParameter",
    target: "agentPoolProfile.capacityReservationGroupID",
  },
  {
    name: "reserved capacity for spot machines",
    properties: { capacityReservationGroupID: RESERVED, scaleSetPriority: "Spot" },
    code: "CRGConflictWithSpotVM",
  },
  {
    name: "reserved capacity with ultra disks",
    properties: { capacityReservationGroupID: RESERVED, enableUltraSSD: true },
    code: "CRGConflictWithUltraSSD",
  },
  {
    name: "reserved capacity near others",
    properties: { capacityReservationGroupID: RESERVED, proximityPlacementGroupID: PPG },
    code: "CRGConflictWithPPG",
  },
  {
    name: "reserved capacity on hosts of one's own",
    properties: { capacityReservationGroupID: RESERVED, hostGroupID: HOSTS },
    code: "CRGConflictWithDedicatedHost",
  },
  {
    name: "reserved capacity for an availability set",
    properties: { capacityReservationGroupID: RESERVED, type: "AvailabilitySet" },
    code: "CRGConflictWithVMAS",
  },
  {
    name: "zones of an availability set",
    properties: { availabilityZones: ["1"], type: "AvailabilitySet" },
    code: "VMSSRequiredForAvailabilityZone",
  },
  {
    name: "zones behind a basic load balancer",
    properties: { availabilityZones: ["1"] },
    network: { loadBalancerSku: "Basic" },
    code: "SLBRequiredForAvailabilityZone",
    target: "networkProfile.loadBalancerSku",
  },
  {
    name: "a second pool behind a basic load balancer",
    network: { loadBalancerSku: "Basic" },
    others: [{}],
    code: "SLBRequiredForMultipleAgentPools",
  },
  {
    name: "port zero",
    properties: { networkProfile: { allowedHostPorts: [{ portStart: 0, portEnd: 1, protocol: "TCP" }] } },
    code: "InvalidParameter",
    target: "agentPoolProfile.networkProfile.allowedHostPorts",
  },
  {
    name: "ports backwards",
    properties: { networkProfile: { allowedHostPorts: [{ portStart: 2, portEnd: 1, protocol: "TCP" }] } },
    code: "InvalidParameter",
  },
  {
    name: "ports of another protocol",
    properties: { networkProfile: { allowedHostPorts: [{ portStart: 1, portEnd: 1, protocol: "SCTP" }] } },
    code: "InvalidParameter",
  },
  {
    name: "a security group of another kind",
    properties: { networkProfile: { applicationSecurityGroups: [PREFIX] } },
    code: "InvalidParameter",
    target: "agentPoolProfile.networkProfile.applicationSecurityGroups[0]",
  },
  {
    name: "tags of addresses that are not there",
    properties: { networkProfile: { nodePublicIPTags: [{ ipTagType: "RoutingPreference", tag: "Internet" }] } },
    code: "InvalidParameter",
    target: "agentPoolProfile.networkProfile.nodePublicIPTags",
  },
];

describe("what a pool points at", () => {
  it.each(fitting)("may be $name", ({ name: _name, ...setting }) => {
    expect(verdict(setting)).toBe("fits");
  });

  it.each(refused)("may not be $name", expectRefusal);
});

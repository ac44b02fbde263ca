import { ArmError, armErrors } from "#arm";

function refuse(status: number, code: string, message: string): ArmError {
  return new ArmError(status, code, message, { details: [] });
}

/**
 * What Microsoft.Network refuses. Codes and words are Azure's where a source is named.
 * Differs from AKS: refusals have the gateway's layout and header; Microsoft.Network writes the same members on several lines.
 */
export const refusals = {
  noSuchType: (apiVersion: string): ArmError => armErrors.invalidType("Microsoft.Network", apiVersion),
  methodNotAllowed: (method: string): ArmError => armErrors.methodNotAllowed(method),
  networkNotFound: (name: string, group: string): ArmError =>
    armErrors.resourceNotFound(`Microsoft.Network/virtualNetworks/${name}`, group),
  /** Unverified: the words. */
  subnetNotFound: (id: string): ArmError => refuse(404, "NotFound", `Resource ${id} not found.`),
  /** Unverified: the words of the detail. */
  format: (problem: string): ArmError =>
    new ArmError(400, "InvalidRequestFormat", "Cannot parse the request.", { details: [{ code: "InvalidJson", message: problem }] }),
  /** Unverified: the words. */
  name: (name: string): ArmError =>
    refuse(
      400,
      "InvalidResourceName",
      `Resource name ${name} is invalid. The name can be up to 80 characters long. It must begin with a word character, and it must end ` +
        "with a word character or with '_'. The name may contain word characters or '.', '-', '_'.",
    ),
  /** Source: answer quoted in Azure/azure-service-operator#997. */
  prefixFormat: (prefix: string, id: string): ArmError =>
    refuse(
      400,
      "InvalidAddressPrefixFormat",
      `Address prefix ${prefix} of resource ${id} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24.`,
    ),
  /** Source: `az deployment group create` quoted in public notes; "… should be 10.10.0.0/16". Unverified: the words between. */
  cidrNotation: (prefix: string, id: string, right: string): ArmError =>
    refuse(
      400,
      "InvalidCIDRNotation",
      `The address prefix ${prefix} in resource ${id} has an invalid CIDR notation. For the given prefix length, the address prefix ` +
        `should be ${right}.`,
    ),
  /** Source: answer quoted in MicrosoftDocs/azure-docs#123869. */
  outside: (subnet: string, network: string): ArmError =>
    refuse(
      400,
      "NetcfgSubnetRangeOutsideVnet",
      `Subnet '${subnet}' is not valid because its IP address range is outside the IP address range of virtual network '${network}'.`,
    ),
  /** Source: answer quoted in MicrosoftDocs/azure-docs#123869. */
  overlap: (subnet: string, network: string): ArmError =>
    refuse(
      400,
      "NetcfgSubnetRangesOverlap",
      `Subnet '${subnet}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${network}'.`,
    ),
  /** Source: answer quoted in Azure-Samples/jmeter-aci-terraform#69. Unverified: that one of several is named. */
  subnetInUse: (subnet: string, user: string): ArmError =>
    refuse(
      400,
      "InUseSubnetCannotBeDeleted",
      `Subnet ${subnet} is in use by ${user} and cannot be deleted. In order to delete the subnet, delete all the resources within the ` +
        "subnet. See aka.ms/deletesubnet.",
    ),
  /** Source: hashicorp/terraform-provider-azurerm#7687 for the code. Unverified: the words. */
  subnetInUseKept: (subnet: string): ArmError =>
    refuse(400, "InUseSubnetCannotBeUpdated", `Subnet ${subnet} is in use and cannot be updated.`),
  /** Unverified: the words. */
  precondition: (id: string): ArmError => refuse(412, "PreconditionFailed", `Precondition failed for resource ${id}.`),
  /** Unverified: the words. */
  tooManySubnets: (limit: number): ArmError =>
    refuse(400, "SubnetCountLimitReached", `Cannot create more than ${limit} subnets for this virtual network.`),
  /** Source: answer quoted in Azure/terraform-provider-azapi#503. */
  busy: (operationUrl: string): ArmError =>
    refuse(
      409,
      "AnotherOperationInProgress",
      `Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: ${operationUrl}.`,
    ),
} as const;

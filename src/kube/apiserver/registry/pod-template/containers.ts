import type { Container, ContainerPort, EphemeralContainer, PodSpec } from "#api/kubernetes/core";
import {
  compareQuantities,
  dns1123LabelErrors,
  duplicate,
  envNameErrors,
  exceedsLimit,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  parseQuantity,
  QuantityError,
  portNameErrors,
  portNumberErrors,
  qualifiedNameErrors,
  required,
} from "#kube/apimachinery";
import { probesErrors } from "./probes.ts";

const PULL_POLICIES = ["Always", "IfNotPresent", "Never"];
const MESSAGE_POLICIES = ["FallbackToLogsOnError", "File"];
const PROTOCOLS = ["SCTP", "TCP", "UDP"];
const NATIVE_RESOURCES = ["cpu", "memory", "ephemeral-storage"];

/** Resources that Kubernetes itself knows; all others belong to devices and are never promised twice. */
function isNative(resource: string): boolean {
  return NATIVE_RESOURCES.includes(resource) || isHugePages(resource);
}

function isOvercommitAllowed(resource: string): boolean {
  return NATIVE_RESOURCES.includes(resource);
}

function resourceErrors(resource: string, quantity: string, field: string): FieldError[] {
  const path = `${field}[${resource}]`;
  const errors = qualifiedNameErrors(resource).map((detail) => invalid(path, resource, detail));
  if (!resource.includes("/") && !isNative(resource)) {
    errors.push(invalid(path, resource, "must be a standard resource type or fully qualified"));
    errors.push(invalid(path, resource, "must be a standard resource for containers"));
  }
  const { nanos } = parseQuantity(quantity);
  if (nanos < 0n) errors.push(invalid(path, quantity, "must be greater than or equal to 0"));
  else if (resource.includes("/") && nanos % 1_000_000_000n !== 0n) errors.push(invalid(path, quantity, "must be an integer"));
  if (isHugePages(resource) && !isMultiple(nanos, resource.slice(HUGE_PAGES.length)))
    errors.push(invalid(path, quantity, `${quantity} is not positive integer multiple of ${resource}`));
  return errors;
}

const HUGE_PAGES = "hugepages-";

function isHugePages(resource: string): boolean {
  return resource.startsWith(HUGE_PAGES);
}

/** Source: pkg/apis/core/helper/helpers.go, IsHugePageResourceValueDivisible. */
function isMultiple(nanos: bigint, size: string): boolean {
  try {
    const page = parseQuantity(size).nanos;
    return page > 0n && nanos % page === 0n;
  } catch (error) {
    if (error instanceof QuantityError) return false;
    throw error;
  }
}

/**
 * Requests may not exceed limits; what cannot be overcommitted (devices, huge pages) must be limited to what is requested.
 * Source: pkg/apis/core/validation/validation.go, ValidateContainerResourceRequirements.
 */
export function resourceRequirementErrors(resources: NonNullable<Container["resources"]>, field: string): FieldError[] {
  const { requests = {}, limits = {} } = resources;
  const errors = Object.entries(limits).flatMap(([resource, quantity]) => resourceErrors(resource, quantity, `${field}.limits`));
  for (const [resource, quantity] of Object.entries(requests)) {
    errors.push(...resourceErrors(resource, quantity, `${field}.requests`));
    const limit = limits[resource];
    if (limit === undefined) {
      if (!isOvercommitAllowed(resource)) errors.push(required(`${field}.limits`, "Limit must be set for non overcommitable resources"));
    } else if (!isOvercommitAllowed(resource) && compareQuantities(parseQuantity(quantity), parseQuantity(limit)) !== 0) {
      errors.push(invalid(`${field}.requests`, quantity, `must be equal to ${resource} limit of ${limit}`));
    } else if (exceedsLimit(quantity, limit)) {
      errors.push(invalid(`${field}.requests`, quantity, `must be less than or equal to ${resource} limit of ${limit}`));
    }
  }
  const all = [...Object.keys(limits), ...Object.keys(requests)];
  if (all.some(isHugePages) && !all.includes("cpu") && !all.includes("memory"))
    errors.push(forbidden(field, "HugePages require cpu or memory"));
  return errors;
}

function portErrors(ports: readonly ContainerPort[], field: string, hostNetwork: boolean): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const path = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (port.name !== undefined && port.name !== "") {
      const complaints = portNameErrors(port.name);
      for (const detail of complaints) errors.push(invalid(`${path}.name`, port.name, detail));
      if (complaints.length === 0 && names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name));
      names.add(port.name);
    }
    if (!port.containerPort) errors.push(required(`${path}.containerPort`));
    else
      for (const detail of portNumberErrors(port.containerPort)) errors.push(invalid(`${path}.containerPort`, port.containerPort, detail));
    if (port.hostPort !== undefined && port.hostPort !== 0) {
      for (const detail of portNumberErrors(port.hostPort)) errors.push(invalid(`${path}.hostPort`, port.hostPort, detail));
      if (hostNetwork && port.hostPort !== port.containerPort)
        errors.push(invalid(`${path}.hostPort`, port.hostPort, "must match `containerPort`"));
    }
    if (!PROTOCOLS.includes(port.protocol ?? "")) errors.push(notSupported(`${path}.protocol`, port.protocol, PROTOCOLS));
    return errors;
  });
}

function mountErrors(container: Container, field: string, volumes: ReadonlySet<string>): FieldError[] {
  const paths = new Set<string>();
  return (container.volumeMounts ?? []).flatMap((mount, index) => {
    const path = `${field}.volumeMounts[${index}]`;
    const errors: FieldError[] = [];
    if (!mount.name) errors.push(required(`${path}.name`));
    else if (!volumes.has(mount.name)) errors.push({ type: "NotFound", field: `${path}.name`, value: mount.name });
    if (!mount.mountPath) errors.push(required(`${path}.mountPath`));
    else if (paths.has(mount.mountPath)) errors.push(invalid(`${path}.mountPath`, mount.mountPath, "must be unique"));
    paths.add(mount.mountPath);
    return errors;
  });
}

function envErrors(container: Container, field: string, version: string): FieldError[] {
  return (container.env ?? []).flatMap(({ name, value, valueFrom }, index) => {
    const path = `${field}.env[${index}]`;
    const errors = name ? envNameErrors(name, version).map((detail) => invalid(`${path}.name`, name, detail)) : [required(`${path}.name`)];
    if (valueFrom !== undefined && value !== undefined && value !== "") {
      errors.push(invalid(`${path}.valueFrom`, "", "may not be specified when `value` is not empty"));
    }
    return errors;
  });
}

interface Surroundings {
  readonly volumes: ReadonlySet<string>;
  readonly hostNetwork: boolean;
  /** Of all containers so far; names are unique in a pod. */
  readonly names: Set<string>;
  readonly version: string;
}

function containerErrors(container: Container, path: string, { volumes, hostNetwork, names, version }: Surroundings): FieldError[] {
  const { name, image, imagePullPolicy, terminationMessagePolicy } = container;
  const errors: FieldError[] = [];
  if (!name) errors.push(required(`${path}.name`));
  else for (const detail of dns1123LabelErrors(name)) errors.push(invalid(`${path}.name`, name, detail));
  if (!image) errors.push(required(`${path}.image`));
  if (!PULL_POLICIES.includes(imagePullPolicy ?? "")) errors.push(notSupported(`${path}.imagePullPolicy`, imagePullPolicy, PULL_POLICIES));
  if (!MESSAGE_POLICIES.includes(terminationMessagePolicy ?? "")) {
    errors.push(notSupported(`${path}.terminationMessagePolicy`, terminationMessagePolicy, MESSAGE_POLICIES));
  }
  const taken = name !== undefined && name !== "" && names.has(name);
  names.add(name);
  return [
    ...errors,
    ...portErrors(container.ports ?? [], `${path}.ports`, hostNetwork),
    ...envErrors(container, path, version),
    ...mountErrors(container, path, volumes),
    ...resourceRequirementErrors(container.resources ?? {}, `${path}.resources`),
    ...(taken ? [duplicate(`${path}.name`, name)] : []),
    ...probesErrors(container, path),
  ];
}

/**
 * What is wrong with the containers and init containers of a pod or template.
 * Source: pkg/apis/core/validation/validation.go, validateContainers and validateInitContainers.
 */
export function containersErrors(spec: PodSpec, field: string, version: string): FieldError[] {
  const names = new Set<string>();
  const volumes = new Set((spec.volumes ?? []).map(({ name }) => name));
  const surroundings = { names, volumes, hostNetwork: spec.hostNetwork === true, version };
  const errors = (spec.containers ?? []).flatMap((container, index) => [
    ...containerErrors(container, `${field}.containers[${index}]`, surroundings),
    ...(container.restartPolicy
      ? [forbidden(`${field}.containers[${index}].restartPolicy`, "may not be set for non-init containers")]
      : []),
  ]);
  if ((spec.containers ?? []).length === 0) errors.unshift(required(`${field}.containers`));
  const starting = (spec.initContainers ?? []).flatMap((container, index) => {
    const path = `${field}.initContainers[${index}]`;
    const supported = container.restartPolicy === undefined || container.restartPolicy === "Always";
    const policy = supported ? [] : [notSupported(`${path}.restartPolicy`, container.restartPolicy, ["Always"])];
    return [...containerErrors(container, path, surroundings), ...policy];
  });
  const ephemeral = (spec.ephemeralContainers ?? []).flatMap((container, index) => {
    const path = `${field}.ephemeralContainers[${index}]`;
    return [...containerErrors(container, path, surroundings), ...ephemeralErrors(container, path, spec)];
  });
  return [...errors, ...starting, ...ephemeral];
}

/**
 * What is wrong with the images of a pod; a template's are not looked at.
 * Source: pkg/apis/core/validation/validation.go, validatePodMetadataAndSpec.
 */
export function imageErrors({ containers = [], initContainers = [] }: Partial<PodSpec>, field: string): FieldError[] {
  const of = (list: readonly Container[], name: string): FieldError[] =>
    list.flatMap(({ image = "" }, index) =>
      image === image.trim() ? [] : [invalid(`${field}.${name}[${index}].image`, image, "must not have leading or trailing whitespace")],
    );
  return [...of(containers, "containers"), ...of(initContainers, "initContainers")];
}

/** What an ephemeral container may not have, in the order of Go's type. Source: allowedEphemeralContainerFields. */
const NOT_EPHEMERAL = [
  "ports",
  "resources",
  "resizePolicy",
  "restartPolicy",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle",
];

/** Source: pkg/apis/core/validation/validation.go, validateEphemeralContainers. */
function ephemeralErrors(container: EphemeralContainer, path: string, { containers, initContainers = [] }: PodSpec): FieldError[] {
  const errors: FieldError[] = [];
  const { targetContainerName: target = "" } = container;
  if (target !== "" && ![...containers, ...initContainers].some(({ name }) => name === target))
    errors.push({ type: "NotFound", field: `${path}.targetContainerName`, value: target });
  for (const field of NOT_EPHEMERAL)
    if (isSet(container[field])) errors.push(forbidden(`${path}.${field}`, "cannot be set for an Ephemeral Container"));
  for (const [index, mount] of (container.volumeMounts ?? []).entries())
    for (const field of ["subPath", "subPathExpr"])
      if (isSet((mount as Readonly<Record<string, unknown>>)[field]))
        errors.push(forbidden(`${path}.volumeMounts[${index}].${field}`, "cannot be set for an Ephemeral Container"));
  return errors;
}

/** Whether a field is other than Go's zero value. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && !(typeof value === "object" && Object.keys(value).length === 0);
}

import { isReleaseAtLeast } from "#kube/apimachinery";
import type { ResourceTable } from "../../resources.ts";
import { type Authorizer, type Decision, guard } from "../authorizer.ts";
import { clusterRoles } from "../defaults/cluster-roles.ts";
import { type Attributes, type ResourceAttributes, ruleAllows } from "../rules.ts";
import { areNodesHeld, nodeOf } from "./identity.ts";
import { NodeRelations, type RelatedKind } from "./relations.ts";

export interface NodeAuthorizerContext {
  readonly resources: ResourceTable;
  /** Of the cluster, `1.12.6`. */
  version(): string;
}

/** What a node wants, and what there is to judge it by. */
interface Question {
  readonly node: string;
  readonly attributes: ResourceAttributes;
  readonly version: string;
  relates(kind: RelatedKind): boolean;
}

const ALLOWED: Decision = { allowed: true, reason: "" };
const NO_OPINION: Decision = { allowed: false, reason: "" };
const no = (reason: string): Decision => ({ allowed: false, reason });

/** Nodes read and list only what is theirs. Source: pkg/features, AuthorizeNodeWithSelectors (beta 1.32). */
const SELECTORS_SINCE = "1.32";
/** Source: pkg/features, KubeletServiceAccountTokenForCredentialProviders: alpha 1.33, beta 1.34. */
const ACCOUNTS_KNOWN_SINCE = "1.33";
const ACCOUNTS_SINCE = "1.34";

/**
 * Lets nodes do what kubelets do, as far as it is about their own objects and those of their pods; has no opinion on anybody else.
 * Unverified: nodes of releases that are not held to their own may do all that the role `system:node` says.
 * Source: kubernetes plugin/pkg/auth/authorizer/node/node_authorizer.go, also of every text here.
 */
export function createNodeAuthorizer({ resources, version }: NodeAuthorizerContext): Authorizer {
  const relations = new NodeRelations(resources);

  function decide(attributes: Attributes): Decision {
    const node = nodeOf(attributes.user);
    if (node === undefined) return NO_OPINION;
    if (node === "") return no(`unknown node for user ${JSON.stringify(attributes.user.name)}`);
    const rule = "path" in attributes || !areNodesHeld(version()) ? undefined : ruleFor(attributes, version());
    if (rule === undefined || "path" in attributes) return NODE_RULES.some((each) => ruleAllows(each, attributes)) ? ALLOWED : NO_OPINION;
    const { namespace, name } = attributes;
    return rule({ node, attributes, version: version(), relates: (kind) => relations.relates(node, kind, namespace, name) });
  }

  return {
    decide,
    require: guard(decide),
    rulesFor: (user) =>
      nodeOf(user) === undefined
        ? { rules: [], errors: [] }
        : { rules: [], errors: ["node authorizer does not support user rule resolution"], isIncomplete: true },
  };
}

/** What all nodes may do, of resources that are not told apart by node. Differs from AKS: releases before 1.35 have the rules of that one. */
const NODE_RULES = clusterRoles.find(({ name }) => name === "system:node")?.rules ?? [];

type Rule = (question: Question) => Decision;

const RULES: Readonly<Record<string, Rule>> = {
  "/secrets": (question) => readNamespaced(question, "secret"),
  "/configmaps": (question) => readNamespaced(question, "configmap"),
  "/persistentvolumeclaims": claim,
  "/persistentvolumes": (question) => getOne(question, "persistentvolume"),
  "resource.k8s.io/resourceclaims": (question) => getOne(question, "resourceclaim"),
  "storage.k8s.io/volumeattachments": (question) => getOne(question, "volumeattachment"),
  "/serviceaccounts": serviceAccount,
  "coordination.k8s.io/leases": lease,
  "storage.k8s.io/csinodes": csiNode,
  "resource.k8s.io/resourceslices": resourceSlice,
  // Requests of certificates for pods are a feature that is off.
  "certificates.k8s.io/podcertificaterequests": () => NO_OPINION,
};
const RULES_WITH_SELECTORS: Readonly<Record<string, Rule>> = { "/nodes": ownNode, "/pods": pod };

function ruleFor({ group, resource }: ResourceAttributes, version: string): Rule | undefined {
  const key = `${group}/${resource}`;
  if (Object.hasOwn(RULES, key)) return RULES[key];
  return Object.hasOwn(RULES_WITH_SELECTORS, key) && isReleaseAtLeast(version, SELECTORS_SINCE) ? RULES_WITH_SELECTORS[key] : undefined;
}

function related({ node, attributes, relates }: Question, kind: RelatedKind): Decision {
  if (attributes.name === "") return no("No Object name found");
  return relates(kind) ? ALLOWED : no(`no relationship found between node '${node}' and this object`);
}

function getOne(question: Question, kind: RelatedKind): Decision {
  const { verb, subresource } = question.attributes;
  if (verb !== "get") return no("can only get individual resources of this type");
  return subresource === "" ? related(question, kind) : no("cannot get subresource");
}

function readNamespaced(question: Question, kind: RelatedKind): Decision {
  const { verb, subresource, namespace } = question.attributes;
  if (!["get", "list", "watch"].includes(verb)) return no("can only read resources of this type");
  if (subresource !== "") return no("cannot read subresource");
  return namespace === "" ? no("can only read namespaced object of this type") : related(question, kind);
}

function claim(question: Question): Decision {
  const { verb, subresource } = question.attributes;
  if (subresource !== "status") return getOne(question, "persistentvolumeclaim");
  return verb === "update" || verb === "patch" ? related(question, "persistentvolumeclaim") : no("can only get/update/patch this type");
}

function serviceAccount(question: Question): Decision {
  const { attributes, version } = question;
  const { verb, subresource, name } = attributes;
  if (verb === "get" && subresource === "" && isReleaseAtLeast(version, ACCOUNTS_KNOWN_SINCE))
    return isReleaseAtLeast(version, ACCOUNTS_SINCE)
      ? readNamespaced(question, "serviceaccount")
      : no("not allowed to get service accounts");
  if (verb !== "create" || name === "") return no("can only create tokens for individual service accounts");
  return subresource === "token" ? related(question, "serviceaccount") : no("can only create token subresource of serviceaccount");
}

const OF_OWN_OBJECT = ["get", "create", "update", "patch", "delete"];
const LEASES = "kube-node-lease";

function lease({ node, attributes: { verb, namespace, name } }: Question): Decision {
  if (!OF_OWN_OBJECT.includes(verb)) return no("can only get, create, update, patch, or delete a node lease");
  if (namespace !== LEASES) return no(`can only access leases in the "${LEASES}" system namespace`);
  const isOwn = verb === "create" || name === node;
  return isOwn ? ALLOWED : no("can only access node lease with the same name as the requesting node");
}

function csiNode({ node, attributes: { verb, subresource, name } }: Question): Decision {
  if (!OF_OWN_OBJECT.includes(verb)) return no("can only get, create, update, patch, or delete a CSINode");
  if (subresource !== "") return no("cannot authorize CSINode subresources");
  const isOwn = verb === "create" || name === node;
  return isOwn ? ALLOWED : no("can only access CSINode with the same name as the requesting node");
}

function resourceSlice(question: Question): Decision {
  const { verb, subresource } = question.attributes;
  if (subresource !== "") return no("cannot authorize ResourceSlice subresources");
  if (verb === "create") return ALLOWED;
  if (["get", "update", "patch", "delete"].includes(verb)) return related(question, "resourceslice");
  if (!["watch", "list", "deletecollection"].includes(verb))
    return no(
      "only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection",
    );
  if (!isReleaseAtLeast(question.version, SELECTORS_SINCE) || selects(question, "spec.nodeName")) return ALLOWED;
  return no("can only list/watch/deletecollection resourceslices with nodeName field selector");
}

/** Whether only objects with the node's name in the field are asked for. */
function selects({ node, attributes: { fields = [] } }: Question, name: string): boolean {
  return fields.some(({ field, operator, value }) => field === name && operator === "=" && value === node);
}

function ownNode({ node, attributes: { verb, subresource, name } }: Question): Decision {
  if (verb === "update" || verb === "patch") return subresource === "" || subresource === "status" ? ALLOWED : NO_OPINION;
  if (subresource !== "") return NO_OPINION;
  if (verb === "create") return ALLOWED;
  if (verb !== "get" && verb !== "list" && verb !== "watch") return NO_OPINION;
  if (name === node) return ALLOWED;
  return no(`node '${node}' cannot read ${name === "" ? "all nodes" : `'${name}'`}, only its own Node object`);
}

function pod(question: Question): Decision {
  const { verb, subresource, name } = question.attributes;
  if (subresource === "status") return verb === "update" || verb === "patch" ? ALLOWED : NO_OPINION;
  if (subresource === "eviction") return verb === "create" ? ALLOWED : NO_OPINION;
  if (subresource !== "") return NO_OPINION;
  if (verb === "create" || verb === "delete") return ALLOWED;
  if (verb === "get") return getOne(question, "pod");
  if (verb !== "list" && verb !== "watch") return NO_OPINION;
  if (selects(question, "spec.nodeName")) return ALLOWED;
  return name === "" ? no("can only list/watch pods with spec.nodeName field selector") : related(question, "pod");
}

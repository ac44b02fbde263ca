import type { ControllerRevision, StatefulSet } from "#api/kubernetes/workloads";
import { equalJson, type FieldError, forbidden, invalid, isReleaseAtLeast } from "#kube/apimachinery";
import { nonNegative } from "../checks.ts";
import { AGE, age, CONTAINERS, containerCells, IMAGES, NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { StrategyContext } from "../kind.ts";
import { CONDITIONS, LABEL_SELECTOR, METADATA, POD_TEMPLATE } from "../pod-template/shape.ts";
import { defaultTemplate } from "../pod-template/template.ts";
import { selectorErrors, templateErrors } from "../pod-template/validation.ts";
import { alwaysOf, listOf, objectOf } from "../shape.ts";
import { ALWAYS, REPLICAS_SCALE } from "./replica-sets.ts";

const POLICIES = ["OrderedReady", "Parallel"];
const UPDATES = ["OnDelete", "RollingUpdate"];
const UPDATE_TEXT =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/** Source: pkg/apis/apps/v1/defaults.go, SetDefaults_StatefulSet; the retention policy since 1.27. */
function applyDefaults(set: StatefulSet, { version }: StrategyContext): void {
  set.spec ??= {} as StatefulSet["spec"];
  const { spec } = set;
  spec.podManagementPolicy ||= "OrderedReady";
  spec.serviceName ??= "";
  const update = (spec.updateStrategy ??= {});
  update.type ||= "RollingUpdate";
  if (update.type === "RollingUpdate") update.rollingUpdate = { partition: 0, ...update.rollingUpdate };
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  if (isReleaseAtLeast(version, "1.27")) {
    spec.persistentVolumeClaimRetentionPolicy = {
      whenDeleted: "Retain",
      whenScaled: "Retain",
      ...spec.persistentVolumeClaimRetentionPolicy,
    };
  }
  for (const claim of spec.volumeClaimTemplates ?? []) {
    Object.assign(claim, { apiVersion: "v1", kind: "PersistentVolumeClaim", ...claim });
    claim.spec = { volumeMode: "Filesystem", ...claim.spec };
    claim.status ??= { phase: "Pending" };
  }
  defaultTemplate(spec.template);
}

/** As Kubernetes prints its own value: Go's names, and null for what is not set. */
function inGo(strategy: StatefulSet["spec"]["updateStrategy"]): unknown {
  return { Type: strategy?.type ?? "", RollingUpdate: strategy?.rollingUpdate ?? null };
}

function validate({ spec }: StatefulSet, { version }: StrategyContext): FieldError[] {
  const { podManagementPolicy, updateStrategy } = spec;
  return [
    ...(POLICIES.includes(podManagementPolicy ?? "")
      ? []
      : [invalid("spec.podManagementPolicy", podManagementPolicy, "must be 'OrderedReady' or 'Parallel'")]),
    ...(UPDATES.includes(updateStrategy?.type ?? "")
      ? []
      : [invalid("spec.updateStrategy", inGo(updateStrategy), "must be 'RollingUpdate' or 'OnDelete'")]),
    ...nonNegative("spec.replicas", spec.replicas),
    ...nonNegative("spec.minReadySeconds", spec.minReadySeconds),
    ...nonNegative("spec.updateStrategy.rollingUpdate.partition", updateStrategy?.rollingUpdate?.partition),
    ...selectorErrors(spec.selector, spec.template, "statefulset"),
    ...templateErrors(withClaims(spec), { ...ALWAYS, version }),
  ];
}

/** The template as its pods will be: a claim template is a volume of its name. Source: pkg/controller/statefulset/stateful_set_utils.go, updateStorage. */
function withClaims({ template, volumeClaimTemplates = [] }: StatefulSet["spec"]): StatefulSet["spec"]["template"] {
  // Without a template or a spec in it there is an error of its own.
  if (template?.spec === undefined || volumeClaimTemplates.length === 0) return template;
  const claimed = volumeClaimTemplates
    .map(({ metadata }) => metadata?.name ?? "")
    .map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const names = new Set(claimed.map(({ name }) => name));
  const volumes = (template.spec.volumes ?? []).filter(({ name }) => !names.has(name));
  return { ...template, spec: { ...template.spec, volumes: [...volumes, ...claimed] } };
}

function fixedPart({ spec }: StatefulSet): unknown {
  const {
    replicas: _,
    ordinals: __,
    template: ___,
    updateStrategy: ____,
    revisionHistoryLimit: _____,
    minReadySeconds: ______,
    persistentVolumeClaimRetentionPolicy: _______,
    ...rest
  } = spec;
  return rest;
}

/** apps/v1 statefulsets. Source: pkg/registry/apps/statefulset/strategy.go, pkg/apis/apps/validation. */
export const statefulSets = defineKind<StatefulSet>({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  resource: "statefulsets",
  shortNames: ["sts"],
  categories: ["all"],
  hasStatus: true,
  scale: REPLICAS_SCALE,
  shape: objectOf("StatefulSet", {
    metadata: METADATA,
    spec: alwaysOf(
      objectOf("StatefulSetSpec", {
        replicas: "int32",
        selector: LABEL_SELECTOR,
        template: POD_TEMPLATE,
        serviceName: "filled",
        podManagementPolicy: "text",
        updateStrategy: objectOf("StatefulSetUpdateStrategy", {
          type: "text",
          rollingUpdate: objectOf("RollingUpdateStatefulSetStrategy", { partition: "int32", maxUnavailable: "intOrString" }),
        }),
        revisionHistoryLimit: "int32",
        minReadySeconds: "int32",
        ordinals: objectOf("StatefulSetOrdinals", { start: "int32" }),
        volumeClaimTemplates: listOf(
          objectOf("PersistentVolumeClaim", { metadata: METADATA, spec: objectOf("PersistentVolumeClaimSpec", {}) }),
        ),
        persistentVolumeClaimRetentionPolicy: objectOf("StatefulSetPersistentVolumeClaimRetentionPolicy", {
          whenDeleted: "text",
          whenScaled: "text",
        }),
      }),
    ),
    status: objectOf("StatefulSetStatus", {
      observedGeneration: "int64",
      replicas: "int32",
      readyReplicas: "int32",
      currentReplicas: "int32",
      updatedReplicas: "int32",
      availableReplicas: "int32",
      currentRevision: "text",
      updateRevision: "text",
      conditions: CONDITIONS,
    }),
  }),
  strategy: {
    applyDefaults,
    prepareForCreate(set) {
      set.status = { replicas: 0, availableReplicas: 0 };
    },
    validate,
    validateUpdate: (set, previous) => (equalJson(fixedPart(set), fixedPart(previous)) ? [] : [forbidden("spec", UPDATE_TEXT)]),
  },
  table: {
    columns: [NAME, text("Ready", "Number of the pod with ready state"), AGE, CONTAINERS, IMAGES],
    cells(set, context) {
      const { metadata, spec, status } = set;
      return [metadata.name, `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`, age(set, context), ...containerCells(spec.template)];
    },
  },
});

/** apps/v1 controllerrevisions. */
export const controllerRevisions = defineKind<ControllerRevision>({
  apiVersion: "apps/v1",
  kind: "ControllerRevision",
  resource: "controllerrevisions",
  shape: objectOf("ControllerRevision", { metadata: METADATA, revision: "int64", data: "any" }),
  strategy: {
    applyDefaults(revision) {
      revision.revision ??= 0;
    },
    validate: ({ revision }) => nonNegative("revision", revision),
  },
  table: {
    columns: [
      NAME,
      text("Controller", "Controller of the object"),
      text("Revision", "Place of the revision in the order of all of its controller."),
      AGE,
    ],
    cells(revision, context) {
      const owner = revision.metadata.ownerReferences?.find(({ controller }) => controller === true);
      const [group = "", version] = (owner?.apiVersion ?? "").split("/");
      const kind = owner === undefined ? "" : owner.kind.toLowerCase() + (version === undefined ? "" : `.${group}`);
      return [
        revision.metadata.name,
        owner === undefined ? "<none>" : `${kind}/${owner.name}`,
        revision.revision ?? 0,
        age(revision, context),
      ];
    },
  },
});

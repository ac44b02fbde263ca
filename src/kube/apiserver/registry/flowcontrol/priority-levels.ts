import type { LimitedLevel, PriorityLevelConfiguration } from "#api/kubernetes/flowcontrol";
import type { KubeObject } from "#api/kubernetes/meta";
import { equalJson, type FieldError, forbidden, invalid, isReleaseAtLeast, notSupported, required } from "#kube/apimachinery";
import { AGE, age, NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import type { StrategyContext, TablePrinter } from "../kind.ts";
import { CONDITIONS, METADATA } from "../pod-template/shape.ts";
import { alwaysOf, objectOf, type Shape } from "../shape.ts";
import { mandatoryLevel } from "./default-levels.ts";
import { goLevelSpec } from "./go-forms.ts";
import { conditionErrors } from "./rules.ts";

const GROUP = "flowcontrol.apiserver.k8s.io";
const DEFAULT_SHARES = 30;
const DEFAULT_QUEUING = { queues: 64, handSize: 8, queueLengthLimit: 50 } as const;
const MAX_QUEUES = 10_000_000;
/** Bits of the hash that deals requests out to queues. Source: apiserver pkg/util/shufflesharding/shufflesharding.go. */
const MAX_HASH_BITS = 60;
const EXEMPT = "exempt";

type Spec = PriorityLevelConfiguration["spec"];

/** Source: pkg/apis/flowcontrol/v1/defaults.go. */
function applyDefaults({ spec: { exempt, limited } }: PriorityLevelConfiguration, { version }: StrategyContext): void {
  if (exempt !== undefined) {
    exempt.nominalConcurrencyShares ??= 0;
    exempt.lendablePercent ??= 0;
  }
  if (limited === undefined) return;
  limited.nominalConcurrencyShares ??= DEFAULT_SHARES;
  if (isReleaseAtLeast(version, "1.26")) limited.lendablePercent ??= 0;
  const { queuing } = limited.limitResponse ?? {};
  if (queuing === undefined) return;
  queuing.queues ||= DEFAULT_QUEUING.queues;
  queuing.handSize ||= DEFAULT_QUEUING.handSize;
  queuing.queueLengthLimit ||= DEFAULT_QUEUING.queueLengthLimit;
}

/** Source: pkg/apis/flowcontrol/validation/validation.go, ValidatePriorityLevelConfiguration. */
function validate({ metadata, spec, status }: PriorityLevelConfiguration, { version }: StrategyContext): FieldError[] {
  const fixed = mandatoryLevel(metadata.name, version);
  return [...specErrors(metadata.name, spec), ...fixedErrors(metadata.name, { spec, fixed }), ...conditionErrors(status?.conditions)];
}

function specErrors(name: string, { type = "", limited, exempt }: Spec): FieldError[] {
  const errors: FieldError[] = [];
  if ((name === EXEMPT) !== (type === "Exempt"))
    errors.push(invalid("spec.type", type, "must be 'Exempt' if and only if `name` is 'exempt'"));
  if (type === "Exempt") {
    if (limited !== undefined) errors.push(forbidden("spec.limited", "must be nil if the type is not Limited"));
    return exempt === undefined ? errors : [...errors, ...shareErrors(exempt, "spec.exempt"), ...lendingErrors(exempt, "spec.exempt")];
  }
  if (type !== "Limited") return [...errors, notSupported("spec.type", type, ["Exempt", "Limited"])];
  if (exempt !== undefined) errors.push(forbidden("spec.exempt", "must be nil if the type is Limited"));
  if (limited === undefined) return [...errors, required("spec.limited", "must not be empty when type is Limited")];
  return [...errors, ...limitedErrors(limited)];
}

function shareErrors({ nominalConcurrencyShares = 0 }: LimitedLevel, field: string): FieldError[] {
  if (nominalConcurrencyShares >= 0) return [];
  return [invalid(`${field}.nominalConcurrencyShares`, nominalConcurrencyShares, "must be a non-negative integer")];
}

function lendingErrors({ lendablePercent = 0 }: LimitedLevel, field: string): FieldError[] {
  if (lendablePercent >= 0 && lendablePercent <= 100) return [];
  return [invalid(`${field}.lendablePercent`, lendablePercent, "must be between 0 and 100, inclusive")];
}

function limitedErrors(limited: LimitedLevel): FieldError[] {
  const { borrowingLimitPercent = 0, limitResponse = {} } = limited;
  const errors = [
    ...shareErrors(limited, "spec.limited"),
    ...responseErrors(limitResponse, "spec.limited.limitResponse"),
    ...lendingErrors(limited, "spec.limited"),
  ];
  if (borrowingLimitPercent < 0)
    errors.push(invalid("spec.limited.borrowingLimitPercent", borrowingLimitPercent, "if specified, must be a non-negative integer"));
  return errors;
}

function responseErrors({ type = "", queuing }: NonNullable<LimitedLevel["limitResponse"]>, field: string): FieldError[] {
  if (type === "Reject")
    return queuing === undefined ? [] : [forbidden(`${field}.queuing`, "must be nil if limited.limitResponse.type is not Limited")];
  if (type !== "Queue") return [notSupported(`${field}.type`, type, ["Queue", "Reject"])];
  if (queuing === undefined) return [required(`${field}.queuing`, "must not be empty if limited.limitResponse.type is Limited")];
  const { queues = 0, handSize = 0, queueLengthLimit = 0 } = queuing;
  const at = `${field}.queuing`;
  const errors = queueLengthLimit <= 0 ? [invalid(`${at}.queueLengthLimit`, queueLengthLimit, "must be positive")] : [];
  if (queues <= 0) errors.push(invalid(`${at}.queues`, queues, "must be positive"));
  else if (queues > MAX_QUEUES) errors.push(invalid(`${at}.queues`, queues, `must not be greater than ${MAX_QUEUES}`));
  const hand = handErrors(queues, handSize);
  return hand === undefined ? errors : [...errors, invalid(`${at}.handSize`, handSize, hand)];
}

function handErrors(queues: number, handSize: number): string | undefined {
  if (handSize <= 0) return "must be positive";
  if (handSize > queues) return `should not be greater than queues (${queues})`;
  if (Math.ceil(Math.log2(queues) * handSize) <= MAX_HASH_BITS) return undefined;
  return `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${MAX_HASH_BITS}`;
}

/** What every cluster has may not be changed, but for the shares of `exempt`. */
function fixedErrors(name: string, { spec, fixed }: { spec: Spec; fixed: Spec | undefined }): FieldError[] {
  if (fixed === undefined) return [];
  const found = name === EXEMPT ? withExemptOf(spec, fixed) : spec;
  if (equalJson(goLevelSpec(found), goLevelSpec(fixed))) return [];
  const exception = name === EXEMPT ? " except the 'spec.exempt' field" : "";
  return [invalid("spec", goLevelSpec(spec), `spec of '${name}'${exception} must equal the fixed value`)];
}

function withExemptOf(spec: Spec, { exempt }: Spec): Spec {
  const { exempt: _, ...others } = spec;
  return exempt === undefined ? others : { ...others, exempt };
}

const table: TablePrinter<PriorityLevelConfiguration> = {
  columns: [
    NAME,
    text("Type", "Whether the level has a limit."),
    text("NominalConcurrencyShares", "Its part of what the server does at once."),
    text("Queues", "Queues that requests wait in."),
    text("HandSize", "Queues that a flow may use."),
    text("QueueLengthLimit", "Requests that a queue holds."),
    AGE,
  ],
  cells(level, context) {
    const { type = "", limited } = level.spec;
    const { queues = "<none>", handSize = "<none>", queueLengthLimit = "<none>" } = limited?.limitResponse?.queuing ?? {};
    const shares = limited?.nominalConcurrencyShares ?? "<none>";
    return [level.metadata.name, type, shares, queues, handSize, queueLengthLimit, age(level, context)];
  },
};

const shapeOf = (shares: string): Shape =>
  objectOf("PriorityLevelConfiguration", {
    metadata: METADATA,
    spec: alwaysOf(
      objectOf("PriorityLevelConfigurationSpec", {
        type: "filled",
        limited: objectOf("LimitedPriorityLevelConfiguration", {
          [shares]: "int32",
          limitResponse: alwaysOf(
            objectOf("LimitResponse", {
              type: "filled",
              queuing: objectOf("QueuingConfiguration", { queues: "int32", handSize: "int32", queueLengthLimit: "int32" }),
            }),
          ),
          lendablePercent: "int32",
          borrowingLimitPercent: "int32",
        }),
        exempt: objectOf("ExemptPriorityLevelConfiguration", { nominalConcurrencyShares: "int32", lendablePercent: "int32" }),
      }),
    ),
    status: objectOf("PriorityLevelConfigurationStatus", { conditions: CONDITIONS }),
  });

const shared = {
  kind: "PriorityLevelConfiguration",
  resource: "prioritylevelconfigurations",
  clusterScoped: true,
  hasStatus: true,
  table,
} as const;

/** flowcontrol.apiserver.k8s.io/v1 prioritylevelconfigurations. Versions: see the flow schemas. */
export const priorityLevels = defineKind<PriorityLevelConfiguration>({
  ...shared,
  apiVersion: `${GROUP}/v1`,
  since: "1.29",
  aliases: [{ version: "v1beta3", since: "1.26", until: "1.32" }],
  shape: shapeOf("nominalConcurrencyShares"),
  strategy: {
    applyDefaults,
    prepareForCreate(level) {
      level.status = {};
    },
    validate,
  },
});

interface OlderLevel extends KubeObject {
  spec?: { limited?: { assuredConcurrencyShares?: number; nominalConcurrencyShares?: number } };
}

/** The same under the name that shares have in the other direction. */
function renamed(level: OlderLevel, from: "assuredConcurrencyShares" | "nominalConcurrencyShares"): KubeObject {
  const { limited } = level.spec ?? {};
  if (limited === undefined) return { ...level };
  const { assuredConcurrencyShares: _, nominalConcurrencyShares: __, ...rest } = limited;
  const to = from === "assuredConcurrencyShares" ? "nominalConcurrencyShares" : "assuredConcurrencyShares";
  // Zero and nothing are one in the older form. Source: pkg/apis/flowcontrol/v1beta2/defaults.go.
  const shares = from === "assuredConcurrencyShares" && limited[from] === 0 ? undefined : limited[from];
  return { ...level, spec: { ...level.spec, limited: { ...(shares !== undefined && { [to]: shares }), ...rest } } } as KubeObject;
}

/** flowcontrol.apiserver.k8s.io/v1beta2 and v1beta1: shares are called assured. */
export const olderPriorityLevels = defineKind<PriorityLevelConfiguration>({
  ...shared,
  apiVersion: `${GROUP}/v1beta2`,
  since: "1.23",
  until: "1.29",
  aliases: [{ version: "v1beta1", since: "1.20", until: "1.26" }],
  storedAs: { group: GROUP, resource: "prioritylevelconfigurations" },
  conversion: {
    toStored: (level) => renamed(level, "assuredConcurrencyShares"),
    fromStored: (level) => renamed(level, "nominalConcurrencyShares"),
  },
  shape: shapeOf("assuredConcurrencyShares"),
});

import type { KubeObject } from "#api/kubernetes/meta";
import { everything, type Selector, selectorFromObject } from "#kube/apimachinery";
import { admissionScope, compileCondition, type CompiledVariable, compileText, compileVariables } from "../../cel/admission.ts";
import type { CompileError, Expression } from "../../cel/expression.ts";
import type {
  MatchResources,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Validation,
} from "../../registry/admissionregistration/policies.ts";
import type { ResourceTable } from "../../resources.ts";
import type { ResourceCache } from "../../storage/resource-cache.ts";

/** What a policy or binding is about, ready for use. */
export interface Match {
  readonly spec: MatchResources;
  readonly namespaces: Selector;
  readonly objects: Selector;
}

export interface CompiledValidation {
  readonly validation: Validation;
  readonly expression: Expression | CompileError;
  readonly message: Expression | CompileError | undefined;
}

export interface Binding {
  readonly name: string;
  readonly spec: ValidatingAdmissionPolicyBinding["spec"];
  readonly match: Match | undefined;
}

/** A policy with those who use it. */
export interface Policy {
  readonly name: string;
  readonly spec: ValidatingAdmissionPolicy["spec"];
  readonly match: Match;
  readonly conditions: readonly { readonly text: string; readonly expression: Expression | CompileError }[];
  readonly variables: readonly CompiledVariable[];
  readonly validations: readonly CompiledValidation[];
  readonly bindings: readonly Binding[];
}

const GROUP = "admissionregistration.k8s.io";

/** The policies that somebody uses, as they are now; compiled anew when any of them, or of their bindings, changes. */
export class Policies {
  readonly #resources: ResourceTable;
  readonly #found = new Map<string, ResourceCache>();
  #readAt = "";
  #all: readonly Policy[] = [];

  constructor(resources: ResourceTable) {
    this.#resources = resources;
  }

  get #policies(): ResourceCache | undefined {
    return this.#cache("validatingadmissionpolicies");
  }

  get #bindings(): ResourceCache | undefined {
    return this.#cache("validatingadmissionpolicybindings");
  }

  /** Looked for until it is there: what is served changes with the cluster's version. */
  #cache(resource: string): ResourceCache | undefined {
    let cache = this.#found.get(resource);
    if (cache === undefined) {
      cache = this.#resources.preferred(GROUP, resource)?.cache;
      if (cache !== undefined) this.#found.set(resource, cache);
    }
    return cache;
  }

  get isEmpty(): boolean {
    return (this.#policies?.size ?? 0) === 0 || (this.#bindings?.size ?? 0) === 0;
  }

  get all(): readonly Policy[] {
    if (this.isEmpty) return [];
    const readAt = `${this.#policies?.lastRevision} ${this.#bindings?.lastRevision}`;
    if (readAt !== this.#readAt) {
      this.#all = this.#read();
      this.#readAt = readAt;
    }
    return this.#all;
  }

  #read(): readonly Policy[] {
    const bindings = [...(this.#bindings?.list({}) ?? [])].map(({ object }) => object as ValidatingAdmissionPolicyBinding);
    return [...(this.#policies?.list({}) ?? [])].flatMap(({ object }) => {
      const own = bindings.filter(({ spec }) => spec.policyName === object.metadata.name);
      return own.length === 0 ? [] : [policyOf(object as ValidatingAdmissionPolicy, own)];
    });
  }
}

function matchOf(spec: MatchResources): Match {
  const selector = (of: MatchResources["objectSelector"]): Selector => (of === undefined ? everything : selectorFromObject(of));
  return { spec, namespaces: selector(spec.namespaceSelector), objects: selector(spec.objectSelector) };
}

function policyOf({ metadata, spec }: ValidatingAdmissionPolicy, bindings: readonly ValidatingAdmissionPolicyBinding[]): Policy {
  const hasParams = spec.paramKind !== undefined;
  const { compiled: variables, scope } = compileVariables(spec.variables ?? [], hasParams);
  const conditionScope = admissionScope(hasParams);
  return {
    name: metadata.name,
    spec,
    match: matchOf(spec.matchConstraints ?? {}),
    conditions: (spec.matchConditions ?? []).map(({ expression }) => ({
      text: expression,
      expression: compileCondition(expression.trim(), conditionScope),
    })),
    variables,
    validations: (spec.validations ?? []).map((validation) => ({
      validation,
      expression: compileCondition(validation.expression, scope),
      message: validation.messageExpression === undefined ? undefined : compileText(validation.messageExpression, scope),
    })),
    bindings: bindings.map((binding: KubeObject & ValidatingAdmissionPolicyBinding) => ({
      name: binding.metadata.name,
      spec: binding.spec,
      match: binding.spec.matchResources === undefined ? undefined : matchOf(binding.spec.matchResources),
    })),
  };
}

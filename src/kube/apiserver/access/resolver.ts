import type { PolicyRule, RoleBinding, RoleRef, Subject } from "#api/kubernetes/rbac";
import type { User } from "../request.ts";
import type { Resource, ResourceTable } from "../resources.ts";
import { notFound } from "../status.ts";
import { entryKey } from "../storage/storage.ts";

const GROUP = "rbac.authorization.k8s.io";

/** A binding that gives rules to a user, or the reason why its role gives none. */
export type Grant =
  | { readonly kind: "rules"; readonly rules: readonly PolicyRule[]; readonly source: () => string }
  | { readonly kind: "error"; readonly message: string };

/** Says which rules hold for whom, by the roles and bindings of the cluster. */
export interface RuleResolver {
  /** What is bound to the user in the cluster, and in the namespace unless it is empty; until the caller stops asking. */
  grants(user: User, namespace: string): Iterable<Grant>;
  /** The rules of a role. @throws {StatusError} NotFound. */
  rulesOf(ref: RoleRef, namespace: string): readonly PolicyRule[];
}

/** Bindings by their subjects, kept current by a watch, so that a request looks only at what is bound to its user. */
class BindingIndex {
  readonly #bySubject = new Map<string, Map<string, RoleBinding>>();

  constructor({ cache }: Resource) {
    for (const { object } of cache.values()) this.#add(object);
    cache.watchers.add({}, ({ object, previous }) => {
      if (previous !== undefined) this.#remove(previous);
      if (object !== undefined) this.#add(object);
    });
  }

  /** Each binding once, with the first of its subjects that the user is. */
  *of({ name, groups }: User, namespace: string): Generator<{ binding: RoleBinding; subject: Subject }> {
    const seen = new Set<string>();
    for (const subjectKey of [`User/${name}`, ...groups.map((group) => `Group/${group}`)])
      for (const [key, binding] of this.#bySubject.get(`${namespace}//${subjectKey}`) ?? []) {
        if (seen.has(key)) continue;
        seen.add(key);
        const subject = binding.subjects?.find((each) => keyOfSubject(each, namespace) === subjectKey);
        if (subject !== undefined) yield { binding, subject };
      }
  }

  #keys({ subjects = [], metadata: { namespace = "" } }: RoleBinding): string[] {
    return subjects.flatMap((subject) => {
      const key = keyOfSubject(subject, namespace);
      return key === undefined ? [] : [`${namespace}//${key}`];
    });
  }

  #add(binding: RoleBinding): void {
    for (const key of this.#keys(binding)) {
      let bindings = this.#bySubject.get(key);
      if (bindings === undefined) this.#bySubject.set(key, (bindings = new Map()));
      bindings.set(binding.metadata.name, binding);
    }
  }

  #remove(binding: RoleBinding): void {
    for (const key of this.#keys(binding)) {
      const bindings = this.#bySubject.get(key);
      bindings?.delete(binding.metadata.name);
      if (bindings?.size === 0) this.#bySubject.delete(key);
    }
  }
}

/** `User/jane`, `Group/developers`; a service account is the user of its name. Undefined for a subject that nobody is. */
function keyOfSubject({ kind, name = "", namespace }: Subject, bindingNamespace: string): string | undefined {
  if (kind === "User" || kind === "Group") return `${kind}/${name}`;
  const accountNamespace = namespace === undefined || namespace === "" ? bindingNamespace : namespace;
  return kind === "ServiceAccount" && accountNamespace !== "" ? `User/system:serviceaccount:${accountNamespace}:${name}` : undefined;
}

/** Source: pkg/registry/rbac/validation/rule.go, DefaultRuleResolver. To be asked once the cluster's objects are loaded. */
export function createRuleResolver(resources: ResourceTable): RuleResolver {
  const served = (resource: string): Resource => {
    const found = resources.preferred(GROUP, resource);
    if (found === undefined) throw new Error(`${resource} are not served`);
    return found;
  };
  const [roles, clusterRoles] = [served("roles"), served("clusterroles")];
  let indexes: { readonly ofNamespaces: BindingIndex; readonly ofCluster: BindingIndex } | undefined;

  function rulesOf({ kind, name = "" }: RoleRef, namespace: string): readonly PolicyRule[] {
    const resource = kind === "Role" ? roles : clusterRoles;
    const entry = resource.cache.get(entryKey(kind === "Role" ? namespace : "", name));
    if (entry === undefined) throw notFound({ group: GROUP, resource: kind === "Role" ? "role" : "clusterrole" }, name);
    return (entry.object as { rules?: PolicyRule[] | null }).rules ?? [];
  }

  function grant(binding: RoleBinding, subject: Subject): Grant {
    const { namespace = "" } = binding.metadata;
    try {
      return { kind: "rules", rules: rulesOf(binding.roleRef ?? {}, namespace), source: () => describe(binding, subject) };
    } catch (error) {
      return { kind: "error", message: error instanceof Error ? error.message : String(error) };
    }
  }

  return {
    rulesOf,
    *grants(user, namespace) {
      indexes ??= {
        ofNamespaces: new BindingIndex(served("rolebindings")),
        ofCluster: new BindingIndex(served("clusterrolebindings")),
      };
      const { ofNamespaces, ofCluster } = indexes;
      for (const { binding, subject } of ofCluster.of(user, "")) yield grant(binding, subject);
      if (namespace !== "") for (const { binding, subject } of ofNamespaces.of(user, namespace)) yield grant(binding, subject);
    },
  };
}

/** Source: pkg/registry/rbac/validation/rule.go, roleBindingDescriber and describeSubject (names before namespaces). */
function describe({ metadata: { name, namespace }, roleRef }: RoleBinding, subject: Subject): string {
  const kind = namespace === undefined ? "ClusterRoleBinding" : "RoleBinding";
  const own = namespace === undefined ? name : `${name}/${namespace}`;
  const who = subject.kind === "ServiceAccount" ? `${subject.name ?? ""}/${subject.namespace || (namespace ?? "")}` : (subject.name ?? "");
  return `${kind} "${own}" of ${roleRef?.kind ?? ""} "${roleRef?.name ?? ""}" to ${subject.kind ?? ""} "${who}"`;
}

import { podAttach } from "../containers/attach.ts";
import { podExec } from "../containers/exec.ts";
import { podLog } from "../containers/log.ts";
import { podPortForward } from "../containers/port-forward.ts";
import type { StatusError } from "#api/kubernetes/status";
import type { GroupVersionKind } from "../admission/dynamic/review.ts";
import type { Core } from "../core.ts";
import type { Answer } from "../request.ts";
import { isPods } from "../resources.ts";
import { methodNotSupported, noMethod, noSuchPath } from "../status.ts";
import { requestToken } from "../tokens/request.ts";
import { readOne, type ResourceCall, targetOf, writeOne } from "../verbs/single.ts";
import { bindPod } from "./binding.ts";
import { evictPod } from "./eviction.ts";
import { connectOptions, reviewedBody } from "./reviewed-body.ts";
import { patchScale, readScale, updateScale } from "./scale.ts";

/** A subresource that a resource has, as discovery lists it and as it is served. */
export interface Subresource {
  readonly name: string;
  readonly verbs: readonly string[];
  /** Kind of its bodies, when it is not the resource's own. */
  readonly kind?: { readonly group: string; readonly version: string; readonly kind: string };
  serve(core: Core, call: ResourceCall): Answer | Promise<Answer>;
}

const SCALE_KIND = { group: "autoscaling", version: "v1", kind: "Scale" };

/** A part of the object itself. */
function servePart(core: Core, call: ResourceCall): Answer | Promise<Answer> {
  return call.info.verb === "get" ? readOne(core, call) : writeOne(core, call);
}

const status: Subresource = { name: "status", verbs: ["get", "patch", "update"], serve: servePart };

const ephemeralContainers: Subresource = { name: "ephemeralcontainers", verbs: ["get", "patch", "update"], serve: servePart };

const finalize: Subresource = { name: "finalize", verbs: ["update"], serve: servePart };

const approval: Subresource = { name: "approval", verbs: ["get", "patch", "update"], serve: servePart };

const scale: Subresource = {
  name: "scale",
  verbs: ["get", "patch", "update"],
  kind: SCALE_KIND,
  async serve(core, call) {
    const at = targetOf(call);
    const { body, contentType } = call.request;
    const { author } = call;
    const { verb } = call.info;
    const document =
      verb === "get"
        ? await readScale(core, at)
        : verb === "update"
          ? await updateScale(core, { ...at, body, author })
          : await patchScale(core, { ...at, body, author, contentType });
    return { kind: "document", code: 200, document };
  },
};

/** A subresource whose bodies are done rather than stored. */
function acting(
  name: string,
  kind: GroupVersionKind,
  act: (core: Core, call: ResourceCall, body: unknown) => Promise<object>,
): Subresource {
  return {
    name,
    verbs: ["create"],
    kind,
    async serve(core, call) {
      const { resource, author, info, request } = call;
      core.admission.admitAction(resource, request.body, { ...info, author });
      const sent = reviewedBody(core, call, { operation: "CREATE", kind, body: request.body });
      const document = await act(core, call, sent instanceof Promise ? await sent : sent);
      return { kind: "document", code: 201, document };
    },
  };
}

const binding = acting("binding", { group: "", version: "v1", kind: "Binding" }, (core, call, body) =>
  bindPod(core, { ...targetOf(call), body }),
);

const eviction = acting("eviction", { group: "policy", version: "v1", kind: "Eviction" }, (core, call, body) =>
  evictPod(core, { ...targetOf(call), body }),
);

const log: Subresource = {
  name: "log",
  verbs: ["get"],
  serve: podLog,
};

const token = acting("token", { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest" }, (core, call, body) =>
  requestToken(core, { ...call, request: { ...call.request, body } }),
);

/** What a client must upgrade its connection for; see the door for upgrades. */
function streaming(name: string, options: string, serve: Subresource["serve"]): Subresource {
  const kind = { group: "", version: "v1", kind: options };
  return {
    name,
    verbs: ["create", "get"],
    kind,
    serve(core, call) {
      const sent = reviewedBody(core, call, { operation: "CONNECT", kind, body: connectOptions(call) });
      return sent instanceof Promise ? sent.then(() => serve(core, call)) : serve(core, call);
    },
  };
}

const STREAMING = [
  streaming("attach", "PodAttachOptions", podAttach),
  streaming("exec", "PodExecOptions", podExec),
  streaming("portforward", "PodPortForwardOptions", podPortForward),
];
const POD_SUBRESOURCES: readonly Subresource[] = [binding, ephemeralContainers, eviction, log, ...STREAMING];

/** The subresources of a resource. */
export function subresourcesOf({ kind }: Pick<ResourceCall["resource"], "kind">): readonly Subresource[] {
  return [
    ...(kind.hasStatus ? [status] : []),
    ...(kind.scale === undefined ? [] : [scale]),
    ...(kind.group === "certificates.k8s.io" ? [approval] : []),
    ...(isPods(kind) ? POD_SUBRESOURCES : []),
    ...(kind.group === "" && kind.resource === "namespaces" ? [finalize] : []),
    ...(kind.group === "" && kind.resource === "serviceaccounts" ? [token] : []),
  ];
}

/** A verb that a path has no handler for; those of custom kinds share one. Source: apiextensions-apiserver pkg/apiserver/customresource_handler.go. */
export function noMethodOf({ kind, of }: Pick<ResourceCall["resource"], "kind" | "of">, verb: string): StatusError {
  return kind.isCustom === true ? methodNotSupported(of, verb) : noMethod();
}

/** @throws {StatusError} NotFound for a subresource that the resource has not, MethodNotAllowed for a verb that it has not. */
export function serveSubresource(core: Core, call: ResourceCall): Answer | Promise<Answer> {
  const { info, resource } = call;
  const found = subresourcesOf(resource).find(({ name }) => name === info.subresource);
  if (found === undefined) throw noSuchPath();
  if (!found.verbs.includes(info.verb))
    throw noMethodOf({ kind: resource.kind, of: { ...resource.of, resource: `${resource.of.resource}/${found.name}` } }, info.verb);
  return found.serve(core, call);
}

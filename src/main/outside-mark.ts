import type { KubeObject } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { KubeCall, KubeTransport } from "#api/kubernetes/transport";
import type { KubeClient } from "#kube/client";

/** The label of what Lido itself made in a control plane that others run: the id of the cluster that it made it for. */
const MARK = "lido.dev/cluster";

/** Kinds that are questions, or that nobody needs to find again. */
const UNMARKED: ReadonlySet<unknown> = new Set(["Binding", "Event", "Eviction"]);

/** The transport, with every object that is created through it marked as the cluster's. */
export function markingTransport(transport: KubeTransport, id: string): KubeTransport {
  return {
    call: (call) => transport.call(call.method === "POST" ? { ...call, body: marked(call, id) } : call),
    watch: (call, handlers) => transport.watch(call, handlers),
  };
}

function marked({ body }: KubeCall, id: string): unknown {
  const { kind, metadata } = body as Partial<KubeObject>;
  if (metadata === undefined || UNMARKED.has(kind)) return body;
  return { ...(body as KubeObject), metadata: { ...metadata, labels: { ...metadata.labels, [MARK]: id } } };
}

/** Whether Lido made the object for the cluster. */
export function isMarked(id: string, { metadata }: KubeObject): boolean {
  return metadata.labels?.[MARK] === id;
}

/** Deletes all that Lido made for the cluster. Can be repeated; kinds that the control plane has not are passed over. */
export async function removeMarked(client: KubeClient, id: string): Promise<void> {
  for (const type of Object.values(resources)) {
    const { items } = await unlessAbsent(client.list<KubeObject>(type, { labelSelector: `${MARK}=${id}` }), { items: [] });
    for (const { metadata } of items) {
      const { name, namespace } = metadata;
      await unlessAbsent(client.delete(type, { name, ...(namespace !== undefined && { namespace }) }), undefined);
    }
  }
}

async function unlessAbsent<T, A>(call: Promise<T>, otherwise: A): Promise<T | A> {
  try {
    return await call;
  } catch (error) {
    if (isStatus(error, "NotFound")) return otherwise;
    throw error;
  }
}

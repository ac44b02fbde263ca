import { resources } from "#api/kubernetes/resources";
import type { ControllerContext } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { acceptsObjects, createdUnlessTerminating } from "../writes.ts";

const DEFAULT = "default";

/**
 * Keeps a `default` service account in each namespace.
 * Source: kubernetes pkg/controller/serviceaccount/serviceaccounts_controller.go.
 */
export function createServiceAccountController(context: ControllerContext): Controller {
  const namespaces = context.informers.of(resources.namespaces);
  const accounts = context.informers.of(resources.serviceAccounts);
  const ensure = async (namespace: string): Promise<void> => {
    if (!acceptsObjects(namespaces.get(namespace)) || accounts.get(`${namespace}/${DEFAULT}`) !== undefined) return;
    await createdUnlessTerminating(context.client.create(resources.serviceAccounts, { metadata: { name: DEFAULT, namespace } }));
  };
  const loop = context.loop("service-account", ensure);
  return assembleController({
    name: "service-account",
    loops: [loop],
    subscribe: () => [
      namespaces.subscribe({ add: ({ metadata }) => loop.enqueue(metadata.name) }),
      accounts.subscribe({
        delete({ metadata }) {
          if (metadata.name === DEFAULT && metadata.namespace !== undefined) loop.enqueue(metadata.namespace);
        },
      }),
    ],
  });
}

import type { ConfigMap } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import { equalJson } from "#kube/apimachinery";
import type { ControllerContext } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { acceptsObjects, createdUnlessTerminating, found } from "../writes.ts";

/** Source: kubernetes pkg/controller/certificates/rootcacertpublisher/publisher.go. */
const NAME = "kube-root-ca.crt";
const DESCRIPTION_ANNOTATION = "kubernetes.io/description";
const DESCRIPTION =
  "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. " +
  "No other usage is guaranteed across distributions of Kubernetes clusters.";
/** First minor that publishes it. Source: kubernetes pkg/features, RootCAConfigMap (beta 1.20). */
const FIRST_MINOR = 20;
/** First minor that describes it. Unverified: the release. */
const DESCRIBED_MINOR = 21;

/** Keeps the cluster's CA certificate in a ConfigMap of each namespace. */
export function createRootCaController(context: ControllerContext, rootCaPem: string): Controller {
  const namespaces = context.informers.of(resources.namespaces);
  const configMaps = context.informers.of(resources.configMaps);
  const wanted = (namespace: string): ConfigMap => ({
    metadata: {
      name: NAME,
      namespace,
      ...(context.minor() >= DESCRIBED_MINOR && { annotations: { [DESCRIPTION_ANNOTATION]: DESCRIPTION } }),
    },
    data: { "ca.crt": rootCaPem },
  });
  const publish = async (namespace: string): Promise<void> => {
    const { client } = context;
    if (context.minor() < FIRST_MINOR || !acceptsObjects(namespaces.get(namespace))) return;
    const present = configMaps.get(`${namespace}/${NAME}`);
    const next = wanted(namespace);
    if (present === undefined) await createdUnlessTerminating(client.create(resources.configMaps, next));
    else if (!equalJson(present.data, next.data))
      await found(client.update(resources.configMaps, { ...present, data: { "ca.crt": rootCaPem } }));
  };
  const loop = context.loop("root-ca", publish);
  const observe = ({ metadata }: ConfigMap): void => {
    if (metadata.name === NAME && metadata.namespace !== undefined) loop.enqueue(metadata.namespace);
  };
  return assembleController({
    name: "root-ca",
    loops: [loop],
    subscribe: () => [
      namespaces.subscribe({ add: ({ metadata }) => loop.enqueue(metadata.name) }),
      configMaps.subscribe({ update: observe, delete: observe }),
    ],
  });
}

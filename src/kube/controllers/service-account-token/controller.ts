import type { Secret, ServiceAccount } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { ControllerContext } from "../context.ts";
import { assembleController, type Controller } from "../controller.ts";
import { acceptsObjects, createdUnlessTerminating, found, nameOf } from "../writes.ts";
import { accountOf, filledSecret, NAME_ANNOTATION, planSecret, TOKEN_TYPE, UID_ANNOTATION } from "./plan.ts";

/** Signs the token that a secret holds. */
export type SignSecretToken = (
  account: { readonly namespace: string; readonly name: string; readonly uid: string },
  secretName: string,
) => Promise<string>;

/** First minor that makes no secrets by itself. Source: kubernetes pkg/features, LegacyServiceAccountTokenNoAutoGeneration (1.24). */
const MAKES_NONE_SINCE = 24;

const keyOf = ({ metadata }: Secret | ServiceAccount): string => `${metadata.namespace ?? ""}/${metadata.name}`;

/**
 * Fills the secrets that hold tokens of service accounts, and deletes those whose account is gone; before 1.24 it makes one for each account.
 * Source: kubernetes pkg/controller/serviceaccount/tokens_controller.go.
 */
export function createServiceAccountTokenController(
  context: ControllerContext,
  { sign, caPem }: { readonly sign: SignSecretToken; readonly caPem: string },
): Controller {
  const { client } = context;
  const secrets = context.informers.of(resources.secrets);
  const accounts = context.informers.of(resources.serviceAccounts);
  const namespaces = context.informers.of(resources.namespaces);

  async function tend(key: string): Promise<void> {
    const secret = secrets.get(key);
    const accountKey = secret === undefined ? undefined : accountOf(secret);
    if (secret === undefined || accountKey === undefined) return;
    const account = accounts.get(accountKey);
    const plan = planSecret(secret, account, caPem);
    if (plan.kind === "delete") {
      const { uid } = secret.metadata;
      await found(client.delete(resources.secrets, nameOf(secret), uid === undefined ? {} : { preconditions: { uid } }));
    }
    if (plan.kind !== "fill" || account === undefined) return;
    const { name, namespace = "", uid = "" } = account.metadata;
    const token = plan.needsToken ? await sign({ namespace, name, uid }, secret.metadata.name) : undefined;
    await found(client.update(resources.secrets, filledSecret(secret, { uid, token, caPem })));
  }

  async function provide(key: string): Promise<void> {
    const account = accounts.get(key);
    if (account === undefined || context.minor() >= MAKES_NONE_SINCE) return;
    const { name, namespace = "", uid = "" } = account.metadata;
    const own = secrets.byIndex("account", key).filter(({ metadata }) => metadata.annotations?.[UID_ANNOTATION] === uid);
    const named = new Set((account.secrets ?? []).map((reference) => reference.name));
    if (own.some(({ metadata }) => named.has(metadata.name)) || !acceptsObjects(namespaces.get(namespace))) return;
    const [present] = own;
    if (present === undefined) {
      const annotations = { [NAME_ANNOTATION]: name, [UID_ANNOTATION]: uid };
      const metadata = { name: "", generateName: `${name}-token-`, namespace, annotations };
      await createdUnlessTerminating(client.create(resources.secrets, { metadata, type: TOKEN_TYPE }));
    } else {
      const isGone = (secret = ""): boolean => secret.startsWith(`${name}-token-`) && secrets.get(`${namespace}/${secret}`) === undefined;
      const kept = (account.secrets ?? []).filter((reference) => !isGone(reference.name));
      const references = [...kept, { name: present.metadata.name }];
      await found(client.update(resources.serviceAccounts, { ...account, secrets: references }));
    }
  }

  const tending = context.loop("service-account-token", tend);
  const providing = context.loop("service-account-token-provider", provide);
  const secretChanged = (secret: Secret): void => {
    const account = accountOf(secret);
    if (account === undefined) return;
    tending.enqueue(keyOf(secret));
    providing.enqueue(account);
  };
  const accountChanged = (account: ServiceAccount): void => {
    for (const secret of secrets.byIndex("account", keyOf(account))) tending.enqueue(keyOf(secret));
    providing.enqueue(keyOf(account));
  };
  return assembleController({
    name: "service-account-token",
    loops: [tending, providing],
    subscribe: () => [
      secrets.subscribe({ add: secretChanged, update: secretChanged, delete: secretChanged }),
      accounts.subscribe({ add: accountChanged, update: accountChanged, delete: accountChanged }),
    ],
  });
}

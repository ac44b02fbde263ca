import type { ConfigMap, Secret, ServiceAccount } from "#api/kubernetes/core";
import type { KubeObject } from "#api/kubernetes/meta";
import { configMapKeyErrors, equalJson, type FieldError, forbidden, invalid, required } from "#kube/apimachinery";
import { unchanged } from "../checks.ts";
import { AGE, age, integer, NAME, text } from "../columns.ts";
import { defineKind } from "../define.ts";
import { METADATA } from "../pod-template/shape.ts";
import { listOf, mapOf, objectOf } from "../shape.ts";

/** Bytes of all values together. Source: pkg/apis/core/types.go, MaxSecretSize. */
const MAX_BYTES = 1024 * 1024;

type Values = Readonly<Record<string, string>> | undefined;

function keyErrors(values: Values, field: string): FieldError[] {
  return Object.keys(values ?? {}).flatMap((key) => configMapKeyErrors(key).map((detail) => invalid(`${field}[${key}]`, key, detail)));
}

function sizeErrors(bytes: number, field: string): FieldError[] {
  return bytes > MAX_BYTES ? [{ type: "TooLong", field, detail: `may not be more than ${MAX_BYTES} bytes` }] : [];
}

/** Bytes that base64 texts stand for. */
function decodedSize(values: Values): number {
  return Object.values(values ?? {}).reduce((size, value) => size + Math.floor((value.length * 3) / 4), 0);
}

function plainSize(values: Values): number {
  return Object.values(values ?? {}).reduce((size, value) => size + Buffer.byteLength(value), 0);
}

const FROZEN = "field is immutable when `immutable` is set";

interface Freezable extends KubeObject {
  readonly immutable?: boolean;
}

function freezeErrors(next: Freezable, previous: Freezable): FieldError[] {
  if (previous.immutable !== true) return [];
  const errors = next.immutable === true ? [] : [forbidden("immutable", FROZEN)];
  for (const field of ["data", "binaryData"] as const) {
    const values = [next, previous].map((object) => (object as unknown as Record<string, unknown>)[field]) as [unknown, unknown];
    errors.push(...unchanged(field, values, FROZEN));
  }
  return errors;
}

/** core/v1 configmaps. Source: pkg/apis/core/validation/validation.go, ValidateConfigMap. */
export const configMaps = defineKind<ConfigMap>({
  apiVersion: "v1",
  kind: "ConfigMap",
  resource: "configmaps",
  shortNames: ["cm"],
  shape: objectOf("ConfigMap", { metadata: METADATA, data: mapOf("text"), binaryData: mapOf("bytes"), immutable: "bool" }),
  strategy: {
    validate: ({ data, binaryData }) => [
      ...keyErrors(data, "data"),
      ...keyErrors(binaryData, "binaryData"),
      ...Object.keys(data ?? {})
        .filter((key) => binaryData?.[key] !== undefined)
        .map((key) => invalid(`data[${key}]`, key, "duplicate of key present in binaryData")),
      ...sizeErrors(plainSize(data) + decodedSize(binaryData), ""),
    ],
    validateUpdate: freezeErrors,
  },
  table: {
    columns: [NAME, text("Data", "Number of keys."), AGE],
    cells(map, context) {
      const keys = Object.keys(map.data ?? {}).length + Object.keys(map.binaryData ?? {}).length;
      return [map.metadata.name, keys, age(map, context)];
    },
  },
});

interface SentSecret extends Secret {
  stringData?: Record<string, string>;
  immutable?: boolean;
}

/** What some types of secrets have to contain. Source: pkg/apis/core/validation/validation.go, ValidateSecret. */
const REQUIRED_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ["kubernetes.io/dockercfg", [".dockercfg"]],
  ["kubernetes.io/dockerconfigjson", [".dockerconfigjson"]],
  ["kubernetes.io/ssh-auth", ["ssh-privatekey"]],
  ["kubernetes.io/tls", ["tls.crt", "tls.key"]],
]);
const TOKEN_TYPE = "kubernetes.io/service-account-token";
const ACCOUNT_ANNOTATION = "kubernetes.io/service-account.name";

function typeErrors({ type = "", data, metadata }: Secret): FieldError[] {
  const errors = (REQUIRED_KEYS.get(type) ?? []).filter((key) => data?.[key] === undefined).map((key) => required(`data[${key}]`));
  if (type === TOKEN_TYPE && !metadata.annotations?.[ACCOUNT_ANNOTATION])
    errors.push(required(`metadata.annotations[${ACCOUNT_ANNOTATION}]`));
  return errors;
}

/** core/v1 secrets. Source: pkg/apis/core/v1/defaults.go and conversion.go (stringData overwrites data). */
export const secrets = defineKind<SentSecret>({
  apiVersion: "v1",
  kind: "Secret",
  resource: "secrets",
  shape: objectOf("Secret", { metadata: METADATA, type: "text", data: mapOf("bytes"), stringData: mapOf("text"), immutable: "bool" }),
  strategy: {
    applyDefaults(secret) {
      secret.type ||= "Opaque";
      const { stringData } = secret;
      delete secret.stringData;
      if (stringData === undefined) return;
      const encoded = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString("base64")]);
      secret.data = { ...secret.data, ...Object.fromEntries(encoded) };
    },
    validate: (secret) => [...keyErrors(secret.data, "data"), ...typeErrors(secret), ...sizeErrors(decodedSize(secret.data), "data")],
    validateUpdate: (secret, previous) => [
      ...(secret.type === previous.type ? [] : [invalid("type", secret.type, "field is immutable")]),
      ...freezeErrors(secret, previous),
    ],
  },
  table: {
    columns: [NAME, text("Type", "Used to facilitate programmatic handling of secret data."), text("Data", "Number of keys."), AGE],
    cells: (secret, context) => [secret.metadata.name, secret.type ?? "", Object.keys(secret.data ?? {}).length, age(secret, context)],
  },
  selectableFields: ({ type }) => ({ type: type ?? "" }),
});

/** core/v1 serviceaccounts. */
export const serviceAccounts = defineKind<ServiceAccount>({
  apiVersion: "v1",
  kind: "ServiceAccount",
  resource: "serviceaccounts",
  shortNames: ["sa"],
  shape: objectOf("ServiceAccount", {
    metadata: METADATA,
    secrets: listOf(objectOf("ObjectReference", { name: "text" })),
    imagePullSecrets: listOf(objectOf("LocalObjectReference", { name: "text" })),
    automountServiceAccountToken: "bool",
  }),
  strategy: {
    prepareForUpdate(account, previous) {
      // The token controller's list survives an update that does not speak of it, as `kubectl replace` sends one.
      if (account.secrets === undefined && previous.secrets !== undefined && equalJson(account.metadata.uid, previous.metadata.uid)) {
        account.secrets = previous.secrets;
      }
    },
  },
  table: {
    columns: [NAME, { ...integer("Secrets", "Number of secrets that pods of the account may use."), until: "1.35" }, AGE],
    cells: (account, context) => [account.metadata.name, account.secrets?.length ?? 0, age(account, context)],
  },
});

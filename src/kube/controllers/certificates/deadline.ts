import type { CertificateSigningRequest } from "#api/kubernetes/certificates";

const HOUR_MS = 3_600_000;
/** Source: pkg/controller/certificates/cleaner/cleaner.go. */
const ANSWERED_MS = HOUR_MS;
const WAITING_MS = 24 * HOUR_MS;

/**
 * When a request is deleted: an hour after it was answered, a day after it was made or approved without an answer;
 * never where others alone have said something of it.
 * Differs from AKS: at that time, where Kubernetes looks once an hour.
 * Source: as above, handle.
 */
export function deadlineOf({ metadata, status }: CertificateSigningRequest): number {
  const { conditions = [], certificate = "" } = status ?? {};
  if (conditions.length === 0) return timeOf(metadata.creationTimestamp) + WAITING_MS;
  const ends = conditions.map(({ type, lastUpdateTime }) => {
    if (type === "Approved") return timeOf(lastUpdateTime) + (certificate === "" ? WAITING_MS : ANSWERED_MS);
    return type === "Denied" || type === "Failed" ? timeOf(lastUpdateTime) + ANSWERED_MS : Number.POSITIVE_INFINITY;
  });
  return Math.min(...ends);
}

function timeOf(text: string | undefined): number {
  return text === undefined ? Number.POSITIVE_INFINITY : Date.parse(text);
}

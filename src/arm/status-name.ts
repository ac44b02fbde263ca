/** Names of statuses that answers have. Source: .NET's HttpStatusCode, which the activity log and deployments print. */
const HTTP_NAMES: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "NoContent",
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  409: "Conflict",
  412: "PreconditionFailed",
  413: "RequestEntityTooLarge",
  429: "TooManyRequests",
  500: "InternalServerError",
};

/** `Conflict` for 409; the number for one without a name. */
export function statusName(status: number): string {
  return HTTP_NAMES[status] ?? String(status);
}

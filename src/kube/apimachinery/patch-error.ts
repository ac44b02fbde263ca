/** A patch that cannot be read (`malformed`, 400) or does not fit the object (`inapplicable`, 422). */
export class PatchError extends Error {
  readonly kind: "malformed" | "inapplicable" | "too-many-operations";

  constructor(kind: PatchError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** What Kubernetes tells a client whose patch does not fit; source: apimachinery pkg/api/errors, NewGenericServerResponse for 422. */
export const INAPPLICABLE_TEXT = "the server rejected our request due to an error in our request";

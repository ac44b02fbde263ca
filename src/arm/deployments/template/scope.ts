/** What an expression can ask about where the deployment takes place. */
export interface DeploymentContext {
  readonly deploymentName: string;
  readonly mode: "Incremental" | "Complete";
  /** Where a deployment to a subscription is kept; absent for one to a group. */
  readonly location?: string;
  readonly subscription: { readonly id: string; readonly subscriptionId: string; readonly tenantId: string; readonly displayName: string };
  /** Absent for a deployment to a subscription. */
  readonly resourceGroup?: {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    readonly location: string;
    readonly tags?: Readonly<Record<string, string>>;
    readonly properties: { readonly provisioningState: string };
  };
  /** Base URL of the front door. */
  readonly endpoint: string;
  /** When the deployment began, milliseconds since the epoch. */
  readonly startMs: number;
}

/** A resource that an expression asks for. */
export interface Reference {
  /** Full id, or the plain name of a resource of the template. */
  readonly resource: string;
  readonly apiVersion?: string;
  /** The whole resource, not only its properties. */
  readonly full: boolean;
}

/** What names mean while expressions are evaluated. */
export interface Scope {
  readonly context: DeploymentContext;
  /** @throws {TemplateFailure} for a name that is not declared. */
  parameter(name: string): unknown;
  /** @throws {TemplateFailure} for a name that is not declared. */
  variable(name: string): unknown;
  /** @throws {PendingReference} while the resource is not known yet. */
  reference(reference: Reference): unknown;
  /** Where the loops around the expression are, the innermost last. */
  readonly loops?: readonly Loop[];
  /** What the lambda expressions around the expression were called with. */
  readonly lambda?: Readonly<Record<string, unknown>>;
}

/** A turn of a copy loop. */
export interface Loop {
  readonly name: string;
  readonly index: number;
}

/** An expression or a template that is not valid; the message is Azure Resource Manager's. */
export class TemplateFailure extends Error {}

/** An expression needs a resource that has to be asked for, or made, first. */
export class PendingReference extends Error {
  readonly reference: Reference;

  constructor(reference: Reference) {
    super(`the resource '${reference.resource}' is not known yet`);
    this.reference = reference;
  }
}

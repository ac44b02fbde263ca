import { FAULTS_PATH, type FaultList } from "#api/faults";
import { type AdministrativeRoute, ArmError, type ArmResponse } from "#arm";
import type { Quotas } from "#compute";
import { decodeFault, FaultError, type Faults } from "#faults";
import { quotaRoutes } from "./quotas.ts";

interface Administered {
  readonly faults: Faults;
  /** Once machines can be made. */
  quotas(): Quotas;
}

/** Calls to the program itself. */
export function administration({ faults, quotas }: Administered): readonly AdministrativeRoute[] {
  const list = (): FaultList => ({ value: faults.list() });
  return [
    { method: "GET", url: FAULTS_PATH, handle: async () => ({ status: 200, body: list() }) },
    {
      method: "POST",
      url: FAULTS_PATH,
      handle: ({ body }) => refusing(async () => ({ status: 201, body: await faults.add(decodeFault(body)) })),
    },
    {
      method: "DELETE",
      url: FAULTS_PATH,
      async handle() {
        await faults.removeAll();
        return { status: 204 };
      },
    },
    {
      method: "DELETE",
      url: `${FAULTS_PATH}/:id`,
      async handle({ params: { id = "" } }) {
        if (await faults.remove(id)) return { status: 204 };
        throw new ArmError(404, "FaultNotFound", `There is no fault "${id}".`);
      },
    },
    ...quotaRoutes(quotas),
  ];
}

async function refusing(answer: () => Promise<ArmResponse>): Promise<ArmResponse> {
  try {
    return await answer();
  } catch (error) {
    throw error instanceof FaultError ? new ArmError(400, "InvalidFault", error.message) : error;
  }
}

import { paceOf, seededRandom, silentLogger, VirtualClock } from "#lib";
import { startService } from "#main";
import { openMemoryStore } from "#store";

/** Every call that the program answers, by its own word: a service that does not listen is asked. */
export async function knownOperations(): Promise<readonly string[]> {
  const service = await startService({
    store: openMemoryStore(),
    clock: new VirtualClock(),
    pace: paceOf("instant"),
    random: seededRandom(1),
    log: silentLogger,
    generation: "auto",
    installation: { tenantId: "t", subscriptionId: "s", clientId: "c", clientSecret: "x" },
    caPem: "",
  });
  await service.stop();
  return service.operations;
}

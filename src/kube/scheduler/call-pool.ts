import type { Logger } from "#lib";

/** Calls to the API that may be under way at once; more wait until the loop asks again. */
export const MAX_CALLS = 256;

/** Calls that go on while the next pods are placed. A call that fails has handled its failure itself; what it throws is a defect. */
export class CallPool {
  readonly #log: Logger;
  readonly #onRoom: () => void;
  #underWay = 0;
  #idleWaiters: (() => void)[] = [];

  /** @param onRoom called when a full pool has room again. */
  constructor(log: Logger, onRoom: () => void) {
    this.#log = log;
    this.#onRoom = onRoom;
  }

  get isFull(): boolean {
    return this.#underWay >= MAX_CALLS;
  }

  run(call: () => Promise<void>): void {
    this.#underWay++;
    call()
      .catch((error: unknown) => this.#log.error("a scheduling call broke down", { error }))
      .finally(() => this.#ended());
  }

  /** Resolves when no call is under way. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#underWay === 0) resolve();
      else this.#idleWaiters.push(resolve);
    });
  }

  #ended(): void {
    const wasFull = this.isFull;
    this.#underWay--;
    if (wasFull) this.#onRoom();
    if (this.#underWay > 0) return;
    for (const wake of this.#idleWaiters.splice(0)) wake();
  }
}

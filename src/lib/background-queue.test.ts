import { expect, it } from "vitest";
import { createBackgroundQueue, MAX_BACKGROUND_WORK } from "./background-queue.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}

it("does work in order, after what goes on by itself", async () => {
  const queue = createBackgroundQueue();
  const done: number[] = [];
  for (let index = 0; index < 40; index++) queue.add(async () => void done.push(index));
  for (let hops = 0; hops < 100; hops++) await Promise.resolve();
  expect(done).toEqual([]);
  await until(() => done.length === 40);
  expect(done).toEqual(Array.from({ length: 40 }, (_, index) => index));
});

it("leaves turns between batches, and begins none before the one before has ended", async () => {
  const queue = createBackgroundQueue();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let begun = 0;
  for (let index = 0; index < 100; index++)
    queue.add(async () => {
      begun++;
      await held;
    });
  for (let turns = 0; turns < 5; turns++) await turn();
  expect(begun).toBeGreaterThan(0);
  expect(begun).toBeLessThan(100);
  release();
  await until(() => begun === 100);
});

it("takes work again after it was empty, and drops what is too much", async () => {
  const queue = createBackgroundQueue();
  let done = 0;
  const work = async (): Promise<void> => void done++;
  queue.add(work);
  await until(() => done === 1);
  const taken = Array.from({ length: MAX_BACKGROUND_WORK + 5 }, () => queue.add(work)).filter(Boolean);
  expect(taken).toHaveLength(MAX_BACKGROUND_WORK);
  await until(() => done === MAX_BACKGROUND_WORK + 1);
  expect(queue.add(work)).toBe(true);
});

it("does little at a time when much waits, and more of what takes turns of its own", async () => {
  const queue = createBackgroundQueue();
  const mostAtOnce = async (count: number, work: () => Promise<void>): Promise<number> => {
    let [underWay, most, done] = [0, 0, 0];
    const piece = async (): Promise<void> => {
      underWay++;
      if (count - done > 32) most = Math.max(most, underWay);
      await work();
      underWay--;
      done++;
    };
    for (let index = 0; index < count; index++) queue.add(piece);
    await until(() => done === count);
    return most;
  };
  expect(await mostAtOnce(100, () => Promise.resolve())).toBe(1);
  expect(await mostAtOnce(5000, () => Promise.resolve())).toBe(2);
  expect(await mostAtOnce(100, turn)).toBe(16);
});

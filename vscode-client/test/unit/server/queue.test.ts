import { describe, expect, it } from "vitest";

import { Queue } from "../../../src/server/queue";

describe("Queue", () => {
  it("runs once more for all that ask meanwhile, never twice at a time", async () => {
    let runs = 0;
    let active = 0;
    let most = 0;
    const queue = new Queue(async () => {
      runs += 1;
      active += 1;
      most = Math.max(most, active);
      await Promise.resolve();
      active -= 1;
    });
    await Promise.all([queue.request(), queue.request(), queue.request()]);
    expect([runs, most]).toEqual([2, 1]);
    await queue.request();
    expect(runs).toBe(3);
  });

  it("works again after a failure", async () => {
    let fails = true;
    const queue = new Queue(() => (fails ? Promise.reject(new Error("no")) : Promise.resolve()));
    await expect(queue.request()).rejects.toThrow("no");
    fails = false;
    await expect(queue.request()).resolves.toBeUndefined();
  });
});

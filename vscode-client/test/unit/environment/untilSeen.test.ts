import { describe, expect, it } from "vitest";

import { untilSeen } from "../../../src/environment/untilSeen";

/** A window that drops the first calls, as one does that has just opened. */
class Opening {
  readonly calls: boolean[] = [];
  private there = false;

  constructor(private readonly dropped: number) {}

  readonly show = (again: boolean): void => {
    this.calls.push(again);
    this.there = this.calls.length > this.dropped;
  };
  readonly seen = (): boolean => this.there;
}

const atOnce = (): Promise<void> => Promise.resolve();

describe("what is shown until it is seen", () => {
  it("is shown once where that works", async () => {
    const window = new Opening(0);
    await untilSeen(window.show, window.seen, atOnce, 5);
    expect(window.calls).toEqual([false]);
  });

  it("is shown again in a window that dropped it", async () => {
    const window = new Opening(2);
    await untilSeen(window.show, window.seen, atOnce, 5);
    expect(window.calls).toEqual([false, true, true]);
  });

  it("is left at that where nobody can see it", async () => {
    const window = new Opening(Infinity);
    await untilSeen(window.show, window.seen, atOnce, 3);
    expect(window.calls).toEqual([false, true, true]);
  });
});

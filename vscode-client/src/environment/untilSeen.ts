/** Shows something to the user again and again, until it is there. */

/**
 * Call `show` until `seen` says that it worked, with a `pause` before each look; `again` tells it that it is not the first
 * time. After `most` calls it is left at that: not every editor lets an extension see what it shows.
 */
export async function untilSeen(
  show: (again: boolean) => void,
  seen: () => boolean,
  pause: () => Promise<unknown>,
  most: number,
): Promise<void> {
  for (let calls = 0; calls < most; calls += 1) {
    show(calls > 0);
    await pause();
    if (seen()) {
      return;
    }
  }
}

/** Runs one piece of work at a time, and once more when it was asked for meanwhile. */

export class Queue {
  private running: Promise<void> | undefined;
  private again = false;

  constructor(private readonly work: () => Promise<void>) {}

  /** Ask for the work; the promise ends when it has been done since. */
  request(): Promise<void> {
    if (this.running !== undefined) {
      this.again = true;
      return this.running;
    }
    this.running = this.loop().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async loop(): Promise<void> {
    do {
      this.again = false;
      await this.work();
    } while (this.wanted());
  }

  private wanted(): boolean {
    return this.again;
  }
}

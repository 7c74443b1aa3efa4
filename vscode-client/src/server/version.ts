/** What `dbt-glue --version` says, and whether this client works with it. */

export const MINIMUM = "0.1.0";

/** The version in the output of `dbt-glue --version`; undefined when it is another program's. */
export function parseVersion(output: string): string | undefined {
  return /^dbt-glue (\d+\.\d+\.\d+\S*)\s*$/m.exec(output)?.[1];
}

/** Whether a version is at least another; only the three numbers count. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [have, need] = [numbers(version), numbers(minimum)];
  for (const [place, wanted] of need.entries()) {
    const found = have[place] ?? 0;
    if (found !== wanted) {
      return found > wanted;
    }
  }
  return true;
}

function numbers(version: string): number[] {
  return version
    .split(".", 3)
    .map((part) => Number.parseInt(part, 10))
    .map((part) => (Number.isNaN(part) ? 0 : part));
}

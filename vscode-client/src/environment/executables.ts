/** Which files may be started. */

import { constants } from "node:fs";
import { access } from "node:fs/promises";

/** The file among these that may be started, the first; undefined when there is none. */
export async function firstExecutable(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    try {
      await access(file, constants.X_OK);
      return file;
    } catch {
      continue; // not there, or not for us: the next
    }
  }
  return undefined;
}

/** Which changes on disk a server hears of; no I/O. */

import * as path from "node:path";

import { isInside } from "../environment/programs";

const PROFILES = "profiles.yml"; // dbt looks for it in folders that are no project's, too

/**
 * Whether a changed file concerns the server of a folder.
 *
 * VS Code watches all workspace folders for each server. A server that heard of a file in a folder of
 * another one would read the project there, and report its problems a second time.
 */
export function concernsServer(
  file: string,
  folder: string,
  workspaceFolders: readonly string[],
): boolean {
  return (
    isInside(file, [folder]) ||
    path.basename(file) === PROFILES ||
    !isInside(file, workspaceFolders)
  );
}

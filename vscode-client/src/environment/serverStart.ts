/** Where and with which environment a server starts, so that no file of a workspace is taken for a module; no I/O. */

import * as path from "node:path";

/** What a process is started with, as node wants it. */
export interface Start {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The variables that name the folder of dbt's profiles, which may be one of the project: `.` is common. */
const PROFILES = ["DBT_ENGINE_PROFILES_DIR", "DBT_PROFILES_DIR"];

/**
 * How dbt-glue is started for a folder.
 *
 * Python looks for modules in the folder that it starts in, where PYTHONPATH has an empty entry, as
 * `PYTHONPATH=$PYTHONPATH:/opt/lib` makes one, or a relative one. So it starts in a folder of the
 * extension and without these entries: the server hears of its folder by the protocol.
 */
export function serverStart(
  own: string,
  folder: string,
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Start {
  const paths = platform === "win32" ? path.win32 : path.posix;
  const env = { ...environment };
  if (env.PYTHONPATH !== undefined) {
    const entries = env.PYTHONPATH.split(paths.delimiter);
    // Not deleted where nothing is left: the language client adds ours to the variables that it has.
    env.PYTHONPATH = entries.filter((entry) => paths.isAbsolute(entry)).join(paths.delimiter);
  }
  for (const name of PROFILES) {
    const written = env[name];
    if (written !== undefined) {
      env[name] = asStartedIn(folder, written, platform);
    }
  }
  return { cwd: own, env };
}

/** A folder as it is meant by who starts in another; `~` and nothing mean the same everywhere. */
export function asStartedIn(folder: string, written: string, platform: NodeJS.Platform): string {
  const paths = platform === "win32" ? path.win32 : path.posix;
  return written === "" || written.startsWith("~") ? written : paths.resolve(folder, written);
}

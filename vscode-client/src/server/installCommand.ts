/** The command that installs the server. */

import { firstExecutable } from "../environment/executables";
import { programsOnPath } from "../environment/programs";

export const PACKAGE = "dbt-glue-python";

/** The command that puts the server into the environment of an interpreter, argument by argument. */
export function installCommand(interpreter: string, uv: string | undefined): string[] {
  return uv === undefined
    ? [interpreter, "-m", "pip", "install", PACKAGE]
    : [uv, "pip", "install", "--python", interpreter, PACKAGE];
}

/** The command that installs into the environment of an interpreter: with uv when there is one. */
export async function installCommandFor(interpreter: string): Promise<string[]> {
  const pip = programsOnPath("uv", process.env, process.platform);
  return installCommand(interpreter, await firstExecutable(pip));
}

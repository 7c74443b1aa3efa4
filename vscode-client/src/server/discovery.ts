/** Finds the server for a workspace folder: which command, or why there is none. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { firstExecutable } from "../environment/executables";
import { interpretersIn, isInside, programsBeside, programsOnPath } from "../environment/programs";
import type { Start } from "../environment/serverStart";
import { isAtLeast, MINIMUM, parseVersion } from "./version";

const run = promisify(execFile);
const PATIENCE = 30_000; // milliseconds; a first start has to compile Python's byte code

/** What is known before the search. Paths are absolute. */
export interface Clues {
  readonly pathSetting: string;
  readonly interpreterSetting: string;
  /** The interpreter that an extension for Python has selected for the folder. */
  readonly selectedInterpreter: string | undefined;
  /** The folders that may hold an environment: the projects, then the workspace folder. */
  readonly folders: readonly string[];
  readonly trusted: boolean;
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** How a server that is found is asked for its version. */
  readonly start: Start;
}

export type Origin =
  | "setting dbtGlue.path"
  | "setting dbtGlue.interpreter"
  | "selected interpreter"
  | "environment in the workspace"
  | "PATH";

/** A server that answers. */
export interface Found {
  readonly kind: "found";
  readonly command: string;
  readonly version: string;
  readonly origin: Origin;
}

/** No server: why, and the interpreter into whose environment it could be installed. */
export interface Missing {
  readonly kind: "missing" | "broken" | "old";
  readonly reason: string;
  readonly interpreter: string | undefined;
}

export type Search = Found | Missing;

interface Place {
  readonly origin: Origin;
  readonly files: readonly string[];
  readonly interpreter: string | undefined;
  /** A place that the user named: a failure there ends the search. */
  readonly named: boolean;
}

/** Search the places in their order; a file of the workspace is never started without trust. */
export async function findServer(clues: Clues): Promise<Search> {
  let interpreter: string | undefined;
  let failure: Missing | undefined;
  for (const place of await places(clues)) {
    const known = place.interpreter;
    interpreter ??= known;
    const file = await firstExecutable(place.files);
    if (file === undefined) {
      if (place.named) {
        return missing(`${place.files[0] ?? place.origin} does not exist`, known);
      }
      continue;
    }
    const result = await probe(file, place.origin, known, clues.start);
    if (result.kind === "found" || place.named) {
      return result;
    }
    failure ??= result;
  }
  if (failure !== undefined) {
    return failure;
  }
  if (!clues.trusted) {
    return missing("there is no dbt-glue outside of the workspace", interpreter);
  }
  return missing(
    interpreter === undefined
      ? "dbt-glue is in no Python environment of the workspace and not on PATH"
      : `dbt-glue is neither beside ${interpreter} nor on PATH`,
    interpreter,
  );
}

async function places(clues: Clues): Promise<Place[]> {
  const beside = (python: string) => programsBeside(python, "dbt-glue", clues.platform);
  if (clues.pathSetting !== "") {
    const origin = "setting dbtGlue.path";
    return [{ origin, files: [clues.pathSetting], interpreter: undefined, named: true }];
  }
  if (clues.interpreterSetting !== "") {
    const python = clues.interpreterSetting;
    const origin = "setting dbtGlue.interpreter";
    return [{ origin, files: beside(python), interpreter: python, named: true }];
  }
  const allowed = (file: string) => clues.trusted || !isInside(file, clues.folders);
  const found: Place[] = [];
  const add = (origin: Origin, python: string) => {
    if (allowed(python)) {
      found.push({ origin, files: beside(python), interpreter: python, named: false });
    }
  };
  if (clues.selectedInterpreter !== undefined) {
    add("selected interpreter", clues.selectedInterpreter);
  }
  for (const folder of clues.folders) {
    const python = await firstExecutable(interpretersIn(folder, clues.platform));
    if (python !== undefined) {
      add("environment in the workspace", python);
    }
  }
  const files = programsOnPath("dbt-glue", clues.environment, clues.platform).filter(allowed);
  found.push({ origin: "PATH", files, interpreter: undefined, named: false });
  return found;
}

async function probe(
  command: string,
  origin: Origin,
  interpreter: string | undefined,
  start: Start,
): Promise<Search> {
  let output: string;
  try {
    output = (await run(command, ["--version"], { ...start, timeout: PATIENCE })).stdout;
  } catch (error) {
    const reason = `${command} --version failed: ${firstLine(error)}`;
    return { kind: "broken", reason, interpreter };
  }
  const version = parseVersion(output);
  if (version === undefined) {
    return { kind: "broken", reason: `${command} is another program than ours`, interpreter };
  }
  if (!isAtLeast(version, MINIMUM)) {
    const reason = `${command} is version ${version}; at least ${MINIMUM} is needed`;
    return { kind: "old", reason, interpreter };
  }
  return { kind: "found", command, version, origin };
}

function missing(reason: string, interpreter: string | undefined): Missing {
  return { kind: "missing", reason, interpreter };
}

function firstLine(error: unknown): string {
  const told = (error as { stderr?: string }).stderr?.trim().split("\n").at(-1);
  const text = error instanceof Error ? error.message : String(error);
  return told === undefined || told === "" ? (text.split("\n")[0] ?? "") : told;
}

/** The editor's settings: those of this client, and those that are handed to the server. */

import * as os from "node:os";
import * as vscode from "vscode";

import { asStartedIn } from "../environment/serverStart";
import { expandPath } from "./paths";

export const SECTION = "dbtGlue";

/** The settings of the server, as it names them; they override the project's own when set. */
const SERVER_KEYS = [
  "glueVersion",
  "select",
  "ignore",
  "severity",
  "diagnosticsScope",
  "inlayHints",
  "validateOnSave",
  "validationRows",
  "profilesDir",
  "target",
] as const;

/**
 * What the user has set for the server; what is not set is left to the project.
 *
 * `folder` is that of the server, which starts elsewhere: what is relative is meant from there.
 */
export function serverSettings(folder?: string): Record<string, unknown> {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const set: Record<string, unknown> = {};
  for (const key of SERVER_KEYS) {
    const value = settings.get<unknown>(key);
    if (value !== null && value !== undefined && value !== "") {
      set[key] = value;
    }
  }
  if (folder !== undefined && typeof set.profilesDir === "string") {
    set.profilesDir = asStartedIn(folder, set.profilesDir, process.platform);
  }
  return set;
}

/** A setting that holds a path, absolute; empty when it is not set. */
export function pathSetting(key: "path" | "interpreter", folder: vscode.WorkspaceFolder): string {
  const written = vscode.workspace.getConfiguration(SECTION, folder.uri).get<string>(key, "");
  return expandPath(written, folder.uri.fsPath, os.homedir(), process.env);
}

/** The arguments of `dbt run` that settings ask for: the profile and its target, then the user's own. */
export function runArguments(folder: vscode.WorkspaceFolder): string[] {
  const settings = vscode.workspace.getConfiguration(SECTION, folder.uri);
  const option = (key: string, name: string) => {
    const value = settings.get<string>(key, "");
    return value === "" ? [] : [name, value];
  };
  return [
    ...option("profilesDir", "--profiles-dir"),
    ...option("target", "--target"),
    ...settings.get<string[]>("run.arguments", []),
  ];
}

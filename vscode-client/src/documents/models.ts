/** The model that is meant: the one that a command names, or the one in the editor. */

import * as vscode from "vscode";

import type { Model, Servers } from "../server/servers";
import { sourceOf } from "./compiled";

/** The model in the active editor; a log that has the focus leaves it to the visible one. */
export function activeModel(servers: Servers): Model | undefined {
  const active = vscode.window.activeTextEditor;
  const editor =
    active?.document.uri.scheme === "output" ? vscode.window.visibleTextEditors[0] : active;
  return editor === undefined ? undefined : servers.modelAt(sourceOf(editor.document.uri));
}

/** The model that a command is called for: by address from a lens or a menu, else the active one. */
export function modelOf(servers: Servers, argument: unknown): Model | undefined {
  if (argument instanceof vscode.Uri) {
    return servers.modelAt(sourceOf(argument));
  }
  return typeof argument === "string"
    ? servers.modelAt(vscode.Uri.parse(argument, true))
    : activeModel(servers);
}

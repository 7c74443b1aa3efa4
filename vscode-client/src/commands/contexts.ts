/** The contexts on which package.json lets menus, keys and welcome texts depend. */

import * as vscode from "vscode";

import { activeModel } from "../documents/models";
import type { Servers } from "../server/servers";

/** Set the contexts to what is true now. */
export async function setContexts(servers: Servers): Promise<void> {
  const contexts = {
    "dbtGlue.editorIsModel": activeModel(servers) !== undefined,
    "dbtGlue.serverRuns": servers.all.some((server) => server.state.kind === "ready"),
    "dbtGlue.hasProject": servers.all.length > 0,
  };
  for (const [key, value] of Object.entries(contexts)) {
    await vscode.commands.executeCommand("setContext", key, value);
  }
}

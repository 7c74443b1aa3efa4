/** The extension: starts the servers of the workspace and registers its commands. */

import * as vscode from "vscode";

import { activeModel, registerCommands } from "./commands";
import type { FolderServer } from "./folderServer";
import { offerServer } from "./install";
import { ModelTasks, TASK_TYPE } from "./runModel";
import { Servers } from "./servers";
import { tell } from "./state";

let servers: Servers | undefined;

/** What other extensions and tests can ask. */
export interface Api {
  /** The state of each folder's server. */
  states(): { folder: string; kind: string; command: string | undefined }[];
}

export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel("dbt-glue", { log: true });
  const trace = vscode.window.createOutputChannel("dbt-glue (trace)", { log: true });
  const running = new Servers({ log, trace });
  servers = running;
  const tasks = new ModelTasks(running);
  const told = new Set<string>();
  context.subscriptions.push(
    log,
    trace,
    running,
    tasks,
    running.onDidChangeState((server) => void stateChanged(running, server, told)),
    vscode.window.onDidChangeActiveTextEditor(() => void setContext(running)),
    vscode.tasks.registerTaskProvider(TASK_TYPE, tasks),
    registerCommands({
      extension: context.extension,
      servers: running,
      tasks,
      log,
      forget: () => {
        told.clear();
      },
    }),
  );
  running.refresh().then(
    () => setContext(running),
    (error: unknown) => {
      log.error(`the workspace could not be read: ${String(error)}`);
    },
  );
  return { states: () => running.all.map(describe) };
}

export async function deactivate(): Promise<void> {
  await servers?.stop();
}

async function stateChanged(
  running: Servers,
  server: FolderServer,
  told: Set<string>,
): Promise<void> {
  await setContext(running);
  const state = server.state;
  if (state.kind !== "absent" && state.kind !== "failed") {
    return;
  }
  // Each problem is told once, until the user asks for a restart.
  const problem = `${server.folder.uri.toString()} ${tell(state).detail}`;
  if (told.has(problem)) {
    return;
  }
  told.add(problem);
  if (state.kind === "absent") {
    if (await offerServer(server, state.search)) {
      await server.refresh();
    }
    return;
  }
  const text = `Models in ${server.folder.name} are not checked: ${state.reason}.`;
  const choice = await vscode.window.showErrorMessage(text, "Restart Server", "Show Log");
  if (choice !== undefined) {
    const wanted = choice === "Show Log" ? "dbtGlue.showLog" : "dbtGlue.restart";
    await vscode.commands.executeCommand(wanted);
  }
}

async function setContext(running: Servers): Promise<void> {
  const model = activeModel(running);
  const runs = running.all.some((server) => server.state.kind === "ready");
  const contexts = {
    "dbtGlue.editorIsModel": model !== undefined,
    "dbtGlue.serverRuns": runs,
    "dbtGlue.hasProject": running.all.length > 0,
  };
  for (const [key, value] of Object.entries(contexts)) {
    await vscode.commands.executeCommand("setContext", key, value);
  }
}

function describe(server: FolderServer): ReturnType<Api["states"]>[number] {
  const { state } = server;
  const command = "server" in state ? state.server.command : undefined;
  return { folder: server.folder.uri.fsPath, kind: state.kind, command };
}

/** The extension: puts the servers of the workspace, what shows them and the commands together. */

import * as vscode from "vscode";

import { registerCommands } from "./commands/commands";
import { setContexts } from "./commands/contexts";
import { CompiledDocuments } from "./documents/compiled";
import { ModelTasks, TASK_TYPE } from "./runs/tasks";
import type { FolderServer } from "./server/folderServer";
import { Servers } from "./server/servers";
import { LanguageStatus } from "./views/languageStatus";
import { Notices } from "./views/notices";
import { SchemaView } from "./views/schemaView";

let servers: Servers | undefined;

/** What other extensions and tests can ask. */
export interface Api {
  /** The state of each folder's server. */
  states(): { folder: string; kind: string; command: string | undefined }[];
}

export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel("dbt-glue", { log: true });
  const trace = vscode.window.createOutputChannel("dbt-glue (trace)", { log: true });
  const running = new Servers({ log, trace }, context.extensionPath);
  servers = running;
  const compiled = new CompiledDocuments(running);
  const schemas = new SchemaView(running);
  const tasks = new ModelTasks(running);
  const notices = new Notices();
  const { extension } = context;
  context.subscriptions.push(
    log,
    trace,
    running,
    compiled,
    schemas,
    tasks,
    new LanguageStatus(running),
    running.onDidChangeState((server) => void stateChanged(running, server, notices)),
    vscode.window.onDidChangeActiveTextEditor(() => void setContexts(running)),
    vscode.tasks.registerTaskProvider(TASK_TYPE, tasks),
    registerCommands({ extension, servers: running, compiled, schemas, tasks, notices, log }),
  );
  running.refresh().then(
    () => setContexts(running),
    (error: unknown) => {
      log.error(`the workspace could not be read: ${String(error)}`);
    },
  );
  return { states: () => running.all.map(stateOf) };
}

export async function deactivate(): Promise<void> {
  await servers?.stop();
}

async function stateChanged(
  running: Servers,
  server: FolderServer,
  notices: Notices,
): Promise<void> {
  await setContexts(running);
  await notices.give(server);
}

function stateOf(server: FolderServer): ReturnType<Api["states"]>[number] {
  const { state } = server;
  const command = "server" in state ? state.server.command : undefined;
  return { folder: server.folder.uri.fsPath, kind: state.kind, command };
}

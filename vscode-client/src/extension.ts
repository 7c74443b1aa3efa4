/** The extension: starts the servers of the workspace and registers its commands. */

import * as os from "node:os";
import * as vscode from "vscode";

import type { FolderServer } from "./folderServer";
import { commandFor, install, offerServer } from "./install";
import { issueText } from "./report";
import { ModelTasks, runModel, TASK_TYPE } from "./runModel";
import { type Model, Servers } from "./servers";
import { serverSettings } from "./settings";
import { tell } from "./state";

const FIX_ALL = "source.fixAll.dbtGlue";

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
  const told = new Set<string>();
  const command = (name: string, action: () => unknown) =>
    vscode.commands.registerCommand(name, action);
  context.subscriptions.push(
    log,
    trace,
    running,
    running.onDidChangeState((server) => void stateChanged(running, server, told)),
    vscode.window.onDidChangeActiveTextEditor(() => void setContext(running)),
    vscode.tasks.registerTaskProvider(TASK_TYPE, new ModelTasks(running)),
    command("dbtGlue.showLog", () => {
      log.show();
    }),
    command("dbtGlue.restart", async () => {
      told.clear();
      await running.restart();
    }),
    command("dbtGlue.fixAll", () => fixAll()),
    command("dbtGlue.runModel", () => withModel(running, runModel)),
    command("dbtGlue.installServer", () => installServers(running)),
    command("dbtGlue.reportIssue", () => reportIssue(context, running)),
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

/** The model in the active editor; a log that has the focus leaves it to the visible one. */
function activeModel(running: Servers): Model | undefined {
  const active = vscode.window.activeTextEditor;
  const editor =
    active?.document.uri.scheme === "output" ? vscode.window.visibleTextEditors[0] : active;
  return editor === undefined ? undefined : running.modelAt(editor.document.uri);
}

async function setContext(running: Servers): Promise<void> {
  const model = activeModel(running);
  const runs = running.all.some((server) => server.state.kind === "ready");
  await vscode.commands.executeCommand("setContext", "dbtGlue.editorIsModel", model !== undefined);
  await vscode.commands.executeCommand("setContext", "dbtGlue.serverRuns", runs);
}

async function withModel(
  running: Servers,
  action: (model: Model) => Promise<unknown>,
): Promise<void> {
  const model = activeModel(running);
  if (model === undefined) {
    const text = "Open a Python model of a dbt project first: a .py file under its model paths.";
    await vscode.window.showInformationMessage(text);
    return;
  }
  await action(model);
}

async function fixAll(): Promise<void> {
  await vscode.commands.executeCommand("editor.action.codeAction", {
    kind: FIX_ALL,
    apply: "first",
  });
}

async function installServers(running: Servers): Promise<void> {
  await running.refresh();
  for (const server of running.all) {
    if (server.state.kind !== "absent") {
      const text = `${server.folder.name}: ${tell(server.state).text}, ${tell(server.state).detail}.`;
      await vscode.window.showInformationMessage(text);
      continue;
    }
    const { search } = server.state;
    if (search.interpreter === undefined) {
      await offerServer(server, search);
    } else if (await install(server, await commandFor(search.interpreter))) {
      await server.refresh();
    }
  }
}

async function reportIssue(context: vscode.ExtensionContext, running: Servers): Promise<void> {
  const manifest = context.extension.packageJSON as { version: string };
  const content = issueText({
    extension: manifest.version,
    editor: vscode.version,
    system: `${os.platform()} ${os.release()} ${os.arch()}`,
    servers: running.all.map(
      (server) => `${tell(server.state).text}, ${tell(server.state).detail}`,
    ),
    settings: serverSettings(),
  });
  const document = await vscode.workspace.openTextDocument({ language: "markdown", content });
  await vscode.window.showTextDocument(document);
}

function describe(server: FolderServer): ReturnType<Api["states"]>[number] {
  const { state } = server;
  const command = "server" in state ? state.server.command : undefined;
  return { folder: server.folder.uri.fsPath, kind: state.kind, command };
}

/** The commands of the extension: what the palette, the editor's title and the lenses call. */

import * as os from "node:os";
import * as vscode from "vscode";
import { LSPErrorCodes, ResponseError } from "vscode-languageclient/node";

import { CompiledDocuments, sourceOf } from "./compiled";
import { commandFor, install, offerServer } from "./install";
import type { Validation } from "./protocol";
import { issueText } from "./report";
import { modelName, type ModelTasks } from "./runModel";
import { copyName, type Entry, insertColumn, revealRelation, SchemaView } from "./schemaView";
import type { Model, Servers } from "./servers";
import { serverSettings } from "./settings";
import { tell, validationText } from "./state";

const FIX_ALL = "source.fixAll.dbtGlue";
const MESSAGE_TIME = 10_000; // milliseconds
const SHOW_LOG = "Show Log";

/** What the commands act on. */
export interface Workbench {
  readonly extension: vscode.Extension<unknown>;
  readonly servers: Servers;
  readonly tasks: ModelTasks;
  readonly log: vscode.LogOutputChannel;
  /** Forget which problems have been told, so that they are told again. */
  readonly forget: () => void;
}

/** Register all commands, and the documents and the view that they show. */
export function registerCommands(bench: Workbench): vscode.Disposable {
  const { servers, log } = bench;
  const compiled = new CompiledDocuments(servers);
  const schemas = new SchemaView(servers);
  const command = (name: string, action: (argument: unknown) => unknown) =>
    vscode.commands.registerCommand(name, action);
  const ofModel = (action: (model: Model) => unknown) => (argument: unknown) =>
    withModel(servers, argument, action);
  const ofEntry = (action: (entry: Entry) => unknown) => (argument: unknown) =>
    argument === undefined ? undefined : action(argument as Entry);
  const session = (name: string) => (argument: unknown) => ofSession(bench, name, argument);
  return vscode.Disposable.from(
    compiled,
    schemas,
    command(
      "dbtGlue.showProgram",
      ofModel((model) => compiled.showProgram(model)),
    ),
    command(
      "dbtGlue.compareProgram",
      ofModel((model) => compiled.compareProgram(model)),
    ),
    command(
      "dbtGlue.showPlan",
      ofModel((model) => compiled.showPlan(model)),
    ),
    command(
      "dbtGlue.showOutput",
      ofModel((model) => schemas.showOutput(model)),
    ),
    command(
      "dbtGlue.runModel",
      ofModel((model) => bench.tasks.runModel(model)),
    ),
    command(
      "dbtGlue.validateModel",
      ofModel((model) => validate(bench, model)),
    ),
    command("dbtGlue.refreshSchemas", (argument) => refreshSchemas(bench, argument)),
    command("dbtGlue.startSession", session("dbtGlue.startSession")),
    command("dbtGlue.stopSession", session("dbtGlue.stopSession")),
    command("dbtGlue.restartSession", session("dbtGlue.restartSession")),
    command("dbtGlue.copyName", ofEntry(copyName)),
    command("dbtGlue.insertColumn", ofEntry(insertColumn)),
    command("dbtGlue.revealRelation", ofEntry(revealRelation)),
    command("dbtGlue.fixAll", () => fixAll()),
    command("dbtGlue.installServer", () => installServers(servers)),
    command("dbtGlue.reportIssue", () => reportIssue(bench)),
    command("dbtGlue.showLog", () => {
      log.show();
    }),
    command("dbtGlue.restart", async () => {
      bench.forget();
      await servers.restart();
    }),
  );
}

/** The model in the active editor; a log that has the focus leaves it to the visible one. */
export function activeModel(servers: Servers): Model | undefined {
  const active = vscode.window.activeTextEditor;
  const editor =
    active?.document.uri.scheme === "output" ? vscode.window.visibleTextEditors[0] : active;
  return editor === undefined ? undefined : servers.modelAt(sourceOf(editor.document.uri));
}

/** The model that a command is called for: by address from a lens or a menu, else the active one. */
function modelOf(servers: Servers, argument: unknown): Model | undefined {
  if (argument instanceof vscode.Uri) {
    return servers.modelAt(sourceOf(argument));
  }
  return typeof argument === "string"
    ? servers.modelAt(vscode.Uri.parse(argument, true))
    : activeModel(servers);
}

async function withModel(
  servers: Servers,
  argument: unknown,
  action: (model: Model) => unknown,
): Promise<void> {
  const model = modelOf(servers, argument);
  if (model === undefined) {
    const text = "Open a Python model of a dbt project first: a .py file under its model paths.";
    await vscode.window.showInformationMessage(text);
    return;
  }
  await action(model);
}

/** Start, stop or restart the session of the active model's project, or of the one that was clicked. */
async function ofSession(bench: Workbench, command: string, argument: unknown): Promise<void> {
  const { servers } = bench;
  const model = activeModel(servers);
  const address = argument instanceof vscode.Uri ? argument.toString() : undefined;
  const clicked = servers.all.find((server) => server.folder.uri.toString() === address);
  const server = clicked ?? model?.server;
  const values = model !== undefined && model.server === server ? [model.uri.toString()] : [];
  await onServer(bench, command, values, server);
}

async function validate(bench: Workbench, model: Model): Promise<void> {
  const document = await vscode.workspace.openTextDocument(model.uri);
  const address = document.uri.toString();
  const found = await onServer(bench, "dbtGlue.validateModel", [address], model.server);
  if (found !== undefined) {
    const text = validationText(modelName(model), found as Validation);
    vscode.window.setStatusBarMessage(text, MESSAGE_TIME);
  }
}

async function refreshSchemas(bench: Workbench, argument: unknown): Promise<void> {
  const model = modelOf(bench.servers, argument);
  const values = model === undefined ? [] : [model.uri.toString()];
  await onServer(bench, "dbtGlue.refreshSchemas", values, model?.server);
}

/** Let the server execute a command; what goes wrong is told, and nothing is the result. */
async function onServer(
  bench: Workbench,
  command: string,
  values: unknown[],
  server: Model["server"] | undefined,
): Promise<unknown> {
  try {
    return await bench.servers.execute(command, values, server);
  } catch (error) {
    if (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled) {
      return undefined; // by the user, or by a newer one
    }
    const reason = error instanceof Error ? error.message : String(error);
    bench.log.error(`${command}: ${reason}`);
    void vscode.window.showErrorMessage(`dbt-glue: ${reason}`, SHOW_LOG).then((choice) => {
      if (choice === SHOW_LOG) {
        bench.log.show();
      }
    });
    return undefined;
  }
}

async function fixAll(): Promise<void> {
  await vscode.commands.executeCommand("editor.action.codeAction", {
    kind: FIX_ALL,
    apply: "first",
  });
}

async function installServers(servers: Servers): Promise<void> {
  await servers.refresh();
  for (const server of servers.all) {
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

async function reportIssue({ extension, servers }: Workbench): Promise<void> {
  const manifest = extension.packageJSON as { version: string };
  const content = issueText({
    extension: manifest.version,
    editor: vscode.version,
    system: `${os.platform()} ${os.release()} ${os.arch()}`,
    servers: servers.all.map(
      (server) => `${tell(server.state).text}, ${tell(server.state).detail}`,
    ),
    settings: serverSettings(),
  });
  const document = await vscode.workspace.openTextDocument({ language: "markdown", content });
  await vscode.window.showTextDocument(document);
}

/** The commands of the extension: what the palette, the editor's title and the lenses call. */

import * as vscode from "vscode";

import type { CompiledDocuments } from "../documents/compiled";
import { modelOf } from "../documents/models";
import type { ModelTasks } from "../runs/tasks";
import { install } from "../server/installation";
import { installCommandFor } from "../server/installCommand";
import type { Model, Servers } from "../server/servers";
import { type Notices, offerServer } from "../views/notices";
import { showLog } from "../views/log";
import { copyName, insertColumn, revealRelation } from "../views/schemaActions";
import type { Entry } from "../views/schemaItems";
import type { SchemaView } from "../views/schemaView";
import { statusLine } from "../views/statusText";
import { showIssue } from "./issue";
import { ServerCommands } from "./serverCommands";

const FIX_ALL = "source.fixAll.dbtGlue";

/** What the commands act on. */
export interface Workbench {
  readonly extension: vscode.Extension<unknown>;
  readonly servers: Servers;
  readonly compiled: CompiledDocuments;
  readonly schemas: SchemaView;
  readonly tasks: ModelTasks;
  readonly notices: Notices;
  readonly log: vscode.LogOutputChannel;
}

/** A command is called with what was clicked, or with nothing by the palette. */
type Action = (argument: unknown) => unknown;

/** Register all commands. */
export function registerCommands(bench: Workbench): vscode.Disposable {
  const registered = Object.entries(commandsOf(bench)).map(([name, action]) =>
    vscode.commands.registerCommand(name, action),
  );
  return vscode.Disposable.from(...registered);
}

function commandsOf(bench: Workbench): Record<string, Action> {
  const { extension, servers, compiled, schemas, tasks, notices, log } = bench;
  const server = new ServerCommands(servers, log);
  const ofModel =
    (action: (model: Model) => unknown): Action =>
    (argument) =>
      withModel(servers, argument, action);
  const ofEntry =
    (action: (entry: Entry) => unknown): Action =>
    (argument) =>
      argument === undefined ? undefined : action(argument as Entry);
  const ofSession =
    (command: string): Action =>
    (argument) =>
      server.ofSession(command, argument);
  return {
    "dbtGlue.showProgram": ofModel((model) => compiled.showProgram(model)),
    "dbtGlue.showWireProgram": ofModel((model) => compiled.showWireProgram(model)),
    "dbtGlue.compareProgram": ofModel((model) => compiled.compareProgram(model)),
    "dbtGlue.showPlan": ofModel((model) => compiled.showPlan(model)),
    "dbtGlue.showOutput": ofModel((model) => schemas.showOutput(model)),
    "dbtGlue.runModel": ofModel((model) => tasks.runModel(model)),
    "dbtGlue.validateModel": ofModel((model) => server.validate(model)),
    "dbtGlue.refreshSchemas": (argument) => server.refreshSchemas(argument),
    "dbtGlue.startSession": ofSession("dbtGlue.startSession"),
    "dbtGlue.stopSession": ofSession("dbtGlue.stopSession"),
    "dbtGlue.restartSession": ofSession("dbtGlue.restartSession"),
    "dbtGlue.copyName": ofEntry(copyName),
    "dbtGlue.insertColumn": ofEntry(insertColumn),
    "dbtGlue.revealRelation": ofEntry(revealRelation),
    "dbtGlue.fixAll": fixAll,
    "dbtGlue.installServer": () => installServers(servers),
    "dbtGlue.reportIssue": () => showIssue(extension, servers),
    "dbtGlue.showLog": () => showLog(log),
    "dbtGlue.restart": () => {
      notices.forget();
      return servers.restart();
    },
  };
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
      const text = `${server.folder.name}: ${statusLine(server.state)}.`;
      await vscode.window.showInformationMessage(text);
      continue;
    }
    const { search } = server.state;
    if (search.interpreter === undefined) {
      await offerServer(server, search);
    } else if (await install(server, await installCommandFor(search.interpreter))) {
      await server.refresh();
    }
  }
}

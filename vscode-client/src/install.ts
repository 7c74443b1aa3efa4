/** Offers to install the server into the environment of a folder, and does it where it can be seen. */

import * as vscode from "vscode";

import { firstExecutable, type Missing } from "./discovery";
import { asTyped, installCommand, PACKAGE, programsOnPath } from "./environment";
import type { FolderServer } from "./folderServer";

const INSTALL = "Install into This Environment";
const SET_PATH = "Set Path";
const SELECT = "Select Interpreter";
const SHOW_LOG = "Show Log";
const MANAGE_TRUST = "Manage Trust";

/** Tell why there is no server, with the buttons that help; resolves to true when one was installed. */
export async function offerServer(server: FolderServer, search: Missing): Promise<boolean> {
  if (!vscode.workspace.isTrusted) {
    const text = `Models in ${server.folder.name} are not checked in restricted mode: ${search.reason}, and what is inside is not started without trust.`;
    await act(await vscode.window.showWarningMessage(text, MANAGE_TRUST, SHOW_LOG), server);
    return false;
  }
  if (search.interpreter === undefined || search.kind === "broken") {
    const python = vscode.extensions.getExtension("ms-python.python") === undefined ? [] : [SELECT];
    const text = `Models in ${server.folder.name} are not checked: ${search.reason}.`;
    const buttons = [...python, SET_PATH, SHOW_LOG];
    await act(await vscode.window.showWarningMessage(text, ...buttons), server);
    return false;
  }
  const command = await commandFor(search.interpreter);
  const text = `Models in ${server.folder.name} are not checked: ${search.reason}. To install: ${asTyped(command)}`;
  const choice = await vscode.window.showWarningMessage(text, INSTALL, SET_PATH, SHOW_LOG);
  if (choice === INSTALL) {
    return install(server, command);
  }
  await act(choice, server);
  return false;
}

/** Install into the environment around an interpreter, as a task; true when it succeeded. */
export async function install(server: FolderServer, command: readonly string[]): Promise<boolean> {
  const [program = "", ...rest] = command;
  const task = new vscode.Task(
    { type: "process" },
    server.workspaceFolder,
    `Install ${PACKAGE}`,
    "dbt-glue",
    new vscode.ProcessExecution(program, rest, { cwd: server.folder.uri.fsPath }),
  );
  const ended = new Promise<boolean>((resolve) => {
    const subscription = vscode.tasks.onDidEndTaskProcess((event) => {
      if (event.execution.task.name === task.name) {
        subscription.dispose();
        resolve(event.exitCode === 0);
      }
    });
  });
  await vscode.tasks.executeTask(task);
  return ended;
}

/** The command that installs into the environment of an interpreter: with uv when there is one. */
export async function commandFor(interpreter: string): Promise<string[]> {
  const pip = programsOnPath("uv", process.env, process.platform);
  return installCommand(interpreter, await firstExecutable(pip));
}

/** Do what a button of a message says. */
export async function act(choice: string | undefined, server: FolderServer): Promise<void> {
  switch (choice) {
    case SET_PATH:
      await vscode.commands.executeCommand("workbench.action.openSettings", "dbtGlue.path");
      break;
    case SELECT:
      await vscode.commands.executeCommand("python.setInterpreter", server.folder.uri);
      break;
    case SHOW_LOG:
      await vscode.commands.executeCommand("dbtGlue.showLog");
      break;
    case MANAGE_TRUST:
      await vscode.commands.executeCommand("workbench.trust.manage");
      break;
    case undefined:
  }
}

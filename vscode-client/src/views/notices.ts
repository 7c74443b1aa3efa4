/** Tells the user, once, why models are not checked, with the buttons that help. */

import * as vscode from "vscode";

import { commandLine } from "../environment/commandLine";
import type { Missing } from "../server/discovery";
import type { FolderServer } from "../server/folderServer";
import { install } from "../server/installation";
import { installCommandFor } from "../server/installCommand";
import { statusText } from "./statusText";

const INSTALL = "Install into This Environment";
const SET_PATH = "Set Path";
const SELECT = "Select Interpreter";
const SHOW_LOG = "Show Log";
const MANAGE_TRUST = "Manage Trust";
const RESTART = "Restart Server";

/** The notices about servers that are absent or have failed. */
export class Notices {
  private readonly given = new Set<string>();

  /** Give notice of what is wrong with a server, unless that was done since the last `forget`. */
  async give(server: FolderServer): Promise<void> {
    const { folder, state } = server;
    if (state.kind !== "absent" && state.kind !== "failed") {
      return;
    }
    const problem = `${folder.uri.toString()} ${statusText(state).detail}`;
    if (this.given.has(problem)) {
      return;
    }
    this.given.add(problem);
    if (state.kind === "absent") {
      if (await offerServer(server, state.search)) {
        await server.refresh();
      }
      return;
    }
    const text = `Models in ${folder.name} are not checked: ${state.reason}.`;
    await act(await vscode.window.showErrorMessage(text, RESTART, SHOW_LOG), server);
  }

  /** From now on, what is wrong is news again. */
  forget(): void {
    this.given.clear();
  }
}

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
  const command = await installCommandFor(search.interpreter);
  const text = `Models in ${server.folder.name} are not checked: ${search.reason}. To install: ${commandLine(command)}`;
  const choice = await vscode.window.showWarningMessage(text, INSTALL, SET_PATH, SHOW_LOG);
  if (choice === INSTALL) {
    return install(server, command);
  }
  await act(choice, server);
  return false;
}

/** Do what a button of a message says. */
async function act(choice: string | undefined, server: FolderServer): Promise<void> {
  switch (choice) {
    case SET_PATH:
      await vscode.commands.executeCommand("workbench.action.openSettings", "dbtGlue.path");
      break;
    case SELECT:
      await vscode.commands.executeCommand("python.setInterpreter", server.folder.uri);
      break;
    case RESTART:
      await vscode.commands.executeCommand("dbtGlue.restart");
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

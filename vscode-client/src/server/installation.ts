/** Installs the server into the environment of a folder, where it can be seen. */

import * as vscode from "vscode";

import type { FolderServer } from "./folderServer";
import { PACKAGE } from "./installCommand";

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

/** Runs a model as a VS Code task: `dbt run --select`, its errors as problems of their lines. */

import * as path from "node:path";
import * as vscode from "vscode";

import { firstExecutable } from "../environment/executables";
import { programsBeside, programsOnPath } from "../environment/programs";
import { modelName } from "../projects/models";
import { type Project, projectNamed } from "../projects/project";
import type { FolderServer } from "../server/folderServer";
import type { Model, Servers } from "../server/servers";
import { runArguments } from "../settings/settings";
import { RunProblems, type Selection } from "./problems";
import { RunTerminal } from "./terminal";

export const TASK_TYPE = "dbt-glue";

interface Definition extends vscode.TaskDefinition {
  readonly model: string;
  readonly project?: string;
}

/** A model's task as tasks.json has it. The project is left out when it is the workspace folder. */
function definitionOf(model: Model): Definition {
  const project = path.relative(model.server.workspaceFolder.uri.fsPath, model.project.folder);
  const names = { type: TASK_TYPE, model: modelName(model.uri.fsPath) };
  return project === "" ? names : { ...names, project: project.split(path.sep).join("/") };
}

/**
 * Runs models, resolves the tasks of type dbt-glue in tasks.json, and offers the model that is open.
 * What the runs find is shown for as long as this is there; runs that go on then are interrupted.
 */
export class ModelTasks implements vscode.TaskProvider, vscode.Disposable {
  private readonly problems = new RunProblems();
  private readonly terminals = new Set<RunTerminal>();

  constructor(private readonly servers: Servers) {}

  /** Save and run a model. */
  async runModel(model: Model): Promise<vscode.TaskExecution> {
    const document = vscode.workspace.textDocuments.find(
      (item) => item.uri.toString() === model.uri.toString(),
    );
    await document?.save();
    const task = this.taskFor(definitionOf(model), model.server, model.project);
    return vscode.tasks.executeTask(task);
  }

  provideTasks(): vscode.Task[] {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const model = uri === undefined ? undefined : this.servers.modelAt(uri);
    if (model === undefined) {
      return [];
    }
    return [this.taskFor(definitionOf(model), model.server, model.project)];
  }

  resolveTask(task: vscode.Task): vscode.Task | undefined {
    const definition = task.definition as Definition;
    const all = this.servers.all;
    const scoped = all.filter((server) => server.workspaceFolder === task.scope);
    const servers = scoped.length > 0 ? scoped : all;
    const folder = servers[0]?.workspaceFolder.uri.fsPath ?? "";
    const projects = servers.flatMap((server) => server.projects);
    const project = projectNamed(definition.project, folder, projects);
    const server = servers.find((item) => item.projects.some((other) => other === project));
    return server === undefined || project === undefined
      ? undefined
      : this.taskFor(definition, server, project);
  }

  dispose(): void {
    for (const terminal of this.terminals) {
      terminal.close();
    }
    this.problems.dispose();
  }

  private taskFor(definition: Definition, server: FolderServer, project: Project): vscode.Task {
    const { model } = definition;
    const task = new vscode.Task(
      definition,
      server.workspaceFolder,
      `run ${model}`,
      "dbt-glue",
      new vscode.CustomExecution(async () => {
        const settings = runArguments(server.workspaceFolder);
        const args = ["--no-use-colors", "run", "--select", model, ...settings];
        return this.open([await dbtOf(server), ...args], { model, folder: project.folder });
      }),
      [], // its errors become problems here; without this VS Code would ask for a matcher
    );
    task.group = vscode.TaskGroup.Build;
    task.presentationOptions = { clear: true, showReuseMessage: false };
    return task;
  }

  private open(command: readonly [string, ...string[]], selection: Selection): RunTerminal {
    const terminal = new RunTerminal(command, selection, this.problems);
    this.terminals.add(terminal);
    terminal.onDidClose(() => this.terminals.delete(terminal));
    return terminal;
  }
}

/** The dbt of the environment that the server is from, else the one on PATH. */
async function dbtOf(server: FolderServer): Promise<string> {
  if (server.found === undefined) {
    await server.refresh(); // the folder may have been opened just now
  }
  const beside =
    server.found === undefined ? [] : programsBeside(server.found.command, "dbt", process.platform);
  const candidates = [...beside, ...programsOnPath("dbt", process.env, process.platform)];
  return (await firstExecutable(candidates)) ?? "dbt";
}

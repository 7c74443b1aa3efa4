/** Runs a model as a VS Code task: `dbt run --select`, its errors as problems of their lines. */

import * as path from "node:path";
import * as vscode from "vscode";

import { firstExecutable } from "./discovery";
import { programsBeside, programsOnPath } from "./environment";
import type { FolderServer } from "./folderServer";
import { type Project, projectNamed } from "./projects";
import type { Model, Servers } from "./servers";
import { runArguments } from "./settings";

export const TASK_TYPE = "dbt-glue";

interface Definition extends vscode.TaskDefinition {
  readonly model: string;
  readonly project?: string;
}

/** The name of a model, as dbt takes it from its file. */
export function modelName(model: Model): string {
  return path.basename(model.uri.fsPath, ".py");
}

/** Save and run a model. */
export async function runModel(model: Model): Promise<vscode.TaskExecution> {
  const document = vscode.workspace.textDocuments.find(
    (item) => item.uri.toString() === model.uri.toString(),
  );
  await document?.save();
  return vscode.tasks.executeTask(await taskFor(definitionOf(model), model.server, model.project));
}

/** A model's task as tasks.json has it. The project is left out when it is the workspace folder. */
function definitionOf(model: Model): Definition {
  const project = path.relative(model.server.workspaceFolder.uri.fsPath, model.project.folder);
  const names = { type: TASK_TYPE, model: modelName(model) };
  return project === "" ? names : { ...names, project: project.split(path.sep).join("/") };
}

/** Resolves the tasks of type dbt-glue in tasks.json, and offers the model that is open. */
export class ModelTasks implements vscode.TaskProvider {
  constructor(private readonly servers: Servers) {}

  async provideTasks(): Promise<vscode.Task[]> {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const model = uri === undefined ? undefined : this.servers.modelAt(uri);
    if (model === undefined) {
      return [];
    }
    return [await taskFor(definitionOf(model), model.server, model.project)];
  }

  async resolveTask(task: vscode.Task): Promise<vscode.Task | undefined> {
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
      : taskFor(definition, server, project);
  }
}

async function taskFor(
  definition: Definition,
  server: FolderServer,
  project: Project,
): Promise<vscode.Task> {
  const task = new vscode.Task(
    definition,
    server.workspaceFolder,
    `run ${definition.model}`,
    "dbt-glue",
    new vscode.ProcessExecution(
      await dbtOf(server),
      [
        "--no-use-colors",
        "run",
        "--select",
        definition.model,
        ...runArguments(server.workspaceFolder),
      ],
      { cwd: project.folder },
    ),
    "$dbt-glue",
  );
  task.group = vscode.TaskGroup.Build;
  task.presentationOptions = { clear: true, showReuseMessage: false };
  return task;
}

/** The dbt of the environment that the server is from, else the one on PATH. */
async function dbtOf(server: FolderServer): Promise<string> {
  const beside =
    server.state.kind === "ready" || server.state.kind === "failed"
      ? programsBeside(server.state.server.command, "dbt", process.platform)
      : [];
  const candidates = [...beside, ...programsOnPath("dbt", process.env, process.platform)];
  return (await firstExecutable(candidates)) ?? "dbt";
}

/** The servers of all workspace folders, kept in step with folders, settings, trust and environments. */

import * as vscode from "vscode";
import { ExecuteCommandRequest } from "vscode-languageclient/node";

import { PythonExtensions } from "../environment/interpreters";
import { projectOfModel } from "../projects/models";
import { findProjects, type Project } from "../projects/project";
import { OWN_COMMANDS } from "../protocol/commands";
import { SECTION } from "../settings/settings";
import { type Channels, FolderServer } from "./folderServer";
import { serverPlaces } from "./places";
import { Queue } from "./queue";
import type { State } from "./state";

/** A Python model and what belongs to it. */
export interface Model {
  readonly uri: vscode.Uri;
  readonly project: Project;
  readonly server: FolderServer;
}

export class Servers implements vscode.Disposable {
  private readonly servers = new Map<string, FolderServer>();
  private readonly python: PythonExtensions;
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly serverCommands = new Set<string>(OWN_COMMANDS);
  private readonly queue = new Queue(() => this.update());
  private readonly changed = new vscode.EventEmitter<FolderServer>();
  readonly onDidChangeState = this.changed.event;
  private readonly activityChanged = new vscode.EventEmitter<FolderServer>();
  readonly onDidChangeActivity = this.activityChanged.event;
  private readonly schemasChanged = new vscode.EventEmitter<void>();
  readonly onDidChangeSchemas = this.schemasChanged.event;

  constructor(
    private readonly channels: Channels,
    /** A folder of the extension, in which processes start. */
    private readonly own: string,
  ) {
    this.python = new PythonExtensions(channels.log);
    const projectFiles = vscode.workspace.createFileSystemWatcher("**/dbt_project.yml");
    const again = () => void this.refresh();
    this.subscriptions.push(
      this.python,
      projectFiles,
      projectFiles.onDidCreate(again),
      projectFiles.onDidChange(again),
      projectFiles.onDidDelete(again),
      this.python.onDidChange(again),
      vscode.workspace.onDidChangeWorkspaceFolders(again),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.trustGranted()),
      vscode.workspace.onDidChangeConfiguration((event) => void this.configurationChanged(event)),
    );
  }

  /** The servers of the places that have a dbt project. */
  get all(): FolderServer[] {
    return [...this.servers.values()].filter((server) => server.projects.length > 0);
  }

  /** The model that a file is, of the innermost project; undefined for other files. */
  modelAt(uri: vscode.Uri): Model | undefined {
    if (uri.scheme !== "file") {
      return undefined;
    }
    return this.all
      .flatMap((server) => {
        const project = projectOfModel(uri.fsPath, server.projects);
        return project === undefined ? [] : [{ uri, project, server }];
      })
      .sort((a, b) => b.project.folder.length - a.project.folder.length)[0];
  }

  /** Look at every folder again. */
  refresh(): Promise<void> {
    return this.queue.request();
  }

  /** Restart every server. */
  async restart(): Promise<void> {
    await Promise.all([...this.servers.values()].map((server) => server.restart()));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.servers.values()].map((server) => server.stop()));
  }

  dispose(): void {
    const own = [this.changed, this.activityChanged, this.schemasChanged, ...this.subscriptions];
    vscode.Disposable.from(...own, ...this.servers.values()).dispose();
  }

  /** A server that runs already may do more now; others may be started that were not allowed. */
  private async trustGranted(): Promise<void> {
    await Promise.all(this.all.map((server) => server.trustGranted()));
    await this.refresh();
  }

  private async update(): Promise<void> {
    const wanted = new Map<string, FolderServer>();
    for (const workspaceFolder of vscode.workspace.workspaceFolders ?? []) {
      if (workspaceFolder.uri.scheme === "file") {
        for (const folder of await placesIn(workspaceFolder)) {
          const key = folder.uri.toString();
          wanted.set(key, this.servers.get(key) ?? this.create(folder, workspaceFolder));
        }
      }
    }
    const gone = [...this.servers].filter(([key]) => !wanted.has(key));
    for (const [key, server] of wanted) {
      this.servers.set(key, server);
    }
    await Promise.all(
      gone.map(async ([key, server]) => {
        this.servers.delete(key);
        await server.close();
      }),
    );
    await Promise.all([...this.servers.values()].map((server) => server.refresh()));
  }

  private create(
    folder: vscode.WorkspaceFolder,
    workspaceFolder: vscode.WorkspaceFolder,
  ): FolderServer {
    const server = new FolderServer(folder, workspaceFolder, this.python, this.channels, this.own);
    server.onDidChangeState((state) => {
      this.stateChanged(server, state);
    });
    server.onDidChangeActivity(() => {
      this.activityChanged.fire(server);
    });
    server.onDidChangeSchemas(() => {
      this.schemasChanged.fire();
    });
    return server;
  }

  private async configurationChanged(event: vscode.ConfigurationChangeEvent): Promise<void> {
    if (
      event.affectsConfiguration(`${SECTION}.path`) ||
      event.affectsConfiguration(`${SECTION}.interpreter`)
    ) {
      await this.refresh();
    } else if (event.affectsConfiguration(SECTION)) {
      await Promise.all(this.all.map((server) => server.settingsChanged()));
    }
  }

  private stateChanged(server: FolderServer, state: State): void {
    if (state.kind === "ready") {
      this.registerCommandsOf(server);
    }
    this.changed.fire(server);
  }

  private registerCommandsOf(server: FolderServer): void {
    for (const command of server.client?.commands ?? []) {
      if (!this.serverCommands.has(command)) {
        this.serverCommands.add(command);
        this.subscriptions.push(
          vscode.commands.registerCommand(command, (...values: unknown[]) =>
            this.execute(command, values),
          ),
        );
      }
    }
  }

  /** Let a server execute one of its commands: the one given, else that of the active model. */
  async execute(command: string, values: unknown[], server?: FolderServer): Promise<unknown> {
    const active = vscode.window.activeTextEditor?.document.uri;
    const chosen =
      server ??
      (active === undefined ? undefined : this.modelAt(active)?.server) ??
      this.all.find((item) => item.state.kind === "ready");
    if (chosen?.client?.isRunning() !== true) {
      throw new Error("no server runs for this model");
    }
    return chosen.client.sendRequest(ExecuteCommandRequest.type, {
      command,
      arguments: values as (string | number | boolean | null)[],
    });
  }
}

/** The places of a workspace folder's servers, in the shape that a language client wants. */
async function placesIn(folder: vscode.WorkspaceFolder): Promise<vscode.WorkspaceFolder[]> {
  const projects = await findProjects(folder.uri.fsPath);
  // Without trust no environment of the workspace is used, so that all would have the same server.
  const places = vscode.workspace.isTrusted
    ? await serverPlaces(folder.uri.fsPath, projects, process.platform)
    : [folder.uri.fsPath];
  return places.map((place) =>
    place === folder.uri.fsPath
      ? folder
      : {
          uri: vscode.Uri.file(place),
          name: projects.find((project) => project.folder === place)?.name ?? place,
          index: folder.index,
        },
  );
}

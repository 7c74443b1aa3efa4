/** The server of one folder: found, started, restarted when its command changes. */

import * as vscode from "vscode";
import {
  DidChangeConfigurationNotification,
  State as ClientState,
} from "vscode-languageclient/node";

import type { PythonExtensions } from "../environment/interpreters";
import { serverStart, type Start } from "../environment/serverStart";
import { modelPatterns } from "../projects/models";
import { findProjects, type Project } from "../projects/project";
import { type Activity, IDLE, trustNotification } from "../protocol/activity";
import { pathSetting } from "../settings/settings";
import { FolderClient } from "./client";
import { findServer, type Found } from "./discovery";
import { Queue } from "./queue";
import type { State } from "./state";

const PATIENCE = 5_000; // milliseconds that a server has to end

/** The channels of the extension. */
export interface Channels {
  readonly log: vscode.LogOutputChannel;
  readonly trace: vscode.LogOutputChannel;
}

/** Keeps the server of a folder running; `refresh` whenever something may have changed. */
export class FolderServer implements vscode.Disposable {
  projects: readonly Project[] = [];
  state: State = { kind: "starting" };
  /** The server that was found last, whether it runs already or not; undefined without one. */
  found: Found | undefined;
  client: FolderClient | undefined;
  /** What the server last said that it does; undefined until it says so. */
  activity: Activity | undefined;
  private readonly changed = new vscode.EventEmitter<State>();
  readonly onDidChangeState = this.changed.event;
  private readonly activityChanged = new vscode.EventEmitter<Activity>();
  readonly onDidChangeActivity = this.activityChanged.event;
  private readonly schemasChanged = new vscode.EventEmitter<void>();
  readonly onDidChangeSchemas = this.schemasChanged.event;
  private readonly queue = new Queue(() => this.update());
  private runs = "";
  private forced = false;

  constructor(
    /** Where the server runs: the workspace folder, or that of a project in it. */
    readonly folder: vscode.WorkspaceFolder,
    readonly workspaceFolder: vscode.WorkspaceFolder,
    private readonly python: PythonExtensions,
    private readonly channels: Channels,
    /** A folder of the extension, in which processes start. */
    private readonly own: string,
  ) {}

  /** Look again for projects and the server; restart only when what would be started differs. */
  refresh(): Promise<void> {
    return this.queue.request();
  }

  /** Look again, and restart in any case. */
  restart(): Promise<void> {
    this.forced = true;
    return this.queue.request();
  }

  /** Tell the server that settings have changed; it asks for them. */
  async settingsChanged(): Promise<void> {
    if (this.client?.state === ClientState.Running) {
      await this.client.sendNotification(DidChangeConfigurationNotification.type, {
        settings: null,
      });
    }
  }

  /** Tell the server that the workspace is trusted now. */
  async trustGranted(): Promise<void> {
    if (this.client?.state === ClientState.Running) {
      await this.client.sendNotification(trustNotification, { trusted: true });
    }
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.activity = undefined;
    try {
      await client?.dispose(PATIENCE);
    } catch (error) {
      // It is killed then; what comes next must not wait for a server that does not answer.
      this.channels.log.warn(`${this.folder.name}: the server did not end: ${String(error)}`);
    }
  }

  /** End: the folder is not in the workspace any more. */
  async close(): Promise<void> {
    this.projects = [];
    await this.stop();
    this.become({ kind: "starting" });
    this.dispose();
  }

  dispose(): void {
    vscode.Disposable.from(this.changed, this.activityChanged, this.schemasChanged).dispose();
  }

  private async update(): Promise<void> {
    const forced = this.forced;
    this.forced = false;
    this.projects = await findProjects(this.folder.uri.fsPath);
    const patterns = modelPatterns(this.projects);
    if (patterns.length === 0) {
      this.runs = "";
      this.found = undefined;
      await this.stop();
      this.become({ kind: "starting" });
      return;
    }
    const search = await findServer({
      pathSetting: pathSetting("path", this.workspaceFolder),
      interpreterSetting: pathSetting("interpreter", this.workspaceFolder),
      selectedInterpreter: await this.python.interpreterOf(this.folder.uri),
      folders: [
        ...this.projects.map((project) => project.folder),
        this.folder.uri.fsPath,
        this.workspaceFolder.uri.fsPath,
      ],
      trusted: vscode.workspace.isTrusted,
      environment: process.env,
      platform: process.platform,
      start: this.startOf(),
    });
    this.found = search.kind === "found" ? search : undefined;
    if (search.kind !== "found") {
      this.runs = "";
      await this.stop();
      this.channels.log.error(`${this.folder.name}: ${search.reason}`);
      this.become({ kind: "absent", search, trusted: vscode.workspace.isTrusted });
      return;
    }
    const wanted = JSON.stringify([search.command, search.version, patterns]);
    if (wanted !== this.runs || forced) {
      this.runs = wanted;
      await this.start(search, patterns);
    }
  }

  private async start(server: Found, patterns: readonly string[]): Promise<void> {
    await this.stop();
    const { log, trace } = this.channels;
    const told = `${server.command} ${server.version}, ${server.origin}`;
    log.info(`${this.folder.name}: starting ${told}`);
    this.become({ kind: "starting" });
    const fail = (reason: string) => {
      log.error(`${this.folder.name}: ${reason}`);
      this.become({ kind: "failed", server, reason });
    };
    const client = new FolderClient({
      command: server.command,
      start: this.startOf(),
      folder: this.folder,
      patterns,
      log,
      trace,
      onGivenUp: fail,
      onActivity: (activity) => {
        this.becomeActive(activity);
      },
      onSchemasChanged: () => {
        this.schemasChanged.fire();
      },
    });
    this.client = client;
    client.onDidChangeState((event) => {
      if (event.newState === ClientState.Running) {
        // Running, it does not know the open documents yet; that is when its start ends.
        void client.start().then(() => {
          this.started(client, server);
        });
      }
    });
    try {
      await client.start();
    } catch (error) {
      this.runs = "";
      this.client = undefined;
      fail(`${server.command} lsp did not start: ${String(error)}`);
    }
  }

  private startOf(): Start {
    return serverStart(this.own, this.folder.uri.fsPath, process.env, process.platform);
  }

  private started(client: FolderClient, server: Found): void {
    if (this.client === client) {
      const sessions = client.commands.includes("dbtGlue.startSession");
      this.activity = sessions ? IDLE : undefined; // an older server has no sessions
      this.become({ kind: "ready", server });
    }
  }

  private becomeActive(activity: Activity): void {
    const { state, detail } = activity.session;
    if (detail !== this.activity?.session.detail || state !== this.activity.session.state) {
      this.channels.log.info(`${this.folder.name}: session ${state} ${detail}`.trimEnd());
    }
    this.activity = activity;
    this.activityChanged.fire(activity);
  }

  private become(state: State): void {
    this.state = state;
    this.changed.fire(state);
  }
}

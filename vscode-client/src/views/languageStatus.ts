/** The language status: the server of each folder, and the session in which it validates. */

import * as vscode from "vscode";

import { modelPatterns } from "../projects/models";
import type { FolderServer } from "../server/folderServer";
import type { Servers } from "../server/servers";
import { sessionText, statusText, type StatusText } from "./statusText";

const SEVERITIES = {
  information: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
};
const ACTIONS = {
  start: { command: "dbtGlue.startSession", title: "Start Session" },
  stop: { command: "dbtGlue.stopSession", title: "Stop Session" },
};

/** Keeps the items behind the braces in the status bar, which are there while a model is open. */
export class LanguageStatus implements vscode.Disposable {
  private readonly items = new Map<FolderServer, FolderItems>();
  private readonly subscriptions: readonly vscode.Disposable[];

  constructor(servers: Servers) {
    const show = (server: FolderServer) => {
      this.show(server);
    };
    this.subscriptions = [servers.onDidChangeState(show), servers.onDidChangeActivity(show)];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, ...this.items.values()).dispose();
  }

  private show(server: FolderServer): void {
    const items = this.items.get(server) ?? new FolderItems(server.folder);
    if (server.projects.length === 0) {
      this.items.delete(server);
      items.dispose();
    } else {
      this.items.set(server, items);
      items.show(server);
    }
  }
}

/** The items of one folder's server. */
class FolderItems implements vscode.Disposable {
  private server: vscode.LanguageStatusItem | undefined;
  private session: vscode.LanguageStatusItem | undefined;

  constructor(private readonly folder: vscode.WorkspaceFolder) {}

  /** Say what the server is, and of a running one what it does. */
  show({ projects, state, activity }: FolderServer): void {
    const selector = modelPatterns(projects).map((pattern) => ({
      scheme: "file",
      language: "python",
      pattern,
    }));
    this.server ??= this.item("server", "dbt-glue");
    write(this.server, selector, statusText(state, activity));
    this.server.command = { command: "dbtGlue.showLog", title: "Show Log" };
    if (state.kind !== "ready" || activity === undefined || !vscode.workspace.isTrusted) {
      this.session?.dispose();
      this.session = undefined;
      return;
    }
    const text = sessionText(activity.session);
    this.session ??= this.item("session", "dbt-glue session");
    write(this.session, selector, text);
    this.session.command = text.action && {
      ...ACTIONS[text.action],
      arguments: [this.folder.uri],
    };
  }

  dispose(): void {
    this.server?.dispose();
    this.session?.dispose();
  }

  private item(what: string, name: string): vscode.LanguageStatusItem {
    const id = `dbtGlue.${what}.${this.folder.uri.toString()}`;
    const item = vscode.languages.createLanguageStatusItem(id, []);
    item.name = name;
    return item;
  }
}

function write(
  item: vscode.LanguageStatusItem,
  selector: vscode.DocumentSelector,
  text: StatusText,
): void {
  item.selector = selector;
  item.text = text.text;
  item.detail = text.detail;
  item.busy = text.busy;
  item.severity = SEVERITIES[text.severity];
}

/** The language status of a workspace folder: its server, and the session in which it validates. */

import * as vscode from "vscode";

import type { Activity } from "./protocol";
import { type State, tell, type Told, tellSession } from "./state";

const SEVERITIES = {
  information: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
};
const ACTIONS = {
  start: { command: "dbtGlue.startSession", title: "Start Session" },
  stop: { command: "dbtGlue.stopSession", title: "Stop Session" },
};

/** The items behind the braces in the status bar, while a model is open. */
export class StatusItems implements vscode.Disposable {
  private selector: vscode.DocumentFilter[] = [];
  private server: vscode.LanguageStatusItem | undefined;
  private session: vscode.LanguageStatusItem | undefined;

  constructor(private readonly folder: vscode.WorkspaceFolder) {}

  /** Show the items for these models; for none, remove them. */
  showAt(patterns: readonly string[]): void {
    this.selector = patterns.map((pattern) => ({ scheme: "file", language: "python", pattern }));
    for (const item of [this.server, this.session]) {
      if (item !== undefined) {
        item.selector = this.selector;
      }
    }
    if (patterns.length === 0) {
      this.dispose();
    }
  }

  /** Say what the server is, and of a running one what it does. */
  show(state: State, activity: Activity | undefined): void {
    if (this.selector.length === 0) {
      return;
    }
    this.server ??= this.item("server", "dbt-glue");
    write(this.server, tell(state, activity));
    this.server.command = { command: "dbtGlue.showLog", title: "Show Log" };
    if (state.kind !== "ready" || activity === undefined || !vscode.workspace.isTrusted) {
      this.session?.dispose();
      this.session = undefined;
      return;
    }
    this.session ??= this.item("session", "dbt-glue session");
    const { action, ...told } = tellSession(activity.session);
    write(this.session, told);
    this.session.command = action && { ...ACTIONS[action], arguments: [this.folder.uri] };
  }

  dispose(): void {
    this.server?.dispose();
    this.session?.dispose();
    this.server = this.session = undefined;
  }

  private item(what: string, name: string): vscode.LanguageStatusItem {
    const id = `dbtGlue.${what}.${this.folder.uri.toString()}`;
    const item = vscode.languages.createLanguageStatusItem(id, this.selector);
    item.name = name;
    return item;
  }
}

function write(item: vscode.LanguageStatusItem, told: Told): void {
  item.text = told.text;
  item.detail = told.detail;
  item.busy = told.busy;
  item.severity = SEVERITIES[told.severity];
}

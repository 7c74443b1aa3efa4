/** What becomes of a model, as read-only documents that follow every save: its program for people and as it is sent, its plan. */

import * as path from "node:path";
import * as vscode from "vscode";

import { untilSeen } from "../environment/untilSeen";
import { planRequest, programRequest } from "../protocol/documents";
import type { Model, Servers } from "../server/servers";

const PAUSE = 500; // milliseconds
const MOST_CHANGES = 20;
const PROGRAM = "dbt-glue-program";
const WIRE = "dbt-glue-wire";
const PLAN = "dbt-glue-plan";
const ENDINGS: Readonly<Record<string, string>> = {
  [PROGRAM]: " (compiled).py",
  [WIRE]: " (as sent).py",
  [PLAN]: " (plan).md",
};

/** The file of the model that a document is about: the file itself, or that of a program or plan. */
export function sourceOf(uri: vscode.Uri): vscode.Uri {
  return uri.scheme in ENDINGS ? vscode.Uri.parse(uri.query, true) : uri;
}

/** The documents of the schemes `dbt-glue-program`, `dbt-glue-wire` and `dbt-glue-plan`. */
export class CompiledDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly servers: Servers) {
    this.subscriptions = [
      this.changed,
      ...Object.keys(ENDINGS).map((scheme) =>
        vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      ),
      // A model's program depends on other files, too: its YAML, the models that it reads.
      vscode.workspace.onDidSaveTextDocument(() => {
        this.refresh();
      }),
      servers.onDidChangeState(() => {
        this.refresh();
      }),
    ];
  }

  /** Open the program beside the model. */
  showProgram(model: Model): Promise<void> {
    return this.showBeside(documentOf(model, PROGRAM));
  }

  /** Open the program as a session gets it beside the model. */
  showWireProgram(model: Model): Promise<void> {
    return this.showBeside(documentOf(model, WIRE));
  }

  /** Open the model and its program as a comparison. */
  async compareProgram(model: Model): Promise<void> {
    const title = `${path.basename(model.uri.path)} ↔ compiled`;
    const uri = documentOf(model, PROGRAM);
    this.changed.fire(uri);
    await vscode.commands.executeCommand("vscode.diff", model.uri, uri, title);
  }

  /** Open the plan beside the model, as a page. */
  async showPlan(model: Model): Promise<void> {
    const uri = documentOf(model, PLAN);
    await this.opened(uri);
    // It keeps pages by version, and a document that was dropped and made anew has its first one again.
    await vscode.commands.executeCommand("markdown.preview.refresh");
    await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
  }

  async provideTextDocumentContent(
    uri: vscode.Uri,
    token: vscode.CancellationToken,
  ): Promise<string> {
    const source = sourceOf(uri);
    const client = this.servers.modelAt(source)?.server.client;
    const remark = uri.scheme === PLAN ? asQuote : asComment;
    if (client?.isRunning() !== true) {
      return remark("No server runs for this model. Next: dbt-glue: Show Log.");
    }
    const params = { textDocument: { uri: source.toString() } };
    try {
      await vscode.workspace.openTextDocument(source); // the server answers for open models
      if (uri.scheme === PLAN) {
        return (await client.sendRequest(planRequest, params, token)).markdown;
      }
      const form = uri.scheme === WIRE ? "wire" : "readable";
      return (await client.sendRequest(programRequest, { ...params, form }, token)).text;
    } catch (error) {
      return remark(error instanceof Error ? error.message : String(error));
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private async showBeside(uri: vscode.Uri): Promise<void> {
    await vscode.window.showTextDocument(await this.opened(uri), {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
    });
  }

  /**
   * The document as the model is now. VS Code keeps one that was closed, and a checkout saves nothing; and who shows a
   * document before its change has come may miss that: a preview of Markdown does while it is being made.
   */
  private async opened(uri: vscode.Uri): Promise<vscode.TextDocument> {
    const { token } = new vscode.CancellationTokenSource();
    const wanted = await this.provideTextDocumentContent(uri, token);
    let document = await vscode.workspace.openTextDocument(uri);
    const isCurrent = (): boolean => document.getText().replaceAll("\r\n", "\n") === wanted;
    if (isCurrent()) {
      return document;
    }
    await untilSeen(
      () => {
        this.changed.fire(uri);
      },
      isCurrent,
      async () => {
        await changeOf(uri);
        document = await vscode.workspace.openTextDocument(uri);
      },
      MOST_CHANGES,
    );
    return document;
  }

  private refresh(): void {
    for (const document of vscode.workspace.textDocuments) {
      if (document.uri.scheme in ENDINGS) {
        this.changed.fire(document.uri);
      }
    }
  }
}

/** The next change of a document, or some time without one. */
function changeOf(uri: vscode.Uri): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      listener.dispose();
      resolve();
    };
    const timer = setTimeout(done, PAUSE);
    const listener = vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document.uri.toString() === uri.toString()) {
        done();
      }
    });
  });
}

function documentOf(model: Model, scheme: string): vscode.Uri {
  const ending = ENDINGS[scheme] ?? "";
  return vscode.Uri.from({
    scheme,
    path: model.uri.path.replace(/\.py$/, ending),
    query: model.uri.toString(),
  });
}

function asComment(text: string): string {
  return `${text.replace(/^/gm, "# ")}\n`;
}

function asQuote(text: string): string {
  return `${text.replace(/^/gm, "> ")}\n`;
}

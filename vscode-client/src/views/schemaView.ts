/** The view Schemas in the explorer: what the model in the editor reads and returns. */

import { isDeepStrictEqual } from "node:util";
import * as vscode from "vscode";

import { sourceOf } from "../documents/compiled";
import { schemasRequest } from "../protocol/schemas";
import type { Model, Servers } from "../server/servers";
import {
  decorationOf,
  type Entry,
  fieldItem,
  type Table,
  tableItem,
  tablesOf,
} from "./schemaItems";

const VIEW = "dbtGlue.schemas";
const PAUSE = 400; // milliseconds without a key stroke

/** Shows the schemas of the model in the active editor, and keeps them while others have the focus. */
export class SchemaView implements vscode.TreeDataProvider<Entry>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Entry>;
  private readonly subscriptions: vscode.Disposable[];
  private model: Model | undefined;
  private tables: readonly Table[] = [];
  private pause: NodeJS.Timeout | undefined;

  constructor(private readonly servers: Servers) {
    this.view = vscode.window.createTreeView(VIEW, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    const again = () => {
      this.refresh();
    };
    this.subscriptions = [
      this.changed,
      this.view,
      vscode.window.registerFileDecorationProvider({ provideFileDecoration: decorationOf }),
      new vscode.Disposable(() => {
        clearTimeout(this.pause);
      }),
      this.view.onDidChangeVisibility(again),
      vscode.window.onDidChangeActiveTextEditor(again),
      vscode.workspace.onDidSaveTextDocument(again),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document.uri.toString() === this.model?.uri.toString()) {
          this.refreshLater();
        }
      }),
      servers.onDidChangeState(again),
      servers.onDidChangeSchemas(again),
    ];
    again();
  }

  /** Show what the model returns. */
  async showOutput(model: Model): Promise<void> {
    await this.follow(model);
    await vscode.commands.executeCommand(`${VIEW}.focus`);
    const output = this.tables.find((table) => table.kind === "output");
    if (output !== undefined) {
      await this.view.reveal(output, { expand: true, focus: true });
    }
  }

  getTreeItem(entry: Entry): vscode.TreeItem {
    return entry.type === "table" ? tableItem(entry) : fieldItem(entry);
  }

  getChildren(entry?: Entry): Entry[] {
    if (entry === undefined) {
      return [...this.tables];
    }
    return entry.type === "field"
      ? []
      : (entry.columns ?? []).map((column) => ({ type: "field", column, table: entry }));
  }

  getParent(entry: Entry): Entry | undefined {
    return entry.type === "field" ? entry.table : undefined;
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private refreshLater(): void {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => {
      this.refresh();
    }, PAUSE);
  }

  private refresh(): void {
    if (!this.view.visible) {
      return; // it asks when it is shown
    }
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined) {
      void this.follow(this.model);
    } else if (editor.document.uri.scheme !== "output") {
      void this.follow(this.servers.modelAt(sourceOf(editor.document.uri)));
    }
  }

  private async follow(model: Model | undefined): Promise<void> {
    this.model = model;
    this.view.description = model?.uri.path.split("/").at(-1) ?? "";
    this.view.message = "";
    const tables = model === undefined ? [] : await this.ask(model);
    // Rows that are drawn again for nothing lose the click that is under way.
    if (this.model === model && !isDeepStrictEqual(tables, this.tables)) {
      this.tables = tables;
      this.changed.fire(undefined);
    }
  }

  private async ask(model: Model): Promise<Table[]> {
    const client = model.server.client;
    if (client?.isRunning() !== true) {
      return [];
    }
    try {
      const textDocument = { uri: model.uri.toString() };
      const schemas = await client.sendRequest(schemasRequest, { textDocument });
      return schemas === null ? [] : tablesOf(schemas, model.project.folder);
    } catch (error) {
      if (this.model === model) {
        this.view.message = error instanceof Error ? error.message : String(error);
      }
      return [];
    }
  }
}

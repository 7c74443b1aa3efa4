/** The view Schemas in the explorer: what the model in the editor reads and returns. */

import * as path from "node:path";
import * as vscode from "vscode";

import { sourceOf } from "./compiled";
import { type Column, type Origin, type Schemas, schemasRequest } from "./protocol";
import { columnAt, summary } from "./schemaText";
import type { Model, Servers } from "./servers";

const VIEW = "dbtGlue.schemas";
const PAUSE = 400; // milliseconds without a key stroke
const SCHEME = "dbt-glue-schema";
const ICONS: Readonly<Record<string, string>> = { source: "database", output: "export" };

/** A relation that the model reads, or the model's output. */
interface Table {
  readonly type: "table";
  readonly kind: string;
  readonly name: string;
  readonly relation: string | undefined;
  readonly path: string | undefined;
  readonly columns: readonly Column[] | null;
  readonly origin: Origin;
}

interface Field {
  readonly type: "field";
  readonly column: Column;
  readonly table: Table;
}

/** An entry of the view. */
export type Entry = Table | Field;

/** Shows the schemas of the model in the active editor, and keeps them while others have the focus. */
export class SchemaView implements vscode.TreeDataProvider<Entry>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Entry>;
  private readonly subscriptions: vscode.Disposable[];
  private model: Model | undefined;
  private tables: Promise<Table[]> = Promise.resolve([]);
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
      vscode.window.registerFileDecorationProvider({ provideFileDecoration: dimmed }),
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
    this.follow(model);
    await vscode.commands.executeCommand(`${VIEW}.focus`);
    const output = (await this.tables).find((table) => table.kind === "output");
    if (output !== undefined) {
      await this.view.reveal(output, { expand: true, focus: true });
    }
  }

  getTreeItem(entry: Entry): vscode.TreeItem {
    return entry.type === "table" ? tableItem(entry) : fieldItem(entry);
  }

  async getChildren(entry?: Entry): Promise<Entry[]> {
    if (entry === undefined) {
      return this.tables;
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
      this.follow(this.model);
    } else if (editor.document.uri.scheme !== "output") {
      this.follow(this.servers.modelAt(sourceOf(editor.document.uri)));
    }
  }

  private follow(model: Model | undefined): void {
    this.model = model;
    this.view.description = model?.uri.path.split("/").at(-1) ?? "";
    this.view.message = "";
    this.tables = model === undefined ? Promise.resolve([]) : this.ask(model);
    this.changed.fire(undefined);
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

/** Put a column's name at the cursor of the editor. */
export async function insertColumn(entry: Entry): Promise<void> {
  const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
  if (entry.type !== "field" || editor === undefined) {
    return;
  }
  await editor.edit((edit) => {
    for (const selection of editor.selections) {
      const line = new vscode.Range(
        selection.start.line,
        0,
        selection.start.line,
        selection.start.character,
      );
      edit.replace(selection, columnAt(editor.document.getText(line), entry.column.name));
    }
  });
}

/** Copy a column's name, or a relation's as SQL would write it. */
export async function copyName(entry: Entry): Promise<void> {
  const text = entry.type === "field" ? entry.column.name : (entry.relation ?? entry.name);
  await vscode.env.clipboard.writeText(text);
}

/** Open the file that defines a relation. */
export async function revealRelation(entry: Entry): Promise<void> {
  const table = entry.type === "field" ? entry.table : entry;
  if (table.path !== undefined) {
    await vscode.window.showTextDocument(vscode.Uri.file(table.path));
  }
}

function tablesOf(schemas: Schemas, project: string): Table[] {
  const read = schemas.relations.map((item): Table => ({
    type: "table",
    kind: item.kind,
    name: item.name,
    relation: item.relation ?? undefined,
    path: typeof item.path === "string" ? path.resolve(project, item.path) : undefined,
    columns: item.columns ?? null,
    origin: item,
  }));
  const output = schemas.output;
  return output === null
    ? read
    : [
        ...read,
        {
          type: "table",
          kind: "output",
          name: "output",
          relation: undefined,
          path: undefined,
          columns: output.columns,
          origin: output,
        },
      ];
}

function tableItem(table: Table): vscode.TreeItem {
  const known = table.columns !== null && table.columns.length > 0;
  const item = new vscode.TreeItem(
    table.name,
    known ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
  );
  const stale = table.origin.stale === true;
  const colour = stale ? new vscode.ThemeColor("disabledForeground") : undefined;
  item.id = `${table.kind}:${table.name}`;
  item.description = summary(table.columns, table.origin, Date.now());
  item.iconPath = new vscode.ThemeIcon(ICONS[table.kind] ?? "table", colour);
  item.resourceUri = vscode.Uri.from({
    scheme: SCHEME,
    path: `/${table.name}`,
    query: stale ? "stale" : "",
  });
  item.tooltip = new vscode.MarkdownString()
    .appendMarkdown(`**${table.kind}** `)
    .appendText(table.relation ?? table.name)
    .appendMarkdown("\n\n")
    .appendText(stale ? `${item.description}: it has changed since it was read` : item.description);
  item.contextValue = table.path === undefined ? "table" : "table.file";
  return item;
}

function fieldItem(field: Field): vscode.TreeItem {
  const item = new vscode.TreeItem(field.column.name);
  const stale = field.table.origin.stale === true;
  item.id = `${field.table.kind}:${field.table.name}.${field.column.name}`;
  item.description = field.column.type ?? "";
  item.tooltip = field.column.description ?? field.column.type ?? field.column.name;
  item.iconPath = new vscode.ThemeIcon("symbol-field");
  item.resourceUri = vscode.Uri.from({
    scheme: SCHEME,
    path: `/${field.table.name}/${field.column.name}`,
    query: stale ? "stale" : "",
  });
  item.contextValue = field.table.path === undefined ? "field" : "field.file";
  return item;
}

function dimmed(uri: vscode.Uri): vscode.FileDecoration | undefined {
  return uri.scheme === SCHEME && uri.query === "stale"
    ? new vscode.FileDecoration(undefined, "stale", new vscode.ThemeColor("disabledForeground"))
    : undefined;
}

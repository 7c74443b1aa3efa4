/** The entries of the schema view: relations and columns, and how they look. */

import * as path from "node:path";
import * as vscode from "vscode";

import type { Column, Origin, Schemas } from "../protocol/schemas";
import { summary } from "./schemaText";

const SCHEME = "dbt-glue-schema";
const ICONS: Readonly<Record<string, string>> = { source: "database", output: "export" };

/** A relation that the model reads, or the model's output. */
export interface Table {
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

/** The relations that a model reads, then what it returns. */
export function tablesOf(schemas: Schemas, project: string): Table[] {
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

export function tableItem(table: Table): vscode.TreeItem {
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

export function fieldItem(field: Field): vscode.TreeItem {
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

/** Entries that have changed since they were read are dimmed. */
export function decorationOf(uri: vscode.Uri): vscode.FileDecoration | undefined {
  return uri.scheme === SCHEME && uri.query === "stale"
    ? new vscode.FileDecoration(undefined, "stale", new vscode.ThemeColor("disabledForeground"))
    : undefined;
}

/** What the entries of the schema view do: their columns inserted, names copied, files opened. */

import * as vscode from "vscode";

import type { Entry } from "./schemaItems";
import { columnAt } from "./schemaText";

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

/** The errors of runs as problems of their lines: those of the last run of each model. */

import * as path from "node:path";
import * as vscode from "vscode";

import type { RunError } from "./output";

/** What was run: a selector of dbt in the folder of a project. */
export interface Selection {
  readonly model: string;
  readonly folder: string;
}

/** A run whose errors are shown until the next run of the same. */
export interface Run {
  readonly selection: Selection;
}

interface Problem {
  readonly run: Run;
  readonly uri: vscode.Uri;
  readonly diagnostic: vscode.Diagnostic;
}

/** The collection `dbt-glue run`. */
export class RunProblems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection("dbt-glue run");
  private readonly subscription: vscode.Disposable;
  private readonly current = new Set<Run>();
  private problems: readonly Problem[] = [];

  constructor() {
    this.subscription = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      const changed = new Set(uris.map(String));
      this.drop((item) => changed.has(item.uri.toString()) && isTheServers(item));
    });
  }

  /** A run begins: what the previous one of the same said is over, and all that is said of its model. */
  begin(selection: Selection): Run {
    const run = { selection };
    for (const other of this.current) {
      if (same(other.selection, selection)) {
        this.current.delete(other);
      }
    }
    this.current.add(run);
    this.drop((item) => same(item.run.selection, selection) || isModel(item.uri.fsPath, selection));
    return run;
  }

  /** Show an error of a run, unless it is shown, the run is over, or there is no such line. */
  async add(run: Run, error: RunError): Promise<void> {
    const uri = vscode.Uri.file(path.resolve(run.selection.folder, error.file));
    const range = await rangeOf(uri, error.line);
    if (range === undefined || !this.current.has(run)) {
      return;
    }
    const diagnostic = new vscode.Diagnostic(range, error.message);
    diagnostic.source = "dbt run";
    if (error.code !== undefined) {
      diagnostic.code = error.code;
    }
    const problem = { run, uri, diagnostic };
    if (!isTheServers(problem) && !this.problems.some((item) => equal(item, problem))) {
      this.problems = [...this.problems, problem];
      this.show([uri]);
    }
  }

  dispose(): void {
    this.current.clear();
    this.subscription.dispose();
    this.collection.dispose();
  }

  private drop(over: (problem: Problem) => boolean): void {
    const dropped = this.problems.filter(over);
    if (dropped.length > 0) {
      this.problems = this.problems.filter((item) => !dropped.includes(item));
      this.show(dropped.map((item) => item.uri));
    }
  }

  private show(uris: readonly vscode.Uri[]): void {
    for (const uri of uris) {
      const here = this.problems.filter((item) => item.uri.toString() === uri.toString());
      this.collection.set(
        uri,
        here.map((item) => item.diagnostic),
      );
    }
  }
}

function same(a: Selection, b: Selection): boolean {
  return a.model === b.model && a.folder === b.folder;
}

function isModel(file: string, { model, folder }: Selection): boolean {
  return file.startsWith(folder + path.sep) && path.basename(file) === `${model}.py`;
}

function equal(a: Problem, b: Problem): boolean {
  return (
    a.uri.toString() === b.uri.toString() &&
    a.diagnostic.range.isEqual(b.diagnostic.range) &&
    a.diagnostic.message === b.diagnostic.message
  );
}

/** Whether the server says the same of the line: the rule, or Spark's condition, by validation. */
function isTheServers({ uri, diagnostic }: Problem): boolean {
  return vscode.languages.getDiagnostics(uri).some((item) => {
    const code = typeof item.code === "object" ? item.code.value : item.code;
    return (
      (item.source === "dbt-glue" || item.source === "spark") &&
      code !== undefined &&
      item.range.start.line === diagnostic.range.start.line &&
      (code === diagnostic.code || diagnostic.message.includes(`[${code}]`))
    );
  });
}

/** The text of a line; undefined when the file cannot be read or has no such line. */
async function rangeOf(uri: vscode.Uri, line: number): Promise<vscode.Range | undefined> {
  let document: vscode.TextDocument;
  try {
    document = await vscode.workspace.openTextDocument(uri);
  } catch {
    return undefined; // the output named something else; it is in the terminal
  }
  if (line < 1 || line > document.lineCount) {
    return undefined;
  }
  const { range, firstNonWhitespaceCharacterIndex, text } = document.lineAt(line - 1);
  const end = range.end.with({ character: text.trimEnd().length });
  return new vscode.Range(range.start.with({ character: firstNonWhitespaceCharacterIndex }), end);
}

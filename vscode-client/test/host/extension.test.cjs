// The extension as VS Code's API shows it, in a workspace of three folders: two with a project and a
// server each, and one with two projects that have an environment each.
const assert = require("node:assert/strict");
const path = require("node:path");

const vscode = require("vscode");

const MODEL = "models/marts/late_origins.py";

/** Milliseconds until the workspace is read, beside other work; a window that has not is opened anew. */
const START = 60_000;

/** The first value that is not undefined or false, asked for until the deadline. */
async function eventually(what, ask, patience = testSetting("patience")) {
  const deadline = Date.now() + patience;
  for (;;) {
    const value = await ask();
    if (value !== undefined && value !== false) {
      return value;
    }
    assert.ok(Date.now() < deadline, `not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What the workspace file says about the tests. */
function testSetting(name) {
  return vscode.workspace.getConfiguration("dbtGlueTest").get(name);
}

describe("dbt-glue", () => {
  const settings = () => vscode.workspace.getConfiguration("dbtGlue");
  let folders;
  let api;
  let document;

  const codesOf = (uri) =>
    vscode.languages
      .getDiagnostics(uri)
      .filter((item) => item.source === "dbt-glue")
      .map((item) => item.code?.value ?? item.code);
  const codes = () => codesOf(document.uri);
  const kinds = () => api.states().map((state) => state.kind);
  const allReady = () =>
    eventually("all servers are ready", () => kinds().join() === "ready,ready,ready,ready");

  before(async function () {
    this.timeout(START + 90_000);
    // The extension host may be there before the workspace file has been read.
    const three = () => vscode.workspace.workspaceFolders?.length === 3;
    await eventually("the folders of the workspace", three, START);
    folders = vscode.workspace.workspaceFolders;
    const extension = vscode.extensions.getExtension("dbt-glue-python.dbt-glue");
    api = await extension.activate();
    document = await vscode.workspace.openTextDocument(path.join(folders[0].uri.fsPath, MODEL));
    await vscode.window.showTextDocument(document);
    await allReady();
  });

  it("starts each server from the folder's own setting or the project's own environment", () => {
    const [first, second, north, south] = api.states();
    assert.equal(first.folder, folders[0].uri.fsPath);
    assert.equal(second.folder, folders[1].uri.fsPath);
    assert.match(first.command, /dbt-glue$/);
    assert.match(second.command, /second-dbt-glue$/);
    assert.match(north.command, /north\/\.venv\/bin\/dbt-glue$/);
    assert.match(south.command, /south\/\.venv\/bin\/dbt-glue$/);
  });

  it("reports problems of a model with the page of their rule", async () => {
    await eventually("GLU208", () => codes().includes("GLU208"));
    const found = vscode.languages.getDiagnostics(document.uri);
    const item = found.find((one) => one.code?.value === "GLU208");
    assert.match(item.code.target.toString(), /rules\/GLU208/);
    assert.equal(document.getText(item.range), '"stg_flight"');
  });

  it("leaves Python files outside of the model paths alone", async () => {
    const file = path.join(folders[0].uri.fsPath, "macros", "tool.py");
    await vscode.workspace.fs.writeFile(
      vscode.Uri.file(file),
      Buffer.from(document.getText(), "utf8"),
    );
    const other = await vscode.workspace.openTextDocument(file);
    const at = new vscode.Position(6, 25);
    const hovers = await vscode.commands.executeCommand(
      "vscode.executeHoverProvider",
      other.uri,
      at,
    );
    const told = JSON.stringify(hovers.map((hover) => hover.contents));
    assert.doesNotMatch(told, /stg_flight/);
    assert.deepEqual(vscode.languages.getDiagnostics(other.uri), []);
  });

  it("has a folder's files checked by its own server only, also when they are new", async () => {
    const places = folders
      .slice(0, 2)
      .map((folder) => vscode.Uri.joinPath(folder.uri, "models/marts/added.py"));
    // The second server hears of its file last: it would have heard of the first one by then.
    for (const place of places) {
      await vscode.workspace.fs.writeFile(place, Buffer.from(document.getText(), "utf8"));
      await eventually("the problem of the new file", () => codesOf(place).includes("GLU208"));
    }
    for (const uri of [document.uri, ...places]) {
      assert.deepEqual(codesOf(uri), ["GLU208"]);
    }
    await Promise.all(places.map((place) => vscode.workspace.fs.delete(place)));
  });

  it("hands changed settings to the server without a restart", async () => {
    const global = vscode.ConfigurationTarget.Global;
    await settings().update("ignore", ["GLU208"], global);
    await eventually("GLU208 is ignored", () => !codes().includes("GLU208"));
    assert.deepEqual(kinds(), ["ready", "ready", "ready", "ready"]);
    await settings().update("ignore", undefined, global);
    await eventually("GLU208 is back", () => codes().includes("GLU208"));
  });

  it("stops for a path that does not work and starts when it does again", async () => {
    const workspace = vscode.ConfigurationTarget.Workspace;
    const before = settings().inspect("path").workspaceValue;
    await settings().update("path", "/nowhere/dbt-glue", workspace);
    await eventually("the first is absent", () => kinds()[0] === "absent");
    assert.equal(kinds()[1], "ready", "the other folder has a setting of its own");
    await eventually("its problems are gone", () => codes().length === 0);
    await settings().update("path", before, workspace);
    await allReady();
  });

  it("restarts when it is told to", async () => {
    await vscode.commands.executeCommand("dbtGlue.restart");
    await allReady();
    await eventually("GLU208", () => codes().includes("GLU208"));
  });

  it("offers the model that is open as a task that reads its errors itself", async () => {
    await vscode.window.showTextDocument(document);
    const tasks = await vscode.tasks.fetchTasks({ type: "dbt-glue" });
    const task = tasks.find((item) => item.definition.model === "late_origins");
    assert.deepEqual(task.problemMatchers, []);
    assert.ok(task.execution instanceof vscode.CustomExecution);
    assert.equal(task.definition.project, undefined, "the project is the workspace folder");
  });

  it("names the project of a task when there are several, runs there, and ends as dbt does", async () => {
    const file = path.join(folders[2].uri.fsPath, "south/models/south.py");
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
    const tasks = await vscode.tasks.fetchTasks({ type: "dbt-glue" });
    const task = tasks.find((item) => item.definition.model === "south");
    assert.equal(task.definition.project, "south");
    let code;
    const subscription = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      code = execution.task.name === "run south" ? exitCode : code;
    });
    await vscode.tasks.executeTask(task);
    await eventually("its end", () => code !== undefined);
    subscription.dispose();
    assert.equal(code, 2, "its profile is none of dbt's");
    const south = path.join(folders[2].uri.fsPath, "south");
    const called = vscode.Uri.file(path.join(south, ".venv/bin/dbt.called"));
    const told = Buffer.from(await vscode.workspace.fs.readFile(called)).toString();
    assert.equal(told, `${south}\n--no-use-colors run --select south\n`);
    await vscode.window.showTextDocument(document);
  });

  it("registers every command of its manifest", async () => {
    const { packageJSON } = vscode.extensions.getExtension("dbt-glue-python.dbt-glue");
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = packageJSON.contributes.commands
      .map((item) => item.command)
      .filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
  });

  it("shows the program of a model beside it, read-only, as it is after a save", async () => {
    await vscode.commands.executeCommand("dbtGlue.showProgram", document.uri.toString());
    const program = await eventually("the program", () =>
      vscode.workspace.textDocuments.find((item) => item.uri.scheme === "dbt-glue-program"),
    );
    assert.equal(program.languageId, "python");
    assert.equal(vscode.window.activeTextEditor.document, document, "the model keeps the focus");
    assert.equal(vscode.workspace.fs.isWritableFileSystem("dbt-glue-program"), undefined);
    await eventually("the model's code in it", () => program.getText().includes("departure_delay"));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 3), "Measured: ");
    await vscode.workspace.applyEdit(edit);
    assert.ok(!program.getText().includes("Measured: "), "not before the save");
    await document.save();
    await eventually("the edit in it", () => program.getText().includes("Measured: "));
  });

  it("shows the program as it is sent, when asked", async () => {
    await vscode.commands.executeCommand("dbtGlue.showWireProgram", document.uri.toString());
    const wire = await eventually("the program as it is sent", () =>
      vscode.workspace.textDocuments.find((item) => item.uri.scheme === "dbt-glue-wire"),
    );
    await eventually("its call", () => wire.getText().includes("__dbt_glue__.run_model("));
    const program = vscode.workspace.textDocuments.find(
      (item) => item.uri.scheme === "dbt-glue-program",
    );
    assert.ok(!program.getText().includes("__dbt_glue"), "the other one is for people");
  });

  it("shows the plan of a model as a page", async () => {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("dbtGlue.showPlan");
    const plan = await eventually("the plan", () =>
      vscode.workspace.textDocuments.find((item) => item.uri.scheme === "dbt-glue-plan"),
    );
    assert.equal(plan.languageId, "markdown");
    await eventually("its text", () => /late_origins/.test(plan.getText()));
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  });

  it("shows the plan as it is, though VS Code kept an older page of the same version", async () => {
    const rendered = (page) => vscode.commands.executeCommand("markdown.api.render", page);
    const plan = vscode.workspace.textDocuments.find((item) => item.uri.scheme === "dbt-glue-plan");
    const page = (uri, text) => ({ uri, version: plan.version, getText: () => text });
    await rendered(page(document.uri, "It keeps one page"));
    assert.match(await rendered(page(plan.uri, "An older page")), /An older page/);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("dbtGlue.showPlan");
    assert.match(await rendered(plan), /late_origins/);
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  });

  it("writes an issue with the versions", async () => {
    await vscode.commands.executeCommand("dbtGlue.reportIssue");
    const text = vscode.window.activeTextEditor.document.getText();
    assert.match(text, /- extension \d+\.\d+\.\d+\n- VS Code \d+/);
    assert.match(text, /- dbt-glue \d+\.\d+\.\d+, ready/);
  });
});

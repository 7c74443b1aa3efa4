// Run the mocha tests of test/host inside the extension host of a real VS Code.
//
//   node test/e2e/inhost.mjs [--vscode oldest|newest] [--server PATH] [--patience SECONDS] [--reports FOLDER]
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { format, parseArgs } from "node:util";

import { BIN } from "../../scripts/python.mjs";
import { launchChromium } from "./chromium.mjs";
import { HOSTS, installVSCode } from "./install.mjs";
import { startVSCode } from "./vscode.mjs";
import { addEnvironment, makeWorkspace } from "./workspace.mjs";

const CLIENT = path.resolve(import.meta.dirname, "../..");
const MINIMAL = "def model(dbt, session):\n    return session.createDataFrame([(1,)], ['a'])\n";
const LIMIT = 300_000;
const WORKBENCH = /^(\[|Creating a socket|Resolv(ed|ing) conn|Updating additional|ChatSession)/;

const { values } = parseArgs({
  options: {
    vscode: { type: "string", default: "oldest" },
    patience: { type: "string", default: "60" },
    reports: { type: "string" },
    server: { type: "string", default: path.join(BIN, "dbt-glue") },
  },
});

/** A dbt-glue of its own for a folder: the server under another name. */
function wrapper(file) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\nexec "${values.server}" "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** The real dbt, which writes beside itself in which folder it was called and how. */
function dbtThatTells(file) {
  const dbt = path.join(BIN, "dbt");
  writeFileSync(file, `#!/bin/sh\n(pwd; echo "$@") > "$0.called"\nexec "${dbt}" "$@"\n`);
  chmodSync(file, 0o755);
}

function writeSettings(folder, settings) {
  mkdirSync(path.join(folder, ".vscode"), { recursive: true });
  writeFileSync(path.join(folder, ".vscode/settings.json"), JSON.stringify(settings));
}

/** A folder with two projects that have an environment each, with a server and dbt. */
function makeProjects(folder) {
  for (const name of ["north", "south"]) {
    const project = path.join(folder, name);
    addEnvironment(project);
    wrapper(path.join(project, ".venv/bin/dbt-glue"));
    dbtThatTells(path.join(project, ".venv/bin/dbt"));
    mkdirSync(path.join(project, "models"));
    writeFileSync(path.join(project, "dbt_project.yml"), `name: ${name}\nprofile: none\n`);
    writeFileSync(path.join(project, "models", `${name}.py`), MINIMAL);
  }
  writeSettings(folder, { "dbtGlue.path": "" });
}

/** A workspace file: the example, the example with a setting of its own, and the two projects. */
function threeFolders(first, second) {
  const own = wrapper(path.join(second.root, "second-dbt-glue"));
  writeSettings(second.folder, { "dbtGlue.path": own });
  const both = path.join(second.root, "both");
  makeProjects(both);
  const file = path.join(first.root, "three.code-workspace");
  const folders = [{ path: first.folder }, { path: second.folder, name: "second" }, { path: both }];
  writeFileSync(file, JSON.stringify({ folders, settings: { "dbtGlue.path": values.server } }));
  return file;
}

const workspaces = [makeWorkspace(), makeWorkspace()];
const file = threeFolders(...workspaces);
const editor = installVSCode(values.vscode, HOSTS);
const env = {
  DBT_GLUE_TEST_PATIENCE: values.patience,
  ...(values.reports && {
    DBT_GLUE_REPORTS: path.resolve(values.reports),
    DBT_GLUE_REPORT_NAME: `${values.vscode}-host`,
  }),
};
const code = await startVSCode({ ...editor, trusted: true, testDriver: true, env });
const browser = await launchChromium();
let result = 1;
try {
  const page = await browser.newPage();
  const exit = new Promise((resolve) => {
    void page.exposeFunction("codeAutomationExit", resolve);
  });
  await page.exposeFunction("codeAutomationLog", (type, args) => {
    // The workbench speaks, too: of sockets, and of galleries and log files that it misses here.
    const text = format(...args);
    if (type !== "error" && !WORKBENCH.test(text)) {
      console.log(text);
    }
  });
  const payload = [
    ["extensionDevelopmentPath", code.remote(CLIENT)],
    ["extensionTestsPath", code.remote(path.join(CLIENT, "test/host/index.cjs"))],
  ];
  await page.goto(code.url({ workspace: file }, payload));
  const limit = delay(LIMIT, "no result in time", { ref: false });
  result = await Promise.race([exit, limit]);
} finally {
  await browser.close();
  await code.stop();
  for (const { root } of workspaces) {
    rmSync(root, { recursive: true, force: true });
  }
}
if (result !== 0) {
  console.log(`FAILED  in the extension host: ${result}`);
}
process.exit(result === 0 ? 0 : 1);

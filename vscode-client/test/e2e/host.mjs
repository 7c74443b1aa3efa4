// The mocha tests of test/host, inside the extension host of a window with three folders.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { format } from "node:util";

import { BIN } from "../../scripts/python.mjs";
import {
  addEnvironment,
  makeWorkspace,
  removeWorkspace,
  writeProgram,
  writeSettings,
} from "./workspace.mjs";

const CLIENT = path.resolve(import.meta.dirname, "../..");
const MINIMAL = "def model(dbt, session):\n    return session.createDataFrame([(1,)], ['a'])\n";
const LIMIT = 300_000; // milliseconds
const WINDOWS = 3;
const NO_FOLDERS = "not in time: the folders of the workspace"; // as test/host says it
const WORKBENCH =
  /^(\[|Creating a socket|Resolv(ed|ing) conn|Updating additional|ChatSession|Creation of)/;

/**
 * Run the tests; `passed` says whether all of them pass, `output` is what mocha says, line by line
 * also given to `say`.
 *
 * Seldom, on a busy machine, a window comes without the folders of its workspace file, and has none
 * minutes later either. Nothing of ours has begun in it: another one is opened.
 *
 * `report` is the folder and the name of their JUnit report, when there is to be one.
 */
export async function runHostTests(edition, terms) {
  for (let window = 1; ; window += 1) {
    const result = await runInWindow(edition, terms);
    if (window === WINDOWS || !result.output.includes(NO_FOLDERS)) {
      return result;
    }
  }
}

async function runInWindow(edition, { server, patience, report, say = () => {} }) {
  const workspaces = [makeWorkspace(), makeWorkspace()];
  const workspace = threeFolders(workspaces, server, {
    "dbtGlueTest.patience": patience,
    "dbtGlueTest.report": report ?? null,
  });
  const lines = [];
  let end;
  const ended = new Promise((resolve) => (end = resolve));
  const { page, keepLogs } = await edition.openTests(
    workspace,
    {
      extensionDevelopmentPath: CLIENT,
      extensionTestsPath: path.join(CLIENT, "test/host/index.cjs"),
    },
    {
      codeAutomationExit: end,
      codeAutomationLog: (type, values) => {
        // The workbench speaks, too: of sockets, and of galleries and log files that it misses here.
        const text = format(...values);
        if (type !== "error" && !WORKBENCH.test(text)) {
          lines.push(text);
          say(text);
        }
      },
    },
  );
  page.once("close", () => end("the window is closed"));
  const status = await Promise.race([ended, delay(LIMIT, "no result in time", { ref: false })]);
  if (status !== 0) {
    const folder = path.join(CLIENT, "test-artifacts", `${edition.name}-host-failure`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    keepLogs(folder);
    await page.screenshot({ path: path.join(folder, "window.png") }).catch(() => undefined);
  }
  await page.close();
  workspaces.forEach(removeWorkspace);
  const result = status === 0 ? [] : [`the extension host says: ${status}`];
  return { passed: status === 0, output: [...lines, ...result].join("\n") };
}

/** A workspace file: the example, the example with a setting of its own, and two projects in a folder. */
function threeFolders([first, second], server, settings) {
  const own = path.join(second.root, "second-dbt-glue");
  writeProgram(own, callOf(server));
  writeSettings(second.folder, { "dbtGlue.path": own });
  const both = path.join(second.root, "both");
  makeProjects(both, server);
  const file = path.join(first.root, "three.code-workspace");
  const folders = [{ path: first.folder }, { path: second.folder, name: "second" }, { path: both }];
  const content = { folders, settings: { "dbtGlue.path": server, ...settings } };
  writeFileSync(file, JSON.stringify(content));
  return file;
}

/** Two projects that have an environment each, with a server and dbt. */
function makeProjects(folder, server) {
  for (const name of ["north", "south"]) {
    const project = path.join(folder, name);
    const dbt = path.join(project, ".venv/bin/dbt");
    addEnvironment(project, callOf(server));
    // The real dbt, which writes beside itself in which folder it was called and how.
    writeProgram(dbt, `#!/bin/sh\n(pwd; echo "$@") > "$0.called"\nexec "${BIN}/dbt" "$@"\n`);
    mkdirSync(path.join(project, "models"));
    writeFileSync(path.join(project, "dbt_project.yml"), `name: ${name}\nprofile: none\n`);
    writeFileSync(path.join(project, "models", `${name}.py`), MINIMAL);
  }
  writeSettings(folder, { "dbtGlue.path": "" });
}

/** A program that is another under a name of its own. */
function callOf(program) {
  return `#!/bin/sh\nexec "${program}" "$@"\n`;
}

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
import { makeWorkspace } from "./workspace.mjs";

const CLIENT = path.resolve(import.meta.dirname, "../..");
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

/** Two folders in one workspace file; the second has a setting of its own. */
function twoFolders(first, second) {
  const wrapper = path.join(second.root, "second-dbt-glue");
  writeFileSync(wrapper, `#!/bin/sh\nexec "${values.server}" "$@"\n`);
  chmodSync(wrapper, 0o755);
  mkdirSync(path.join(second.folder, ".vscode"));
  const own = JSON.stringify({ "dbtGlue.path": wrapper });
  writeFileSync(path.join(second.folder, ".vscode/settings.json"), own);
  const file = path.join(first.root, "both.code-workspace");
  const folders = [{ path: first.folder }, { path: second.folder, name: "second" }];
  writeFileSync(file, JSON.stringify({ folders, settings: { "dbtGlue.path": values.server } }));
  return file;
}

const workspaces = [makeWorkspace(), makeWorkspace()];
const file = twoFolders(...workspaces);
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

// Everything that runs in a real VS Code, edition by edition, with the time of each part.
//
//   node test/e2e/suite.mjs [--vscode oldest] [--vscode newest] [--reports FOLDER]
//
// Both editions when none is named. The controls, which show that the suite can fail, run in the
// first one only. Ends with 1 when a part fails.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import { installVSCode, HOSTS } from "./install.mjs";

const { values } = parseArgs({
  options: {
    vscode: { type: "string", multiple: true, default: ["oldest", "newest"] },
    reports: { type: "string" },
  },
});

if (!existsSync(path.resolve(import.meta.dirname, "../../dbt-glue.vsix"))) {
  console.error("the client is not packaged. Next: make vscode");
  process.exit(1);
}
const times = [];

function timed(what, work) {
  const begin = Date.now();
  const good = work();
  const seconds = ((Date.now() - begin) / 1000).toFixed(1);
  times.push(`${good ? "ok" : "FAILED"}  ${what}  ${seconds} s`);
  console.log(times.at(-1));
  return good;
}

function script(name, edition, ...options) {
  const reports = values.reports ? ["--reports", path.resolve(values.reports)] : [];
  const file = path.join(import.meta.dirname, name);
  const args = [file, "--vscode", edition, ...options, ...reports];
  return (
    spawnSync(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] }).status === 0
  );
}

/** A window that is driven from outside may be late once; what fails twice is broken. */
function inHost(edition) {
  if (script("inhost.mjs", edition)) {
    return true;
  }
  console.log("UNSTABLE  in the extension host failed and is tried again");
  return script("inhost.mjs", edition);
}

let good = true;
for (const [place, edition] of values.vscode.entries()) {
  console.log(`\nVS Code, ${edition}`);
  const parts = [
    ["installed", () => Boolean(installVSCode(edition, HOSTS))],
    ["scenarios", () => script("run.mjs", edition, "--retries", "1")],
    ["in the extension host", () => inHost(edition)],
    ...(place === 0 ? [["controls", () => script("control.mjs", edition)]] : []),
  ];
  for (const [name, work] of parts) {
    good = timed(`${edition}: ${name}`, work) && good;
  }
}
console.log(`\n${times.join("\n")}`);
process.exit(good ? 0 : 1);

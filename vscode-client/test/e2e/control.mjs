// The suite must fail when it should: with a server that is not there, and with one that breaks.
//
//   node test/e2e/control.mjs [--vscode oldest|newest] [--reports FOLDER]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { writeReport } from "../../scripts/report.mjs";

const { values } = parseArgs({
  options: {
    vscode: { type: "string", default: "oldest" },
    reports: { type: "string" },
  },
});
const folder = mkdtempSync(path.join(tmpdir(), "control-"));
const broken = path.join(folder, "broken");
writeFileSync(broken, '#!/bin/sh\n[ "$1" = --version ] && echo "dbt-glue 9.9.9"\n');
chmodSync(broken, 0o755);

// A part of the suite, and what it must print when it fails for the right reason.
const PARTS = [
  { script: "run.mjs", args: ["editing"], says: "FAILED  editing" },
  { script: "inhost.mjs", args: [], says: "not in time: all servers are ready" },
];

/** Run a part with a server that cannot work; it is good when the part fails. */
async function control(server, { script, args, says }) {
  const begin = Date.now();
  const options = ["--vscode", values.vscode, "--patience", "12", "--server", server];
  const command = [path.join(import.meta.dirname, script), ...options, ...args];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  const [status] = await once(child, "close");
  const failed = status === 1 && output.includes(says);
  const seconds = (Date.now() - begin) / 1000;
  const name = `a server that is ${path.basename(server)} fails ${script}`;
  console.log(`${failed ? "ok" : "FAILED"}  control: ${name}  ${seconds.toFixed(1)} s`);
  return { name, seconds, error: failed ? undefined : `status ${status}\n${output}` };
}

const servers = [path.join(folder, "absent"), broken];
// They wait for most of their time, so all at once.
const cases = await Promise.all(
  servers.flatMap((server) => PARTS.map((part) => control(server, part))),
);
rmSync(folder, { recursive: true });
if (values.reports) {
  writeReport(values.reports, `${values.vscode}-controls`, cases);
}
process.exit(cases.some((item) => item.error) ? 1 : 0);

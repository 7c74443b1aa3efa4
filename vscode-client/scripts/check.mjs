// Check and package the client, step by step, with the time of each: what `make test` and `make vscode` run.
//
//   node scripts/check.mjs [--reports FOLDER]
//
// Ends with 1 when a step fails. The reports are of the unit tests and of the steps.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import { PYTHON } from "./python.mjs";
import { writeReport } from "./report.mjs";

const CLIENT = path.resolve(import.meta.dirname, "..");
const BIN = path.join(CLIENT, "node_modules/.bin");
const INSTALLED = path.join(CLIENT, "node_modules/.installed");
const { values } = parseArgs({ options: { reports: { type: "string" } } });

const lock = createHash("sha256").update(readFileSync(path.join(CLIENT, "package-lock.json")));
const wanted = lock.digest("hex");
const installed = () => existsSync(INSTALLED) && readFileSync(INSTALLED, "utf8") === wanted;
const junit = values.reports ? path.join(path.resolve(values.reports), "vitest.xml") : undefined;

const STEPS = [
  ["npm ci", install],
  ["config schema", () => run(PYTHON, "scripts/config_schema.py", "--check")],
  ["tsc", () => run("tsc", "--noEmit")],
  ["eslint", () => run("eslint", ".")],
  ["prettier", () => run("prettier", "--check", "--log-level", "warn", ".")],
  ["vitest", () => run("vitest", "run", ...reporters())],
  ["package", () => run(process.execPath, "scripts/package.mjs")],
];

function install() {
  if (installed()) {
    return true;
  }
  const done = run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error");
  if (done) {
    writeFileSync(INSTALLED, wanted);
  }
  return done;
}

function reporters() {
  const file = junit ? ["--reporter=junit", `--outputFile.junit=${junit}`] : [];
  return ["--reporter=default", ...file];
}

function run(program, ...args) {
  const own = path.join(BIN, program);
  const env = { ...process.env, NO_COLOR: "1" };
  const options = { cwd: CLIENT, stdio: ["ignore", "inherit", "inherit"], env };
  const done = spawnSync(existsSync(own) ? own : program, args, options);
  if (done.error) {
    console.error(`${program} could not be started: ${done.error.message}`);
  }
  return done.status === 0;
}

const cases = [];
for (const [name, step] of STEPS) {
  const begin = Date.now();
  const good = step();
  const seconds = (Date.now() - begin) / 1000;
  console.log(`${good ? "ok" : "FAILED"}  ${name}  ${seconds.toFixed(1)} s`);
  cases.push({ name, seconds, error: good ? undefined : "see the output" });
  if (!good && name === "npm ci") {
    break; // nothing else can run
  }
}
if (values.reports) {
  writeReport(values.reports, "client", cases);
}
process.exit(cases.some((item) => item.error) ? 1 : 0);

// End to end: the packaged extension in real VS Codes, driven by Chromium, against the real server.
//
//   node test/e2e/suite.mjs [--vscode oldest] [--vscode newest] [--server PATH] [--patience SECONDS]
//                           [--pictures] [--reports FOLDER] [part ...]
//
// Both editions when none is named, one after the other. A part is a scenario, `host` (the tests in the
// extension host) or `controls` (which show that the others can fail); all when none is named, the
// controls in the first edition only. Screenshots go to test-artifacts/, with --pictures also to where
// README, walkthrough and documentation use them. Ends with 1 when a part fails.
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import { BIN } from "../../scripts/python.mjs";
import { writeReport } from "../../scripts/report.mjs";
import { runControls } from "./controls.mjs";
import { openEdition, VSIX } from "./edition.mjs";
import { runHostTests } from "./host.mjs";
import { NAMES } from "./install.mjs";
import { SCENARIOS } from "./scenarios.mjs";
import { Stage } from "./stage.mjs";
import { Warehouse } from "./workspace.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    vscode: { type: "string", multiple: true, default: NAMES },
    server: { type: "string", default: path.join(BIN, "dbt-glue") },
    patience: { type: "string", default: "60" },
    pictures: { type: "boolean", default: false },
    reports: { type: "string" },
  },
});
const reports = values.reports && path.resolve(values.reports);
const terms = { server: values.server, patience: Number(values.patience) * 1000 };
const begin = Date.now();
const times = [];
let good = true;

/** Do a piece of work, and print how long it took and the error that is its result or is thrown. */
async function timed(what, work) {
  const start = Date.now();
  const error = await work().catch((failure) => failure);
  const seconds = (Date.now() - start) / 1000;
  good &&= error === undefined;
  times.push(`${error === undefined ? "ok" : "FAILED"}  ${what}  ${seconds.toFixed(1)} s`);
  console.log(times.at(-1));
  if (error !== undefined) {
    console.log(error.stack ?? error);
  }
  return { seconds, error: error && (error.stack ?? String(error)) };
}

/** The parts that are wanted in an edition. */
function partsOf(name) {
  if (positionals.length > 0) {
    return positionals;
  }
  const scenarios = Object.keys(SCENARIOS).filter((item) => !SCENARIOS[item].named);
  return [...scenarios, "host", ...(name === values.vscode[0] ? ["controls"] : [])];
}

async function testEdition(name, warehouse) {
  let edition;
  await timed(`${name}: start`, async () => {
    edition = await openEdition(name);
  });
  if (edition === undefined) {
    return;
  }
  const stage = new Stage(edition, { warehouse, pictures: values.pictures });
  const cases = [];
  for (const part of partsOf(name)) {
    const result = await timed(
      `${name}: ${part}`,
      () => PARTS[part]?.(edition, stage) ?? stage.play(part, terms),
    );
    if (part in SCENARIOS) {
      cases.push({ name: part, ...result });
    }
  }
  await timed(`${name}: end`, async () => {
    await stage.close();
    await edition.close();
  });
  if (reports && cases.length > 0) {
    writeReport(reports, `${name}-scenarios`, cases);
  }
}

/** On two cores, two at the same time are no sooner done, and give up waiting. */
async function testEditions(warehouse) {
  for (const name of values.vscode) {
    await testEdition(name, warehouse);
  }
}

/** The parts that are no scenarios. */
const PARTS = {
  async host(edition) {
    const report = reports && { folder: reports, name: `${edition.name}-host` };
    const say = (line) => console.log(`${edition.name}: ${line}`);
    const { passed } = await runHostTests(edition, { ...terms, report, say });
    return passed ? undefined : "not all tests in the extension host pass";
  },
  async controls(edition, stage) {
    const cases = await runControls(edition, stage);
    if (reports) {
      writeReport(reports, `${edition.name}-controls`, cases);
    }
    const wrong = cases.filter((item) => item.error);
    return wrong.length === 0
      ? undefined
      : new Error(wrong.map((item) => `${item.name}: ${item.error}`).join("\n"));
  },
};

if (!existsSync(VSIX)) {
  console.error("the client is not packaged. Next: make vscode");
  process.exit(1);
}
const warehouse = new Warehouse();
const needsSpark = values.vscode.flatMap(partsOf).some((part) => SCENARIOS[part]?.spark);
await Promise.all([
  ...(needsSpark ? [timed("a warehouse with the seed", () => warehouse.seed())] : []),
  testEditions(warehouse),
]);
await timed("the endpoint's end", () => warehouse.close());
console.log(`\n${times.join("\n")}\n${((Date.now() - begin) / 1000).toFixed(1)} s in all`);
process.exit(good ? 0 : 1);

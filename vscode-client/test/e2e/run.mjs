// End to end: the packaged extension in a real VS Code, driven by Chromium, against the real server.
//
//   node test/e2e/run.mjs [--vscode oldest|newest] [--server PATH] [--pictures] [--patience SECONDS] [--reports FOLDER] [scenario ...]
//
// Writes screenshots to test-artifacts/, with --pictures also to where README, walkthrough and
// documentation use them. Exits with 1 when a scenario fails.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import { BIN } from "../../scripts/python.mjs";
import { writeReport } from "../../scripts/report.mjs";
import { launchChromium } from "./chromium.mjs";
import { HOSTS, installVSCode } from "./install.mjs";
import { SCENARIOS } from "./scenarios.mjs";
import { startVSCode } from "./vscode.mjs";
import {
  loadSeed,
  makeWorkspace,
  MODEL,
  stopEndpoint,
  UNKNOWN_COLUMN,
  writeModel,
} from "./workspace.mjs";

const CLIENT = path.resolve(import.meta.dirname, "../..");
const ARTIFACTS = path.join(CLIENT, "test-artifacts");
const VSIX = path.join(CLIENT, "dbt-glue.vsix");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    vscode: { type: "string", default: "oldest" },
    patience: { type: "string", default: "60" },
    retries: { type: "string", default: "0" },
    reports: { type: "string" },
    pictures: { type: "boolean", default: false },
    server: { type: "string", default: path.join(BIN, "dbt-glue") },
  },
});

/** The one workspace whose endpoint has the seed: its scenarios find Spark warm, except the first. */
let withSpark;

function workspaceFor(scenario) {
  if (!scenario.spark) {
    return makeWorkspace(scenario.text);
  }
  if (withSpark === undefined) {
    withSpark = makeWorkspace(UNKNOWN_COLUMN); // dbt accepts it
    loadSeed(withSpark.folder);
  }
  writeModel(withSpark.folder, scenario.text);
  return withSpark;
}

/** Where a picture is used: by the README and the walkthrough of the client, by the documentation. */
function pictures(label) {
  const root = path.dirname(CLIENT);
  const uses = [
    ["vscode-client/README.md", "vscode-client/images", `${label}.png`],
    ["vscode-client/package.json", "vscode-client/images", `${label}.png`],
    ["docs/vscode.md", "docs/images", `vscode-${label}.png`],
  ];
  const used = uses.filter(([text, , file]) =>
    readFileSync(path.join(root, text), "utf8").includes(`images/${file}`),
  );
  return new Set(used.map(([, folder, file]) => path.join(root, folder, file)));
}

function remove({ root }) {
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}

async function run(name, scenario, editor, browser) {
  const workspace = workspaceFor(scenario);
  const settings = scenario.settings?.({ server: values.server }) ?? {};
  scenario.prepare?.(workspace);
  const code = await startVSCode({
    ...editor,
    vsix: VSIX,
    settings,
    trusted: scenario.trusted ?? true,
    env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
  });
  const page = await browser.newPage({ viewport: { width: 1180, height: 720 } });
  const shot = async (label, clip) => {
    await page.screenshot({ path: path.join(ARTIFACTS, `${values.vscode}-${label}.png`) });
    if (clip && values.pictures) {
      for (const place of pictures(label)) {
        await page.screenshot({ path: place, clip });
      }
    }
  };
  try {
    const file = path.join(workspace.folder, MODEL);
    await page.goto(code.url({ folder: workspace.folder }, [["openFile", code.remote(file)]]));
    const patience = Number(values.patience) * 1000; // until the first sign of life
    await scenario.steps({ page, shot, workspace, patience });
    return undefined;
  } catch (error) {
    await shot(`${name}-failed`);
    return error;
  } finally {
    await page.close();
    await code.stop();
    if (workspace !== withSpark) {
      remove(workspace);
    }
  }
}

mkdirSync(ARTIFACTS, { recursive: true });
if (!existsSync(VSIX)) {
  throw new Error("dbt-glue.vsix is not there. Next: npm run package");
}
const editor = installVSCode(values.vscode, HOSTS);
const browser = await launchChromium();
const runsHere = ({ editions }) => editions === undefined || editions.includes(values.vscode);
const all = Object.keys(SCENARIOS).filter(
  (name) => runsHere(SCENARIOS[name]) && !SCENARIOS[name].named,
);
const wanted = positionals.length > 0 ? positionals : all;
const cases = [];
for (const name of wanted) {
  const begin = Date.now();
  let error = await run(name, SCENARIOS[name], editor, browser);
  for (let left = Number(values.retries); error && left > 0; left--) {
    console.log(`UNSTABLE  ${name} failed and is tried again\n${error.stack}`);
    error = await run(name, SCENARIOS[name], editor, browser);
  }
  const seconds = (Date.now() - begin) / 1000;
  console.log(`${error ? "FAILED" : "ok"}  ${name}  ${seconds.toFixed(1)} s`);
  if (error) {
    console.log(error.stack);
  }
  cases.push({ name, seconds, error: error?.stack });
}
await browser.close();
if (withSpark !== undefined) {
  stopEndpoint(withSpark.folder);
  remove(withSpark);
}
if (values.reports) {
  writeReport(values.reports, `${values.vscode}-scenarios`, cases);
}
process.exit(cases.some((item) => item.error) ? 1 : 0);

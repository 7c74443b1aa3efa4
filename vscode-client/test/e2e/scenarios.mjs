// What a data engineer sees, scenario by scenario. Each fails by an exception.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";

import {
  ELSEWHERE,
  listenForRequests,
  makeHostile,
  MODEL_OF_HOSTILE,
  tryTraps,
} from "./hostile.mjs";
import {
  clickOn,
  closeAll,
  hovered,
  isUnder,
  line,
  notification,
  pressAction,
  pressLens,
  row,
  runCommand,
  schemaView,
  SOON,
  statusShows,
  suggested,
} from "./page.mjs";
import { addEnvironment, MISSPELLED, REWRITTEN, TWO_FAULTS, UNKNOWN_COLUMN } from "./workspace.mjs";

const EDITOR = { x: 343, y: 36, width: 837, height: 280 };
const TALL_EDITOR = { ...EDITOR, height: 460 };
const WINDOW = { x: 0, y: 0, width: 1180, height: 560 };
const ALL = { x: 343, y: 36, width: 837, height: 664 };
const STATUS = { x: 343, y: 640, width: 837, height: 80 };

const ourServer = (server) => ({ "dbtGlue.path": server });

/** The squiggle under the misspelled ref, its message with code and link. */
async function seeProblem({ page, patience, shot }, wrong) {
  const squiggle = page.locator(".squiggly-error").first();
  await squiggle.waitFor({ timeout: patience });
  await page.locator(".codelens-decoration a").first().waitFor(SOON); // it moves the lines below
  const problem = await hovered(page, squiggle, wrong);
  const link = problem.locator("a", { hasText: "GLU208" });
  await link.waitFor();
  const target = (await link.getAttribute("data-href")) ?? (await link.getAttribute("href"));
  const title = await link.getAttribute("title");
  assert.match(`${target} ${title}`, /rules\/GLU208/);
  await shot("squiggle", EDITOR);
  await page.mouse.move(5, 5);
}

/** The fix of the problem, taken with a click. */
async function takeFix({ page, shot }, right) {
  const squiggle = page.locator(".squiggly-error").first();
  await clickOn(page, squiggle);
  await page.locator(".lightBulbWidget").first().waitFor(SOON);
  await page.keyboard.press("Control+.");
  const fix = page.locator(".action-widget .monaco-list-row", { hasText: right }).first();
  await fix.waitFor(SOON);
  await shot("fix", EDITOR);
  await clickOn(page, fix);
  await line(page, `dbt.ref("${right}")`).waitFor(SOON);
  await squiggle.waitFor({ state: "detached", ...SOON });
}

/** What Spark says of the column that only Spark can miss, at its line. */
async function seeUnknownColumn({ page, patience, shot }) {
  const squiggle = page.locator(".squiggly-error").first();
  await squiggle.waitFor({ timeout: 2 * patience }); // Spark may have to start
  await eventually(() => isUnder(squiggle, line(page, "altitud > 1000")));
  await hovered(page, squiggle, "altitud");
  await shot("validate", TALL_EDITOR);
  await page.mouse.move(5, 5);
}

/** The column as it is called. */
async function correctColumn({ page }) {
  await line(page, "altitud > 1000").click();
  await page.keyboard.press("End");
  await page.keyboard.press("Shift+Home");
  await page.keyboard.type('high = airports.drop("dst").where(F.expr("alt > 1000"))');
}

/** Spark has nothing against the model. */
async function seeValid({ page, patience }) {
  await pressLens(page, "Validate in session");
  const said = page.locator(".statusbar-item", { hasText: "late_origins: valid in the session" });
  await said.waitFor({ timeout: patience });
  assert.equal(await page.locator(".squiggly-error").count(), 0);
}

/** The lines of the terminal in which the model runs. */
async function terminalShows(page, pattern, patience) {
  const rows = page.locator(".terminal-wrapper.active .xterm-accessibility, .xterm-rows");
  await eventually(
    async () => (await rows.allInnerTexts()).some((text) => pattern.test(text)),
    patience,
  );
}

const editing = {
  text: MISSPELLED,
  shares: true,
  settings: ourServer,
  async steps(bench) {
    const { page, shot } = bench;
    await seeProblem(bench, "stg_flight");
    await takeFix(bench, "stg_flights");

    const ref = line(page, 'dbt.ref("airports")').locator("span", { hasText: "airports" }).last();
    await hovered(page, ref, "faa");
    await shot("hover", TALL_EDITOR);

    await page.mouse.move(5, 5);
    await line(page, 'dbt.ref("airports")').click();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.keyboard.type('carriers = dbt.ref("air', { delay: 40 });
    await suggested(page, "airlines");
    await shot("completion", TALL_EDITOR);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Shift+Home");
    await page.keyboard.type('places = airports.select("', { delay: 40 });
    await suggested(page, "tzone");
    await shot("columns", TALL_EDITOR);
    await page.keyboard.press("Escape");

    await statusShows(page, /dbt-glue \d+\.\d+\.\d+/);
    await statusShows(page, /session: off/);
    await shot("status", STATUS);
  },
};

const views = {
  text: UNKNOWN_COLUMN,
  shares: true,
  settings: ourServer,
  async steps({ page, patience, shot }) {
    await page.locator(".codelens-decoration a").first().waitFor({ timeout: patience });

    const schemas = await schemaView(page);
    await row(schemas, "airports");
    await row(schemas, "tzone");
    await row(schemas, "output");
    await line(page, "high.select(").click();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.type(", ");
    const column = await row(schemas, "tzone");
    await column.hover();
    await shot("schemas", WINDOW);
    await pressAction(schemas, "tzone", "Insert Column", line(page, '"alt", "tzone")'));
    const definition = page.locator(".tab", { hasText: "airports.csv" });
    await pressAction(schemas, "airports", "Go to Definition", definition);
    await page.locator(".tab", { hasText: "late_origins.py" }).click();

    await pressLens(page, "Show program");
    await page.locator(".tab", { hasText: "late_origins (compiled).py" }).waitFor(SOON);
    await line(page, "altitud > 1000", 1).waitFor(SOON);
    await line(page, "altitud > 1000").click();
    await page.keyboard.press("End");
    await page.keyboard.type("  # metres");
    assert.equal(await line(page, "# metres", 1).count(), 0, "not before the save");
    await page.keyboard.press("Control+s");
    await line(page, "# metres", 1).waitFor(SOON);
    await shot("program", WINDOW);

    await runCommand(page, "dbt-glue: Compare Model with Compiled Program");
    await page.locator(".monaco-diff-editor").first().waitFor(SOON);
    await shot("compare");
    await page.keyboard.press("Control+F4");

    await page.locator(".tab", { hasText: "late_origins.py" }).first().click();
    await runCommand(page, "dbt-glue: Show Optimisation Plan");
    await page.locator(".tab", { hasText: /late_origins \(plan\)\.md/ }).waitFor(SOON);
    await eventually(async () => {
      // The page is in a frame of a frame, which VS Code replaces while it loads.
      const text = (frame) => frame.evaluate(() => document.body?.innerText ?? "").catch(() => "");
      const texts = await Promise.all(page.frames().slice(1).map(text));
      return texts.some((item) => item.includes("late_origins"));
    });
    await shot("plan", WINDOW);
  },
};

function rowOfExplorer(page, name) {
  return page.locator(".explorer-folders-view .monaco-list-row", { hasText: name });
}

/** A file by its row in the explorer: the box of files would offer the compiled view, too. */
async function openFromExplorer(page, name) {
  await rowOfExplorer(page, name).dblclick();
  await page.locator(".tab.active", { hasText: name }).waitFor(SOON);
}

const rewrites = {
  text: REWRITTEN,
  shares: true,
  settings: ourServer,
  async steps({ page, patience, shot }) {
    await page.locator(".codelens-decoration a").first().waitFor({ timeout: patience });
    // What a run does by itself stands at the end of its line, what it leaves to people is underlined.
    await line(page, "projected to 3 of 11").waitFor(SOON);
    const squiggle = page.locator(".squiggly-info").first();
    await squiggle.waitFor(SOON);
    await hovered(page, squiggle, "collects 8 columns");
    await shot("hint", TALL_EDITOR);
    await page.mouse.move(5, 5);

    await pressLens(page, "Show program");
    await page.locator(".tab", { hasText: "late_origins (compiled).py" }).waitFor(SOON);
    await line(page, "planes = planes.withColumns({", 1).waitFor(SOON);
    const tab = page.locator(".tab", { hasText: "late_origins.py" }).first();
    await tab.click();
    await runCommand(page, "File: Reveal Active File in Explorer View"); // for later
    await rowOfExplorer(page, "late_origins.py").waitFor(SOON);
    await tab.click();
    await runCommand(page, "View: Revert and Close Editor"); // the compiled view gets its place
    const table = line(page, 'planes = spark.table("nycflights.planes")');
    await table.waitFor(SOON);
    await table.hover();
    await page.mouse.wheel(0, 100);
    await line(page, "# was: pdf = planes.toPandas()").waitFor(SOON);
    await shot("compiled", ALL);

    await openFromExplorer(page, "late_origins.py");
    await runCommand(page, "dbt-glue: Show Program as It Is Sent");
    await page.locator(".tab", { hasText: "late_origins (as sent).py" }).waitFor(SOON);
    await line(page, "__dbt_glue__.run_model(", 1).waitFor(SOON);

    await closeAll(page);
    await openFromExplorer(page, "late_origins.py");
    await runCommand(page, "dbt-glue: Show Optimisation Plan");
    const plan = page.locator(".tab", { hasText: /late_origins \(plan\)\.md/ });
    await plan.waitFor(SOON);
    await eventually(async () => {
      const text = (frame) => frame.evaluate(() => document.body?.innerText ?? "").catch(() => "");
      const texts = await Promise.all(page.frames().slice(1).map(text));
      return texts.some((item) => item.includes("to make it apply"));
    });
    await page.locator(".tab", { hasText: "late_origins.py" }).first().click();
    await runCommand(page, "View: Revert and Close Editor");
    await plan.waitFor(SOON);
    await page.mouse.move(5, 5); // away from the tab, which tells how to close it
    await new Promise((resolve) => setTimeout(resolve, 2000)); // the page is laid out anew
    await shot("rewrites", ALL);
  },
};

const session = {
  text: UNKNOWN_COLUMN,
  shares: true,
  spark: true,
  settings: ourServer,
  async steps(bench) {
    const { page, patience, shot } = bench;
    await page.locator(".codelens-decoration a").first().waitFor({ timeout: patience });
    assert.equal(await page.locator(".squiggly-error").count(), 0, "only Spark knows");
    await pressLens(page, "Validate in session");
    await seeUnknownColumn(bench);

    await statusShows(page, /session: warm/, patience);
    await statusShows(page, /local endpoint/);
    await shot("session", STATUS);
    await page.keyboard.press("Escape");

    await correctColumn(bench);
    await seeValid(bench);
    const schemas = await schemaView(page);
    await row(schemas, "session");
    await shot("valid", WINDOW);
  },
};

const run = {
  text: UNKNOWN_COLUMN,
  shares: true,
  spark: true,
  settings: ourServer,
  async steps(bench) {
    const { page, patience, shot } = bench;
    await page.locator(".codelens-decoration a").first().waitFor({ timeout: patience });
    await pressLens(page, "Run");
    await terminalShows(page, /ERROR=1/, 2 * patience);
    await terminalShows(page, /exit code: 1/, patience); // until then the task is active
    const squiggle = page.locator(".squiggly-error").first();
    await squiggle.waitFor(SOON);
    assert.equal(await page.locator(".squiggly-error").count(), 1);
    await eventually(() => isUnder(squiggle, line(page, "altitud > 1000")));
    await hovered(page, squiggle, "dbt run");
    await shot("run-error");
    await page.mouse.move(5, 5);

    await correctColumn(bench);
    await pressLens(page, "Run");
    await terminalShows(page, /PASS=1/, patience);
    assert.equal(await page.locator(".squiggly-error").count(), 0, "the error is gone");
  },
};

const demo = {
  text: TWO_FAULTS,
  spark: true,
  named: true,
  editions: ["newest"],
  settings: ourServer,
  async steps(bench) {
    const { page, patience, shot } = bench;
    await page.locator(".squiggly-error").first().waitFor({ timeout: patience });
    await shot("open", WINDOW);
    await seeProblem(bench, "airport");
    await takeFix(bench, "airports");
    await pressLens(page, "Validate in session");
    await seeUnknownColumn(bench);
    await correctColumn(bench);
    await seeValid(bench);
    await pressLens(page, "Run");
    await terminalShows(page, /PASS=1/, 2 * patience);
    await shot("run", ALL);
  },
};

const missing = {
  text: MISSPELLED,
  prepare: ({ folder }) => addEnvironment(folder),
  async steps({ page, patience, shot, workspace }) {
    const python = path.join(workspace.folder, ".venv/bin/python");
    const offer = notification(page, "Models in nycflights are not checked");
    await offer.waitFor({ timeout: patience });
    const text = await offer.innerText();
    assert.ok(text.includes(`is neither beside ${python} nor on PATH`), text);
    assert.match(text, /install (--python \S+ )?dbt-glue-python/);
    await offer.locator(".monaco-button", { hasText: "Install into This Environment" }).waitFor();
    await shot("missing");
  },
};

const wrongPath = {
  text: MISSPELLED,
  settings: () => ({ "dbtGlue.path": "/nowhere/dbt-glue" }),
  async steps({ page, patience, shot }) {
    const told = notification(page, "/nowhere/dbt-glue does not exist");
    await told.waitFor({ timeout: patience });
    await told.locator(".monaco-button", { hasText: "Show Log" }).click();
    // The channel is shown; its lines come from a native module that this host does not have.
    const channel = page.locator(".part.panel select").filter({ hasText: "dbt-glue" }).first();
    await channel.waitFor(SOON);
    const chosen = await channel.evaluate((item) => item.selectedOptions[0].textContent);
    assert.equal(chosen, "dbt-glue");
    await shot("wrong-path");
  },
};

const untrusted = {
  text: MISSPELLED,
  trusted: false,
  prepare: ({ folder }) =>
    addEnvironment(folder, `#!/bin/sh\ntouch ${folder}/started\necho "dbt-glue 9.9.9"\n`),
  async steps({ page, patience, shot, workspace }) {
    const told = notification(page, "restricted mode");
    await told.waitFor({ timeout: patience });
    const manage = told.locator(".monaco-button", { hasText: "Manage Trust" });
    await manage.waitFor();
    await shot("untrusted");
    const started = () => existsSync(path.join(workspace.folder, "started"));
    assert.equal(started(), false, "it was started");
    await manage.click();
    const trust = page.locator(".workspace-trust-editor .monaco-button", { hasText: /^Trust$/ });
    await trust.first().click(SOON);
    await eventually(started, patience);
  },
};

const hostile = {
  text: MODEL_OF_HOSTILE,
  trusted: false,
  own: ourServer, // of the user, who has not let the workspace choose one
  async prepare(workspace) {
    workspace.canary = await listenForRequests();
    workspace.hostile = makeHostile(workspace, workspace.canary.port);
    await tryTraps(workspace, workspace.hostile, workspace.canary);
  },
  async steps({ page, patience, shot, workspace }) {
    const { canary, hostile: planted } = workspace;
    const asked = [];
    page.on("request", (request) => {
      if (request.url().startsWith(ELSEWHERE)) {
        asked.push(request.url());
      }
    });
    // The server of the user has read the project, and its processes have started.
    await page.locator(".squiggly-error").first().waitFor({ timeout: patience });
    const ref = line(page, 'dbt.ref("lure")').locator("span", { hasText: "lure" }).last();
    const shown = await hovered(page, ref, "Rows of a lure");
    await shot("hostile", TALL_EDITOR);
    const targets = await shown
      .locator("a")
      .evaluateAll((links) =>
        links.map((link) => `${link.dataset.href ?? ""}${link.getAttribute("href") ?? ""}`),
      );
    assert.deepEqual(
      targets.filter((target) => target.includes("command:")),
      [],
    );
    assert.equal(await shown.locator("img").count(), 0, "an image of the workspace is shown");
    await page.mouse.move(5, 5);

    await line(page, "lure.join(").click();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.keyboard.type("x = lure.select('", { delay: 40 });
    await suggested(page, "carrier");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+s");
    await runCommand(page, "dbt-glue: Show Optimisation Plan");
    await page.locator(".tab", { hasText: /late_origins \(plan\)\.md/ }).waitFor(SOON);
    await shot("hostile-plan", ALL);
    assert.equal(planted.ran(), "", "something of the workspace was run");
    assert.deepEqual([...canary.asked, ...asked], [], "something was fetched");
    // A page that did fetch would have been seen.
    await page.evaluate((place) => (new globalThis.Image().src = `${place}/trial.png`), ELSEWHERE);
    await eventually(() => asked.length === 1);
    canary.close();
  },
};

export const SCENARIOS = {
  editing,
  views,
  rewrites,
  session,
  run,
  demo,
  missing,
  "wrong-path": wrongPath,
  untrusted,
  hostile,
};

async function eventually(ask, patience = SOON.timeout) {
  const deadline = Date.now() + patience;
  while (!(await ask())) {
    assert.ok(Date.now() < deadline, `not in time: ${ask}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

// What a data engineer sees, scenario by scenario. Each fails by an exception.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";

import {
  clickOn,
  hovered,
  hoverOver,
  line,
  notification,
  pressLens,
  row,
  runCommand,
  schemaView,
  statusShows,
  suggested,
} from "./page.mjs";
import { addEnvironment, MISSPELLED, UNKNOWN_COLUMN } from "./workspace.mjs";

const EDITOR = { x: 343, y: 36, width: 837, height: 280 };
const TALL_EDITOR = { ...EDITOR, height: 460 };
const WINDOW = { x: 0, y: 0, width: 1180, height: 560 };
const STATUS = { x: 343, y: 640, width: 837, height: 80 };
const SOON = { timeout: 20_000 };

const ourServer = ({ server }) => ({ "dbtGlue.path": server });

const editing = {
  text: MISSPELLED,
  settings: ourServer,
  async steps({ page, patience, shot }) {
    const squiggle = page.locator(".squiggly-error").first();
    await squiggle.waitFor({ timeout: patience });

    await hoverOver(page, squiggle);
    const problem = await hovered(page, "stg_flight");
    const link = problem.locator("a", { hasText: "GLU208" });
    await link.waitFor();
    const target = (await link.getAttribute("data-href")) ?? (await link.getAttribute("href"));
    const title = await link.getAttribute("title");
    assert.match(`${target} ${title}`, /rules\/GLU208/);
    await shot("squiggle", EDITOR);

    await page.mouse.move(5, 5);
    await clickOn(page, squiggle);
    await page.keyboard.press("Control+.");
    const fix = page.locator(".action-widget .monaco-list-row", { hasText: "stg_flights" }).first();
    await fix.waitFor(SOON);
    await shot("fix", EDITOR);
    await clickOn(page, fix);
    await line(page, 'dbt.ref("stg_flights")').waitFor(SOON);
    await squiggle.waitFor({ state: "detached", ...SOON });

    const ref = line(page, 'dbt.ref("airports")').locator("span", { hasText: "airports" }).last();
    await hoverOver(page, ref);
    await hovered(page, "faa");
    await shot("hover", TALL_EDITOR);

    await page.mouse.move(5, 5);
    await line(page, 'dbt.ref("airports")').click();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.keyboard.type('carriers = dbt.ref("', { delay: 40 });
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
  settings: ourServer,
  async steps({ page, patience, shot }) {
    await page.locator(".codelens-decoration a").first().waitFor({ timeout: patience });

    const schemas = await schemaView(page);
    await row(schemas, "airports");
    await row(schemas, "tzone");
    await row(schemas, "output");
    await line(page, "return high").click();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.type(", ");
    const column = await row(schemas, "tzone");
    await column.hover();
    await shot("schemas", WINDOW);
    await column.locator('[aria-label^="Insert Column"]').click();
    await line(page, '"alt", "tzone")').waitFor(SOON);
    const relation = await row(schemas, "airports");
    await relation.hover();
    await relation.locator('[aria-label^="Go to Definition"]').click();
    await page.locator(".tab", { hasText: "airports.csv" }).waitFor(SOON);
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
      const texts = await Promise.all(page.frames().map((frame) => frame.textContent("body")));
      return texts.some(
        (text) => /rewrite|plan/i.test(text ?? "") && text.includes("late_origins"),
      );
    });
    await shot("plan", WINDOW);
  },
};

const session = {
  text: UNKNOWN_COLUMN,
  spark: true,
  settings: ourServer,
  async steps({ page, patience, shot }) {
    await page.locator(".codelens-decoration a").first().waitFor({ timeout: patience });
    assert.equal(await page.locator(".squiggly-error").count(), 0, "only Spark knows");
    await pressLens(page, "Validate in session");
    const squiggle = page.locator(".squiggly-error").first();
    await squiggle.waitFor({ timeout: 2 * patience }); // Spark may have to start
    const [marked, text] = [await squiggle.boundingBox(), line(page, "altitud > 1000")];
    const wanted = await text.boundingBox();
    assert.ok(Math.abs(marked.y - wanted.y) < 5, "the squiggle is under the line with the column");
    await hoverOver(page, squiggle);
    await hovered(page, "altitud");
    await shot("validate", TALL_EDITOR);

    await page.mouse.move(5, 5);
    await statusShows(page, /session: warm/, patience);
    await statusShows(page, /local endpoint/);
    await shot("session", STATUS);
    await page.keyboard.press("Escape");

    await text.click();
    await page.keyboard.press("End");
    await page.keyboard.press("Shift+Home");
    await page.keyboard.type('high = airports.where(F.expr("alt > 1000"))');
    await pressLens(page, "Validate in session");
    const said = page.locator(".statusbar-item", { hasText: "late_origins: valid in the session" });
    await said.waitFor({ timeout: patience });
    assert.equal(await squiggle.count(), 0);
    const schemas = await schemaView(page);
    await row(schemas, "session");
    await shot("valid", WINDOW);
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
    await told.locator(".monaco-button", { hasText: "Manage Trust" }).waitFor();
    await shot("untrusted");
    assert.equal(existsSync(path.join(workspace.folder, "started")), false, "it was started");
  },
};

export const SCENARIOS = {
  editing,
  views,
  session,
  missing,
  "wrong-path": wrongPath,
  untrusted,
};

async function eventually(ask) {
  const deadline = Date.now() + SOON.timeout;
  while (!(await ask())) {
    assert.ok(Date.now() < deadline, `not in time: ${ask}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

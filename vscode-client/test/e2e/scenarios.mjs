// What a data engineer sees, scenario by scenario. Each fails by an exception.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";

import { addEnvironment, MODEL } from "./workspace.mjs";

const EDITOR = { x: 343, y: 36, width: 837, height: 280 };
const TALL_EDITOR = { ...EDITOR, height: 460 };
const STATUS = { x: 343, y: 660, width: 837, height: 60 };

const editing = {
  file: MODEL,
  settings: ({ server }) => ({ "dbtGlue.path": server }),
  async steps({ page, patience, shot }) {
    const squiggle = page.locator(".squiggly-error").first();
    await squiggle.waitFor({ timeout: patience });

    await hoverOver(page, await squiggle.boundingBox());
    const problem = page.locator(".monaco-hover:not(.hidden)", { hasText: "stg_flight" }).first();
    await problem.waitFor({ timeout: 20_000 });
    const link = problem.locator("a", { hasText: "GLU208" });
    await link.waitFor();
    const target = (await link.getAttribute("data-href")) ?? (await link.getAttribute("href"));
    const title = await link.getAttribute("title");
    assert.match(`${target} ${title}`, /rules\/GLU208/);
    await shot("squiggle", EDITOR);

    await page.mouse.move(5, 5);
    await clickOn(page, await squiggle.boundingBox());
    await page.keyboard.press("Control+.");
    const fix = page.locator(".action-widget .monaco-list-row", { hasText: "stg_flights" }).first();
    await fix.waitFor({ timeout: 20_000 });
    await shot("fix", EDITOR);
    await clickOn(page, await fix.boundingBox());
    await line(page, 'dbt.ref("stg_flights")').waitFor({ timeout: 20_000 });
    await squiggle.waitFor({ state: "detached", timeout: 20_000 });

    const ref = line(page, 'dbt.ref("airports")').locator("span", { hasText: "airports" }).last();
    await hoverOver(page, await ref.boundingBox());
    const schema = page.locator(".monaco-hover:not(.hidden)", { hasText: "faa" }).first();
    await schema.waitFor({ timeout: 20_000 });
    await shot("hover", TALL_EDITOR);

    await page.mouse.move(5, 5);
    await line(page, 'dbt.ref("airports")').click();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.keyboard.type('carriers = dbt.ref("', { delay: 40 });
    const rows = page.locator(".suggest-widget.visible .monaco-list-row");
    await rows.filter({ hasText: "airlines" }).first().waitFor({ timeout: 20_000 });
    await shot("completion", TALL_EDITOR);
    await page.keyboard.press("Escape");

    await statusShows(page, /dbt-glue \d+\.\d+\.\d+/);
    await shot("status", STATUS);
  },
};

const missing = {
  file: MODEL,
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
  file: MODEL,
  settings: () => ({ "dbtGlue.path": "/nowhere/dbt-glue" }),
  async steps({ page, patience, shot }) {
    const told = notification(page, "/nowhere/dbt-glue does not exist");
    await told.waitFor({ timeout: patience });
    await told.locator(".monaco-button", { hasText: "Show Log" }).click();
    // The channel is shown; its lines come from a native module that this host does not have.
    const channel = page.locator(".part.panel select").filter({ hasText: "dbt-glue" }).first();
    await channel.waitFor({ timeout: 20_000 });
    const chosen = await channel.evaluate((item) => item.selectedOptions[0].textContent);
    assert.equal(chosen, "dbt-glue");
    await shot("wrong-path");
  },
};

const untrusted = {
  file: MODEL,
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

export const SCENARIOS = { editing, missing, "wrong-path": wrongPath, untrusted };

function line(page, text) {
  return page.locator(".view-line", { hasText: text }).first();
}

function notification(page, text) {
  return page.locator(".notification-toast", { hasText: text }).first();
}

/** Squiggles lie under the text and menus above a shield: a click goes to the place, not the element. */
async function clickOn(page, box) {
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

async function hoverOver(page, box) {
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
}

async function statusShows(page, pattern) {
  await page.locator('[id="status.languageStatus"]').click();
  const shown = page.locator(".hover-language-status", { hasText: pattern }).first();
  await shown.waitFor({ timeout: 20_000 });
  const opaque = () => {
    const parts = [...document.querySelectorAll(".workbench-hover-container, .monaco-hover")];
    return parts.every((part) => !part.getAnimations({ subtree: true }).length);
  };
  await page.waitForFunction(opaque);
}

// What a person does with VS Code's window, as functions of its page.

/** How long the window may take to do what it was asked for; long, since only failures wait for it. */
export const SOON = { timeout: 60_000 };

/** The line of an editor that has this text; the group is 0 for the left one, 1 for the one beside. */
export function line(page, text, group = 0) {
  const editor = page.locator(".editor-group-container").nth(group);
  return editor.locator(".view-line", { hasText: text }).first();
}

export function notification(page, text) {
  return page.locator(".notification-toast", { hasText: text }).first();
}

/** Squiggles lie under the text and menus above a shield: a click goes to the place, not the element. */
export async function clickOn(page, target) {
  const { x, y } = await centre(target);
  await page.mouse.click(x, y);
}

/**
 * The hover with a text that a place shows. A lens that arrives moves the lines below it away from under the mouse, and
 * a hover that was asked for before the answer was there stays empty: then leave the place, and come back.
 */
export async function hovered(page, target, text) {
  const shown = page.locator(".monaco-hover:not(.hidden)", { hasText: text }).first();
  const deadline = Date.now() + SOON.timeout;
  for (;;) {
    const failure = await hoverOver(page, target, shown).catch((error) => error);
    if (failure === undefined) {
      return shown;
    }
    if (Date.now() > deadline) {
      throw failure;
    }
    await page.mouse.move(5, 5);
  }
}

async function hoverOver(page, target, shown) {
  const { x, y } = await centre(target);
  await page.mouse.move(x, y);
  await shown.waitFor({ timeout: 10_000 });
}

/** Whether a squiggle is under the line with a text, once the lines stay where they are. */
export async function isUnder(squiggle, wanted) {
  const [marked, below] = [await squiggle.boundingBox(), await wanted.boundingBox()];
  return marked !== null && below !== null && Math.abs(marked.y - below.y) < 5;
}

async function centre(target) {
  const box = await target.boundingBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** The suggestion with this text. */
export async function suggested(page, text) {
  const rows = page.locator(".suggest-widget.visible .monaco-list-row");
  await rows.filter({ hasText: text }).first().waitFor(SOON);
}

/** Press the lens above the model. */
export async function pressLens(page, title) {
  const lens = page.locator(".codelens-decoration a", { hasText: title }).first();
  await lens.waitFor(SOON);
  await lens.click();
}

/** Run a command of the palette by its title. */
export async function runCommand(page, title) {
  await pick(page, "F1", `>${title}`, title);
}

/** Open a file of the workspace by its name. */
export async function openFile(page, name) {
  const tab = page.locator(".tab.active", { hasText: name });
  await pick(page, "Control+p", name, name, tab);
}

/**
 * Pick what quick input lists for a text, until `seen` is there. It closes when a view that opens late takes the focus,
 * one that was opened before VS Code knew the editor for a model's never lists the model's commands, and a list that
 * moves under the mouse opens nothing: then close it, and ask again.
 */
async function pick(page, key, text, title, seen) {
  const input = page.locator(".quick-input-widget input").first();
  const row = page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first();
  const deadline = Date.now() + SOON.timeout;
  for (;;) {
    await page.keyboard.press(key);
    const failure = await picked(input, row, text, seen).catch((error) => error);
    if (failure === undefined) {
      return;
    }
    if (Date.now() > deadline) {
      throw failure;
    }
    await page.keyboard.press("Escape");
  }
}

/** A click, and no key: the key would go to whatever has the focus by then. */
async function picked(input, row, text, seen) {
  const patience = { timeout: 10_000 };
  await input.fill(text, patience);
  await row.click(patience);
  await seen?.waitFor(patience);
}

/** Close the editors, without saving, and the panel. */
export async function closeAll(page) {
  const tabs = page.locator(".editor-group-container .tab");
  for (let left = await tabs.count(); left > 0; left -= 1) {
    await runCommand(page, "View: Revert and Close Editor");
    await tabs.nth(left - 1).waitFor({ state: "detached", ...SOON });
  }
  if (await page.locator(".part.panel").isVisible()) {
    await page.keyboard.press("Control+j");
    await page.locator(".part.panel").waitFor({ state: "hidden", ...SOON });
  }
}

/** The view of schemas in the explorer, opened, with the room of the list of files. */
export async function schemaView(page) {
  const files = page.locator('.pane-header[aria-label^="Explorer Section"]');
  if ((await files.getAttribute("aria-expanded")) === "true") {
    await files.click();
  }
  const pane = page
    .locator(".pane", { has: page.locator('[aria-label^="Model Schemas"]') })
    .first();
  const header = pane.locator(".pane-header");
  await header.waitFor(SOON);
  if ((await header.getAttribute("aria-expanded")) === "false") {
    await header.click();
  }
  return pane;
}

/** The row of a tree that has this text. */
export async function row(pane, text) {
  const found = pane.locator(".monaco-list-row", { hasText: text }).first();
  await found.waitFor(SOON);
  return found;
}

/**
 * Press what a row of a tree offers under the mouse, until `seen` is there. While the view is drawn again the row may
 * move on, and what is pressed just then does nothing.
 */
export async function pressAction(pane, text, title, seen) {
  const shown = await row(pane, text);
  const action = shown.locator(`[aria-label^="${title}"]`);
  const deadline = Date.now() + SOON.timeout;
  for (;;) {
    await shown.hover();
    const failure = await pressed(action, seen).catch((error) => error);
    if (failure === undefined) {
      return;
    }
    if (Date.now() > deadline) {
      throw failure;
    }
  }
}

async function pressed(action, seen) {
  await action.click({ timeout: 1000 });
  await seen.waitFor({ timeout: 10_000 });
}

/** Open what is behind the braces in the status bar, and see the text there. */
export async function statusShows(page, pattern, patience = SOON.timeout) {
  const shown = page.locator(".hover-language-status", { hasText: pattern }).first();
  if (!(await shown.isVisible())) {
    await page.locator('[id="status.languageStatus"]').click();
  }
  await shown.waitFor({ timeout: patience });
  const opaque = () => {
    const parts = [...document.querySelectorAll(".workbench-hover-container, .monaco-hover")];
    return parts.every((part) => !part.getAnimations({ subtree: true }).length);
  };
  await page.waitForFunction(opaque);
}

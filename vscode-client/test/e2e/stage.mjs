// Plays scenarios in an edition of VS Code, those that can in one window, and keeps what was seen.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { closeAll, openFile } from "./page.mjs";
import { SCENARIOS } from "./scenarios.mjs";
import { makeWorkspace, MODEL, removeWorkspace, writeModel, writeSettings } from "./workspace.mjs";

const CLIENT = path.resolve(import.meta.dirname, "../..");
const ARTIFACTS = path.join(CLIENT, "test-artifacts");

export class Stage {
  #edition;
  #warehouse;
  #pictures;
  /** The scene that scenarios share; undefined before the first of them, and after a failure. */
  #shared;

  /** With `pictures` those of the README, the walkthrough and the documentation are taken again. */
  constructor(edition, { warehouse, pictures = false }) {
    this.#edition = edition;
    this.#warehouse = warehouse;
    this.#pictures = pictures;
    mkdirSync(ARTIFACTS, { recursive: true });
  }

  /**
   * Do the steps of a scenario; the result is the error with which they fail, or undefined.
   *
   * `server` is the command of our server, `patience` the milliseconds until its first sign of life.
   * A scenario that shares a window can be played `apart`, by a control that expects its failure.
   */
  async play(name, { server, patience, apart = false }) {
    const scenario = SCENARIOS[name];
    const shares = scenario.shares === true && !apart;
    const scene = (shares && this.#shared) || (await this.#prepare(scenario, server));
    this.#shared = shares ? scene : this.#shared;
    let error;
    try {
      await this.#show(scene, scenario);
      const shot = (label, clip) => this.#shoot(scene.page, label, clip);
      await scenario.steps({ ...scene, patience, shot });
    } catch (failure) {
      error = failure;
      if (!apart) {
        await this.#keepEvidence(name, scene);
      }
    }
    if (error !== undefined || !shares) {
      await this.#strike(scene);
    }
    return error;
  }

  async close() {
    if (this.#shared !== undefined) {
      await this.#strike(this.#shared);
    }
  }

  async #prepare(scenario, server) {
    const workspace = makeWorkspace(scenario.text);
    this.#warehouse.use(workspace, this.#edition.name);
    writeSettings(workspace.folder, scenario.settings?.(server) ?? {});
    await scenario.prepare?.(workspace);
    const own = scenario.own?.(server) ?? {};
    return { workspace, own, page: undefined, console: [] };
  }

  /** The model of the scenario in the editor, and nothing else: in a new window, or in its own. */
  async #show(scene, { text, trusted = true, spark = false }) {
    const { folder } = scene.workspace;
    const file = path.join(folder, MODEL);
    if (spark) {
      await this.#warehouse.seed();
    }
    if (scene.page === undefined) {
      scene.page = await this.#edition.openWindow(folder, file, { trusted, own: scene.own });
      scene.page.on("console", (message) => scene.console.push(message.text()));
    } else {
      await closeAll(scene.page);
      writeModel(folder, text);
      await openFile(scene.page, path.basename(file));
    }
  }

  async #shoot(page, label, clip) {
    await page.screenshot({ path: path.join(ARTIFACTS, `${this.#edition.name}-${label}.png`) });
    for (const place of clip && this.#pictures ? placesOf(label) : []) {
      await page.screenshot({ path: place, clip });
    }
  }

  async #keepEvidence(name, { page, console }) {
    const folder = path.join(ARTIFACTS, `${this.#edition.name}-${name}-failure`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    this.#edition.keepLogs(folder);
    writeFileSync(path.join(folder, "console.log"), console.join("\n"));
    await page?.screenshot({ path: path.join(folder, "window.png") });
  }

  async #strike(scene) {
    this.#shared = scene === this.#shared ? undefined : this.#shared;
    await scene.page?.close();
    removeWorkspace(scene.workspace);
  }
}

/** Where a picture is used: by the README and the walkthrough of the client, by the documentation. */
function placesOf(label) {
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

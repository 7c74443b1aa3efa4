// One edition of VS Code with the package, and one Chromium for all of its windows.
import path from "node:path";

import { launchChromium } from "./chromium.mjs";
import { installVSCode } from "./install.mjs";
import { SOON } from "./page.mjs";
import { startVSCode } from "./vscode.mjs";

const VIEWPORT = { width: 1180, height: 720 };

/** The package that is tested. */
export const VSIX = path.resolve(import.meta.dirname, "../../dbt-glue.vsix");

/** Install an edition where that is needed, and start it. */
export async function openEdition(name) {
  const options = { ...(await installVSCode(name)), vsix: VSIX };
  const [code, browser] = await Promise.all([startVSCode(options), launchChromium()]);
  const driven = [];

  async function open({ url, remote }, place, files, functions = {}) {
    const page = await browser.newPage({ viewport: VIEWPORT });
    for (const [title, answer] of Object.entries(functions)) {
      await page.exposeFunction(title, answer);
    }
    const payload = Object.entries(files).map(([key, file]) => [key, remote(file)]);
    await page.goto(url(place, payload), SOON);
    return page;
  }

  return {
    name,
    keepLogs: code.keepLogs,

    /** Open a window of a folder with a file in it. */
    openWindow: (folder, openFile, { trusted, own }) => {
      code.trust(trusted, own);
      return open(code, { folder }, { openFile });
    },

    /**
     * Open a window of a workspace file in which the tests of an extension run and call functions.
     *
     * It has a VS Code of its own: a second such window of 1.100 is not given its folders.
     */
    openTests: async (workspace, files, functions) => {
      const host = await startVSCode({ ...options, driver: true });
      driven.push(host);
      host.trust(true);
      const page = await open(host, { workspace }, files, functions);
      return { page, keepLogs: host.keepLogs };
    },

    close: async () => {
      await browser.close();
      await Promise.all([code, ...driven].map((started) => started.stop()));
    },
  };
}

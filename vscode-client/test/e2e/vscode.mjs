// Start a VS Code server with its own data folder on loopback, and stop all of its processes.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const QUIET = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "telemetry.telemetryLevel": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "git.enabled": false,
  "chat.disableAIFeatures": true,
  "chat.commandCenter.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "editor.minimap.enabled": false,
  "editor.fontSize": 15,
  "editor.stickyScroll.enabled": false,
  "breadcrumbs.enabled": false,
  "terminal.integrated.gpuAcceleration": "off", // so that its text is in the page
};

/** The folders of extensions with a package installed, for all VS Codes that this process starts. */
const installed = new Map();
process.on("exit", () => {
  installed.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
});

/** A running VS Code. `vsix` is installed into it; `trusted` switches workspace trust off. */
export async function startVSCode({ node, serverMain, vsix, settings, trusted, env, testDriver }) {
  const root = mkdtempSync(path.join(tmpdir(), "vsc-"));
  const [user, tmp] = ["data/User", "tmp"].map((name) => path.join(root, name));
  const known = installed.get(vsix);
  const extensions = known ?? mkdtempSync(path.join(tmpdir(), "vsc-extensions-"));
  installed.set(vsix, extensions);
  for (const folder of [user, tmp]) {
    mkdirSync(folder, { recursive: true });
  }
  const trust = {
    "security.workspace.trust.enabled": !trusted,
    "security.workspace.trust.startupPrompt": "never",
    "security.workspace.trust.banner": "never",
  };
  const content = JSON.stringify({ ...QUIET, ...trust, ...settings });
  writeFileSync(path.join(user, "settings.json"), content);

  let output = "";
  const start = (args) => {
    const place = ["--server-data-dir", root, "--extensions-dir", extensions];
    const terms = ["--telemetry-level", "off", "--accept-server-license-terms"];
    const child = spawn(node, [serverMain, ...place, ...terms, ...args], {
      env: { ...process.env, ...env, TMPDIR: tmp },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    return child;
  };
  const remove = () => rmSync(root, { recursive: true, force: true, maxRetries: 5 });

  if (vsix && known === undefined) {
    const code = await new Promise((resolve) =>
      start(["--install-extension", vsix]).on("exit", resolve),
    );
    if (code !== 0) {
      remove();
      throw new Error(`${vsix} was not installed (${code})\n${output}`);
    }
  }
  const port = await freePort();
  const server = start([
    ...["--host", "127.0.0.1", "--port", String(port), "--without-connection-token"],
    ...(testDriver ? ["--enable-smoke-test-driver"] : []),
  ]);
  const stop = async () => {
    for (const signal of ["SIGTERM", "SIGKILL"]) {
      try {
        process.kill(-server.pid, signal); // the whole group: extension host, watcher, our server
      } catch (error) {
        if (error.code !== "ESRCH") throw error;
      }
      await delay(500);
    }
    remove();
  };
  const authority = `127.0.0.1:${port}`;
  const deadline = Date.now() + 60_000;
  while (!(await answers(`http://${authority}/`))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`VS Code did not start\n${output.slice(-2000)}`);
    }
    await delay(200);
  }
  const remote = (file) => `vscode-remote://${authority}${file}`;
  const url = (place, payload) =>
    `http://${authority}/?${new URLSearchParams({ ...place, payload: JSON.stringify(payload) })}`;
  return { root, remote, url, stop, log: () => output };
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false; // not yet listening
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

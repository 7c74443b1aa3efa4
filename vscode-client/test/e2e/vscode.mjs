// One VS Code server with its own data folder on loopback: every window is a page of it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
  "files.exclude": { "**/.vscode": true },
  "terminal.integrated.gpuAcceleration": "off", // so that its text is in the page
};
const TRUST = {
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
};
const PATIENCE = 60_000; // milliseconds in which it has to listen
const GRACE = 5_000; // milliseconds in which it has to end

/**
 * Start a VS Code with a package installed. Its PATH has no server and no dbt.
 *
 * With the `driver` its windows can run the tests of an extension; they show no notifications then.
 */
export async function startVSCode({ node, serverMain, vsix, driver = false }) {
  const root = mkdtempSync(path.join(tmpdir(), "vsc-"));
  const [user, tmp, logs] = ["data/User", "tmp", "data/logs"].map((name) => path.join(root, name));
  for (const folder of [user, tmp]) {
    mkdirSync(folder, { recursive: true });
  }
  const port = await freePort();
  const args = [
    ...["--server-data-dir", root, "--extensions-dir", path.join(root, "extensions")],
    ...["--telemetry-level", "off", "--accept-server-license-terms"],
    ...["--host", "127.0.0.1", "--port", String(port), "--without-connection-token"],
    ...(driver ? ["--enable-smoke-test-driver"] : []),
    ...["--install-extension", vsix, "--start-server"],
  ];
  const server = spawn(node, [serverMain, ...args], {
    env: {
      ...process.env,
      PATH: "/usr/local/bin:/usr/bin:/bin",
      // As `PYTHONPATH=$PYTHONPATH:/opt/lib` makes it: for Python, the empty entry is where it starts.
      PYTHONPATH: ":/nowhere/lib",
      TMPDIR: tmp,
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const ended = once(server, "exit");
  let output = "";
  server.stdout.on("data", (data) => (output += data));
  server.stderr.on("data", (data) => (output += data));

  /** End the whole group: the extension hosts, the watchers, our servers. */
  const stop = async () => {
    signal(server, "SIGTERM");
    await Promise.race([ended, delay(GRACE, undefined, { ref: false })]);
    signal(server, "SIGKILL");
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  };

  const authority = `127.0.0.1:${port}`;
  const deadline = Date.now() + PATIENCE;
  while (!(await answers(`http://${authority}/`))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`VS Code did not start\n${output.slice(-2000)}`);
    }
    await delay(50);
  }
  return {
    /** Whether windows that are opened from now on trust their workspace from the start; and more of the user's settings. */
    trust: (trusted, own = {}) => {
      const trust = { ...TRUST, "security.workspace.trust.enabled": !trusted };
      writeFileSync(
        path.join(user, "settings.json"),
        JSON.stringify({ ...QUIET, ...trust, ...own }),
      );
    },
    /** A file of this machine as a window names it. */
    remote: (file) => `vscode-remote://${authority}${file}`,
    /** The address of a window with a folder or a workspace. */
    url: (place, payload) =>
      `http://${authority}/?${new URLSearchParams({ ...place, payload: JSON.stringify(payload) })}`,
    /** Keep what it and its extension hosts have written so far. */
    keepLogs: (folder) => {
      writeFileSync(path.join(folder, "server.log"), output);
      if (existsSync(logs)) {
        cpSync(logs, folder, { recursive: true });
      }
    },
    stop,
  };
}

function signal(server, name) {
  try {
    process.kill(-server.pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error; // all have ended
  }
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

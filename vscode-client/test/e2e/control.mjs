// The suite must fail when it should: with a server that is not there, and with one that breaks.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const folder = mkdtempSync(path.join(tmpdir(), "control-"));
const broken = path.join(folder, "dbt-glue");
writeFileSync(broken, '#!/bin/sh\n[ "$1" = --version ] && echo "dbt-glue 9.9.9"\n');
chmodSync(broken, 0o755);

const run = path.join(import.meta.dirname, "run.mjs");
let good = true;
for (const server of [path.join(folder, "nothing"), broken]) {
  const args = [run, ...process.argv.slice(2), "--patience", "15", "--server", server, "editing"];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const failed = status === 1 && stdout.includes("FAILED  editing");
  console.log(`${failed ? "ok" : "FAILED"}  control: ${path.basename(server)} fails the suite`);
  good &&= failed;
}
rmSync(folder, { recursive: true });
process.exit(good ? 0 : 1);

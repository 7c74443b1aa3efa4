// A workspace for a test: the example project with one model that has something to repair.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { BIN } from "../../scripts/python.mjs";

const EXAMPLE = new URL("../../../examples/nycflights", import.meta.url).pathname;
const BUILT = ["target", "logs", "out", ".dbt-glue", ".dbt_glue_cache"];

export const MODEL = "models/marts/late_origins.py";

/** A ref that does not exist; the server sees that. */
export const MISSPELLED = `"""How late each airport's flights depart."""

from pyspark.sql import functions as F


def model(dbt, session):
    flights = dbt.ref("stg_flight")
    airports = dbt.ref("airports")
    late = flights.groupBy("origin").agg(F.avg("departure_delay").alias("delay"))
    return late.join(airports, late["origin"] == airports["faa"], "left")
`;

/** A column inside of an expression, that does not exist; only Spark sees that. */
export const UNKNOWN_COLUMN = `"""Airports in the mountains."""

from pyspark.sql import functions as F


def model(dbt, session):
    airports = dbt.ref("airports")
    high = airports.where(F.expr("altitud > 1000"))
    return high.select("faa", "name", "alt")
`;

/** Both: a ref that the server repairs, and a column that the session finds. */
export const TWO_FAULTS = UNKNOWN_COLUMN.replace('"airports"', '"airport"');

/** A copy of the example in a new folder. */
export function makeWorkspace(text = MISSPELLED) {
  const root = mkdtempSync(path.join(tmpdir(), "ws-"));
  const folder = path.join(root, "nycflights");
  cpSync(EXAMPLE, folder, {
    recursive: true,
    filter: (source) => !BUILT.includes(path.basename(source)),
  });
  writeModel(folder, text);
  return { root, folder };
}

/** Put the text of the model into a workspace. */
export function writeModel(folder, text) {
  writeFileSync(path.join(folder, MODEL), text);
}

/** Load the seed that the model reads into the warehouse of the workspace's embedded endpoint. */
export function loadSeed(folder) {
  const done = spawnSync(path.join(BIN, "dbt"), ["seed", "--select", "airports"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, PATH: `${BIN}:${process.env.PATH}` },
  });
  if (done.status !== 0) {
    throw new Error(`dbt seed failed\n${done.stdout}${done.stderr}`);
  }
}

/** Stop the embedded endpoint of a workspace, when there is one. */
export function stopEndpoint(folder) {
  spawnSync(path.join(BIN, "dbt-glue"), ["endpoint", "stop"], { cwd: folder, stdio: "ignore" });
}

/** Give a workspace an environment: the machine's python, and a dbt-glue when its text is given. */
export function addEnvironment(folder, program) {
  const bin = path.join(folder, ".venv/bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync("/usr/bin/env", path.join(bin, "python"));
  if (program) {
    const file = path.join(bin, "dbt-glue");
    writeFileSync(file, program);
    chmodSync(file, 0o755);
  }
}

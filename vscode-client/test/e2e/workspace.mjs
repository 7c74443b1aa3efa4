// A workspace for a test: the example project with one model that has something to repair.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const EXAMPLE = new URL("../../../examples/nycflights", import.meta.url).pathname;
const BUILT = ["target", "logs", "out", ".dbt-glue", ".dbt_glue_cache"];

export const MODEL = "models/marts/late_origins.py";
const TEXT = `"""How late each airport's flights depart."""

from pyspark.sql import functions as F


def model(dbt, session):
    flights = dbt.ref("stg_flight")
    airports = dbt.ref("airports")
    late = flights.groupBy("origin").agg(F.avg("departure_delay").alias("delay"))
    return late.join(airports, late["origin"] == airports["faa"], "left")
`;

/** A copy of the example in a new folder, with the model. */
export function makeWorkspace() {
  const root = mkdtempSync(path.join(tmpdir(), "ws-"));
  const folder = path.join(root, "nycflights");
  cpSync(EXAMPLE, folder, {
    recursive: true,
    filter: (source) => !BUILT.includes(path.basename(source)),
  });
  writeFileSync(path.join(folder, MODEL), TEXT);
  return { root, folder };
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

// Workspaces for tests: the example project with one model that has something to repair, and a warehouse.
import { execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { BIN } from "../../scripts/python.mjs";

const run = promisify(execFile);
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

/** A column that does not exist; only Spark sees that: a filter may read what `drop` took away. */
export const UNKNOWN_COLUMN = `"""Airports in the mountains."""

from pyspark.sql import functions as F


def model(dbt, session):
    airports = dbt.ref("airports")
    high = airports.drop("dst").where(F.expr("altitud > 1000"))
    return high.select("faa", "name", "alt")
`;

/** What a run rewrites by itself, and one conversion that a person has to shorten: a query reads the frame by its name. */
export const REWRITTEN = `"""The age and seats of planes, beside the highest airport: pandas."""

import duckdb
from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(packages=["duckdb"])
    planes = dbt.ref("planes")
    if planes.filter("year < 1960").count() > 0:
        print("some are older than jets")
    for name in ["year", "speed"]:
        planes = planes.withColumn(f"has_{name}", F.col(name).isNotNull())
    pdf = planes.toPandas()
    pdf["age"] = 2013 - pdf["year"]
    airports = dbt.ref("airports").toPandas()
    pdf["highest"] = airports["alt"].max()
    pdf["zones"] = duckdb.sql("select count(*) from airports").fetchone()[0]
    return pdf[["manufacturer", "seats", "age", "highest", "zones"]]
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

export function removeWorkspace({ root }) {
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}

/** An embedded endpoint whose warehouse has the seed that the model reads, for several workspaces. */
export class Warehouse {
  #workspace = makeWorkspace(UNKNOWN_COLUMN); // dbt accepts it
  #state = path.join(this.#workspace.root, "endpoint");
  #seeded;

  /** Let a workspace use the endpoint; its models get a schema of their own. */
  use({ folder }, schema) {
    this.#point(folder);
    edit(path.join(folder, "dbt_project.yml"), / {4}marts:\n/, `$&      +schema: ${schema}\n`);
  }

  /** Load the seed, once; Spark is warm then. */
  seed() {
    this.#seeded ??= this.#load();
    return this.#seeded;
  }

  /** Stop the endpoint, when it was started. */
  async close() {
    await this.#seeded?.catch(() => undefined); // whoever waited for it has the error
    const args = ["endpoint", "stop", "--dir", this.#state];
    await run(path.join(BIN, "dbt-glue"), args).catch(() => undefined); // there was none
    removeWorkspace(this.#workspace);
  }

  async #load() {
    const { folder } = this.#workspace;
    this.#point(folder);
    const env = { ...process.env, PATH: `${BIN}:${process.env.PATH}` };
    await run(path.join(BIN, "dbt"), ["seed", "--select", "airports"], { cwd: folder, env });
  }

  /** The profile of a workspace names the endpoint's folder. */
  #point(folder) {
    edit(
      path.join(folder, "profiles.yml"),
      /endpoint: local\n/,
      `$&      endpoint_dir: ${this.#state}\n`,
    );
  }
}

/** Replace a text in a file, which must be there. */
function edit(file, text, replacement) {
  const content = readFileSync(file, "utf8");
  const edited = content.replace(text, replacement);
  if (edited === content) {
    throw new Error(`${file} has no ${text}`);
  }
  writeFileSync(file, edited);
}

/** Write the settings of a workspace folder. */
export function writeSettings(folder, settings) {
  mkdirSync(path.join(folder, ".vscode"), { recursive: true });
  writeFileSync(path.join(folder, ".vscode/settings.json"), JSON.stringify(settings));
}

/** Write a file that can be started. */
export function writeProgram(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

/** Give a workspace an environment: the machine's python, and a dbt-glue when its text is given. */
export function addEnvironment(folder, program) {
  const bin = path.join(folder, ".venv/bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync("/usr/bin/env", path.join(bin, "python"));
  if (program) {
    writeProgram(path.join(bin, "dbt-glue"), program);
  }
}

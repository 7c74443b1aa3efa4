// The Python environment that has dbt-glue and dbt: VENV, else .venv beside this folder.
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../..");

export const BIN = path.resolve(ROOT, process.env.VENV ?? ".venv", "bin");
export const PYTHON = path.join(BIN, "python");

// Build the extension and package it as dbt-glue.vsix; fail when vsce warns, or when the package
// holds a file that it should not, lacks one that it should, or has grown.
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import path from "node:path";

import { PYTHON } from "./python.mjs";

const LIMIT = 600_000; // bytes
const FILES = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/LICENSE\.txt$/,
  /^extension\/(changelog|readme)\.md$/,
  /^extension\/package\.json$/,
  /^extension\/dist\/extension\.js$/,
  /^extension\/images\/[\w-]+\.png$/,
  /^extension\/schemas\/python-models\.json$/,
  /^extension\/snippets\/models\.json$/,
];
const CLIENT = path.resolve(import.meta.dirname, "..");
const VSIX = path.join(CLIENT, "dbt-glue.vsix");

/** What is wrong with a package of these files and so many bytes, sentence by sentence. */
export function faults(files, bytes) {
  return [
    ...files
      .filter((file) => !FILES.some((pattern) => pattern.test(file)))
      .map((file) => `${file} does not belong into the package`),
    ...FILES.filter((pattern) => !files.some((file) => pattern.test(file))).map(
      (pattern) => `no file of the package is ${pattern.source}`,
    ),
    ...(bytes < LIMIT ? [] : [`the package has ${bytes} bytes, at most ${LIMIT} are wanted`]),
  ];
}

function command(program, ...args) {
  const done = spawnSync(program, args, { cwd: CLIENT, encoding: "utf8" });
  if (done.error) {
    throw done.error;
  }
  const output = `${done.stdout}${done.stderr}`;
  if (done.status !== 0 || /\bwarn(ing)?\b/i.test(output)) {
    throw new Error(`${[program, ...args].join(" ")} is not content:\n${output}`);
  }
  return done.stdout;
}

function main() {
  command(process.execPath, "scripts/build.mjs", "--production");
  // The documentation's address is the home page; there is no repository to name yet.
  const quiet = ["--allow-missing-repository", "--no-rewrite-relative-links"];
  command("node_modules/.bin/vsce", "package", "--no-dependencies", ...quiet, "--out", VSIX);
  const list = "import sys, zipfile; print(*zipfile.ZipFile(sys.argv[1]).namelist(), sep='\\n')";
  const files = command(PYTHON, "-c", list, VSIX).trim().split("\n");
  const { size } = statSync(VSIX);
  const wrong = faults(files, size);
  wrong.forEach((text) => console.error(text));
  console.log(`dbt-glue.vsix: ${files.length} files, ${(size / 1000).toFixed(0)} kB`);
  return wrong.length === 0 ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) {
  process.exit(main());
}

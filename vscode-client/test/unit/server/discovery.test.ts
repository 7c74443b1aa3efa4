import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type Clues, findServer } from "../../../src/server/discovery";

let root: string;
let workspace: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "discovery-"));
  workspace = path.join(root, "workspace");
  mkdirSync(workspace);
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

/** An executable file that prints a line, or fails with it. */
function program(file: string, line: string, code = 0): string {
  const place = path.join(root, file);
  mkdirSync(path.dirname(place), { recursive: true });
  const stream = code === 0 ? "" : " >&2";
  writeFileSync(place, `#!/bin/sh\necho "${line}"${stream}\nexit ${code}\n`);
  chmodSync(place, 0o755);
  return place;
}

function clues(given: Partial<Clues> = {}): Clues {
  return {
    pathSetting: "",
    interpreterSetting: "",
    selectedInterpreter: undefined,
    folders: [workspace],
    trusted: true,
    environment: { PATH: path.join(root, "bin") },
    platform: process.platform,
    start: { cwd: root, env: { PATH: process.env.PATH } },
    ...given,
  };
}

describe("the order of places", () => {
  beforeEach(() => {
    program("bin/dbt-glue", "dbt-glue 0.1.1");
    program("workspace/.venv/bin/python", "");
    program("workspace/.venv/bin/dbt-glue", "dbt-glue 0.1.2");
    program("selected/bin/dbt-glue", "dbt-glue 0.1.3");
    program("named/bin/dbt-glue", "dbt-glue 0.1.4");
  });

  const selectedInterpreter = () => path.join(root, "selected/bin/python");
  beforeEach(() => {
    program("selected/bin/python", "");
    program("named/bin/python", "");
  });

  it("is: setting, selected interpreter, workspace, PATH", async () => {
    const named = { pathSetting: path.join(root, "named/bin/dbt-glue") };
    const selected = { selectedInterpreter: selectedInterpreter() };
    expect(await findServer(clues({ ...named, ...selected }))).toMatchObject({ version: "0.1.4" });
    expect(await findServer(clues(selected))).toMatchObject({
      version: "0.1.3",
      origin: "selected interpreter",
    });
    expect(await findServer(clues())).toMatchObject({
      version: "0.1.2",
      origin: "environment in the workspace",
    });
    expect(await findServer(clues({ folders: [] }))).toMatchObject({
      version: "0.1.1",
      origin: "PATH",
    });
  });

  it("starts nothing of the workspace without trust", async () => {
    expect(await findServer(clues({ trusted: false }))).toMatchObject({ version: "0.1.1" });
    const inside = clues({
      trusted: false,
      environment: { PATH: path.join(workspace, ".venv/bin") },
      selectedInterpreter: path.join(workspace, ".venv/bin/python"),
    });
    expect(await findServer(inside)).toMatchObject({ kind: "missing", interpreter: undefined });
  });

  it("ends at a place that was named, also when it does not work", async () => {
    const gone = path.join(root, "gone");
    expect(await findServer(clues({ pathSetting: gone }))).toEqual({
      kind: "missing",
      reason: `${gone} does not exist`,
      interpreter: undefined,
    });
    const interpreter = program("empty/bin/python", "");
    expect(await findServer(clues({ interpreterSetting: interpreter }))).toMatchObject({
      kind: "missing",
      interpreter,
    });
  });
});

describe("a program that is not right", () => {
  it("is told with what it said", async () => {
    const file = program("bin/dbt-glue", "No module named click", 1);
    expect(await findServer(clues())).toMatchObject({
      kind: "broken",
      reason: `${file} --version failed: No module named click`,
    });
  });

  it("is another program of the same name", async () => {
    program("bin/dbt-glue", "glue 3");
    expect(await findServer(clues())).toMatchObject({ kind: "broken" });
  });

  it("is too old", async () => {
    program("bin/dbt-glue", "dbt-glue 0.0.1");
    expect(await findServer(clues())).toMatchObject({
      kind: "old",
      reason: expect.stringContaining("at least 0.1.0 is needed") as string,
    });
  });

  it("does not hide one that is, in a later place", async () => {
    program("workspace/.venv/bin/python", "");
    program("workspace/.venv/bin/dbt-glue", "boom", 1);
    program("bin/dbt-glue", "dbt-glue 0.1.1");
    expect(await findServer(clues())).toMatchObject({ kind: "found", origin: "PATH" });
  });
});

describe("nothing", () => {
  it("is told with the interpreter that could have it", async () => {
    const interpreter = program("workspace/.venv/bin/python", "");
    expect(await findServer(clues())).toEqual({
      kind: "missing",
      reason: `dbt-glue is neither beside ${interpreter} nor on PATH`,
      interpreter,
    });
  });
});

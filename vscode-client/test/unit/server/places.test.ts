import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { serverPlaces } from "../../../src/server/places";

describe("the places of servers", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "places-"));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const project = (folder: string) => ({
    folder: path.join(root, folder),
    name: folder,
    modelPaths: ["models"],
  });
  const addEnvironment = (folder: string) => {
    const python = path.join(root, folder, ".venv/bin/python");
    mkdirSync(path.dirname(python), { recursive: true });
    writeFileSync(python, "");
    chmodSync(python, 0o755);
  };
  const places = (...folders: string[]) => serverPlaces(root, folders.map(project), "linux");

  it("are the workspace folder as long as its projects share an environment", async () => {
    expect(await places("a", "b")).toEqual([root]);
    addEnvironment(".");
    expect(await places("a", "b")).toEqual([root]);
    expect(await places()).toEqual([root]);
  });

  it("are the projects when one of them has an environment of its own", async () => {
    addEnvironment("b");
    expect(await places("a", "b")).toEqual([path.join(root, "a"), path.join(root, "b")]);
    expect(await places("b")).toEqual([root]);
  });

  it("stay one when a project is inside of another", async () => {
    addEnvironment("b");
    expect(await places("b", "b/inner")).toEqual([root]);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { findProjects, projectNamed, readProject } from "../../../src/projects/project";

describe("readProject", () => {
  it("reads the model paths", () => {
    const project = readProject("/work", "name: shop\nmodel-paths: [transform, more]\n");
    expect(project).toEqual({
      folder: "/work",
      name: "shop",
      modelPaths: ["transform", "more"],
    });
  });

  it("has dbt's defaults for what is not written, or is being written", () => {
    expect(readProject("/work/shop", "").modelPaths).toEqual(["models"]);
    expect(readProject("/work/shop", "name: [").name).toBe("shop");
    expect(readProject("/work/shop", "model-paths: models").modelPaths).toEqual(["models"]);
  });
});

describe("findProjects", () => {
  let root: string;
  const write = (file: string) => {
    const place = path.join(root, file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, `name: ${path.basename(path.dirname(place))}\n`);
  };
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "projects-"));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it("looks two folders deep and into no package", async () => {
    write("a/dbt_project.yml");
    write("b/c/dbt_project.yml");
    write("b/c/d/dbt_project.yml");
    write("a/dbt_packages/dbt_project.yml");
    write(".hidden/dbt_project.yml");
    const names = (await findProjects(root)).map((project) => project.name);
    expect(names).toEqual(["a", "c"]);
  });
});

describe("tasks", () => {
  const outer = { folder: "/work", name: "outer", modelPaths: ["models", "./more"] };
  const inner = { folder: "/work/models/inner", name: "inner", modelPaths: ["models"] };

  it("are run in the project that the task names, else in the outermost", () => {
    const projects = [outer, inner];
    expect(projectNamed(undefined, "/work", projects)).toBe(outer);
    expect(projectNamed("", "/work", projects)).toBe(outer);
    expect(projectNamed("models/inner", "/work", projects)).toBe(inner);
    expect(projectNamed("elsewhere", "/work", projects)).toBeUndefined();
  });
});

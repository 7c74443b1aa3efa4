import { describe, expect, it } from "vitest";

import { isInside, programsBeside, programsOnPath } from "../../../src/environment/programs";

describe("programs of an environment", () => {
  it("are beside the interpreter", () => {
    expect(programsBeside("/work/.venv/bin/python", "dbt-glue", "linux")).toEqual([
      "/work/.venv/bin/dbt-glue",
    ]);
  });

  it("are in Scripts on Windows, also for conda, whose python is a folder above", () => {
    expect(programsBeside("C:\\conda\\python.exe", "dbt", "win32")).toEqual([
      "C:\\conda\\dbt.exe",
      "C:\\conda\\Scripts\\dbt.exe",
    ]);
  });
});

describe("PATH", () => {
  it("is read in its order, without the folders that depend on where one stands", () => {
    const environment = { PATH: "/usr/bin:.:bin:/opt/bin:" };
    expect(programsOnPath("dbt", environment, "linux")).toEqual(["/usr/bin/dbt", "/opt/bin/dbt"]);
  });
});

describe("isInside", () => {
  it("takes files below a folder and no neighbours", () => {
    expect(isInside("/work/.venv/bin/python", ["/other", "/work"])).toBe(true);
    expect(isInside("/workshop/bin/python", ["/work"])).toBe(false);
    expect(isInside("/work", ["/work"])).toBe(false);
  });
});

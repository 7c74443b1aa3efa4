import { describe, expect, it } from "vitest";

import {
  asTyped,
  expandPath,
  installCommand,
  isInside,
  programsBeside,
  programsOnPath,
} from "../../src/environment";

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

describe("expandPath", () => {
  it("replaces home, the workspace folder and variables", () => {
    const expand = (text: string) => expandPath(text, "/work", "/home/me", { TOOLS: "/tools" });
    expect(expand("~/bin/dbt-glue")).toBe("/home/me/bin/dbt-glue");
    expect(expand("${workspaceFolder}/env/bin/dbt-glue")).toBe("/work/env/bin/dbt-glue");
    expect(expand("${env:TOOLS}/dbt-glue")).toBe("/tools/dbt-glue");
    expect(expand("/a~b ")).toBe("/a~b");
  });
});

describe("the command to install", () => {
  it("is pip of the interpreter, or uv for it", () => {
    expect(asTyped(installCommand("/my env/bin/python", undefined))).toBe(
      '"/my env/bin/python" -m pip install dbt-glue-python',
    );
    expect(asTyped(installCommand("/env/bin/python", "/usr/bin/uv"))).toBe(
      "/usr/bin/uv pip install --python /env/bin/python dbt-glue-python",
    );
  });
});

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { asStartedIn, serverStart } from "../../../src/environment/serverStart";

const start = (environment: NodeJS.ProcessEnv, platform: NodeJS.Platform = "linux") =>
  serverStart("/extension", "/work/shop", environment, platform);

describe("the start of a server", () => {
  it("is in the extension's own folder, not in the workspace", () => {
    expect(start({}).cwd).toBe("/extension");
  });

  it("takes the entries of PYTHONPATH that name a folder from everywhere", () => {
    expect(start({ PYTHONPATH: ":/opt/lib::.:lib:../x:/srv/lib:" }).env.PYTHONPATH).toBe(
      "/opt/lib:/srv/lib",
    );
    expect(start({ PYTHONPATH: ";C:\\lib;lib;." }, "win32").env.PYTHONPATH).toBe("C:\\lib");
  });

  it("says that nothing is left, for the variable of before would count otherwise", () => {
    expect(start({ PYTHONPATH: "." }).env).toEqual({ PYTHONPATH: "" });
  });

  it("leaves the environment alone otherwise", () => {
    const environment = { PATH: "/usr/bin:.", HOME: "/home/me" };
    expect(start(environment).env).toEqual(environment);
    expect(start(environment).env).not.toBe(environment);
  });

  it("keeps meaning the workspace with a relative folder of profiles", () => {
    const { env } = start({ DBT_PROFILES_DIR: ".", DBT_ENGINE_PROFILES_DIR: "~/dbt" });
    expect(env).toEqual({ DBT_PROFILES_DIR: "/work/shop", DBT_ENGINE_PROFILES_DIR: "~/dbt" });
    expect(start({ DBT_PROFILES_DIR: "/etc/dbt" }).env.DBT_PROFILES_DIR).toBe("/etc/dbt");
  });
});

describe("a folder that is written", () => {
  it("is meant from the folder of the project, if it is relative", () => {
    const meant = (written: string) => asStartedIn("/work/shop", written, "linux");
    expect(["profiles", "..", "/etc/dbt", "~/.dbt", ""].map(meant)).toEqual([
      "/work/shop/profiles",
      "/work",
      "/etc/dbt",
      "~/.dbt",
      "",
    ]);
  });
});

describe("a module of the workspace", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "start-"));
    writeFileSync(path.join(folder, "typing.py"), 'raise ImportError("of the workspace")\n');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("is run by a Python that starts there with an empty entry, and not as a server starts", () => {
    const program = ["-c", "import sys; del sys.path[0]; import typing"];
    const PYTHONPATH = ":/nowhere";
    const env = { ...process.env, PYTHONPATH };
    const run = (options: object) =>
      execFileSync("python3", program, { stdio: "pipe", encoding: "utf8", ...options });
    expect(() => run({ cwd: folder, env })).toThrow(/of the workspace/);
    expect(run(serverStart(tmpdir(), folder, env, process.platform))).toBe("");
  });
});

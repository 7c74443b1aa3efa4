import { describe, expect, it } from "vitest";

import { expandPath } from "../../../src/settings/paths";

describe("expandPath", () => {
  it("replaces home, the workspace folder and variables", () => {
    const expand = (text: string) => expandPath(text, "/work", "/home/me", { TOOLS: "/tools" });
    expect(expand("~/bin/dbt-glue")).toBe("/home/me/bin/dbt-glue");
    expect(expand("${workspaceFolder}/env/bin/dbt-glue")).toBe("/work/env/bin/dbt-glue");
    expect(expand("${env:TOOLS}/dbt-glue")).toBe("/tools/dbt-glue");
    expect(expand("/a~b ")).toBe("/a~b");
  });
});

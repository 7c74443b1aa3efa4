import { describe, expect, it } from "vitest";

import { issueText } from "../../src/report";
import { tell } from "../../src/state";

describe("the status", () => {
  const server = {
    kind: "found",
    command: "/env/bin/dbt-glue",
    version: "0.1.0",
    origin: "PATH",
  } as const;
  const search = {
    kind: "missing",
    reason: "dbt-glue is not on PATH",
    interpreter: undefined,
  } as const;

  it("has the version and where the server is from", () => {
    expect(tell({ kind: "ready", server })).toMatchObject({
      text: "dbt-glue 0.1.0",
      detail: "ready (PATH)",
      severity: "information",
    });
  });

  it("says why nothing is checked, in restricted mode without alarm", () => {
    expect(tell({ kind: "absent", search, trusted: true }).detail).toBe("dbt-glue is not on PATH");
    const restricted = tell({ kind: "absent", search: { ...search, kind: "old" }, trusted: false });
    expect(restricted).toMatchObject({ severity: "warning" });
    expect(restricted.detail).toContain("restricted mode");
    expect(tell({ kind: "failed", server, reason: "it ended" }).severity).toBe("error");
  });
});

describe("an issue", () => {
  it("carries the versions and what runs", () => {
    const text = issueText({
      extension: "0.1.0",
      editor: "1.100.3",
      system: "linux",
      servers: ["dbt-glue 0.1.0, ready (PATH)"],
      settings: { glueVersion: "5.0" },
    });
    expect(text).toContain("- VS Code 1.100.3\n- linux\n- dbt-glue 0.1.0, ready (PATH)\n");
    expect(text).toContain('{"glueVersion":"5.0"}');
  });
});

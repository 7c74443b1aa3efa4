import { describe, expect, it } from "vitest";

import { issueText } from "../../src/report";
import { tell, tellSession, validationText } from "../../src/state";

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

  it("says what a running server does", () => {
    const session = { state: "off", detail: "" } as const;
    const ready = { kind: "ready", server } as const;
    expect(tell(ready, { state: "validating", session })).toMatchObject({
      detail: "validating (PATH)",
      busy: true,
    });
    expect(tell(ready, { state: "error", session })).toMatchObject({
      severity: "warning",
      busy: false,
    });
    expect(tell({ kind: "starting" }, { state: "validating", session }).detail).toBe("starting");
  });

  it("offers to start a session that is off or failed and to stop any other", () => {
    const actions = (["off", "starting", "ready", "busy", "failed"] as const).map(
      (state) => tellSession({ state, detail: "local" }).action,
    );
    expect(actions).toEqual(["start", "stop", "stop", "stop", "start"]);
    expect(
      tellSession({ state: "ready", detail: "local, dbt-glue-fec8-62c411, Spark 3.5" }),
    ).toMatchObject({
      text: "session: warm",
      detail: "local, Spark 3.5",
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

describe("a validation", () => {
  it("is told in a line", () => {
    const columns = [{ name: "faa" }, { name: "delay" }];
    expect(validationText("late", { ok: true, problems: 0, columns })).toBe(
      "$(pass) late: valid in the session, returns 2 columns",
    );
    expect(validationText("late", { ok: true, problems: 0, columns: null })).toBe(
      "$(pass) late: valid in the session",
    );
    expect(validationText("late", { ok: false, problems: 1 })).toBe("$(error) late: 1 problem");
    expect(validationText("late", { ok: false, problems: 0 })).toBe("$(error) late: not valid");
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

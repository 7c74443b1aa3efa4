import { describe, expect, it } from "vitest";

import { sessionText, statusText, validationText } from "../../../src/views/statusText";

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
    expect(statusText({ kind: "ready", server })).toMatchObject({
      text: "dbt-glue 0.1.0",
      detail: "ready (PATH)",
      severity: "information",
    });
  });

  it("says what a running server does", () => {
    const session = { state: "off", detail: "" } as const;
    const ready = { kind: "ready", server } as const;
    expect(statusText(ready, { state: "validating", session })).toMatchObject({
      detail: "validating (PATH)",
      busy: true,
    });
    expect(statusText(ready, { state: "error", session })).toMatchObject({
      severity: "warning",
      busy: false,
    });
    expect(statusText({ kind: "starting" }, { state: "validating", session }).detail).toBe(
      "starting",
    );
  });

  it("offers to start a session that is off or failed and to stop any other", () => {
    const actions = (["off", "starting", "ready", "busy", "failed"] as const).map(
      (state) => sessionText({ state, detail: "local" }).action,
    );
    expect(actions).toEqual(["start", "stop", "stop", "stop", "start"]);
    expect(
      sessionText({ state: "ready", detail: "local, dbt-glue-fec8-62c411, Spark 3.5" }),
    ).toMatchObject({
      text: "session: warm",
      detail: "local, Spark 3.5",
    });
  });

  it("says why nothing is checked, in restricted mode without alarm", () => {
    expect(statusText({ kind: "absent", search, trusted: true }).detail).toBe(
      "dbt-glue is not on PATH",
    );
    const restricted = statusText({
      kind: "absent",
      search: { ...search, kind: "old" },
      trusted: false,
    });
    expect(restricted).toMatchObject({ severity: "warning" });
    expect(restricted.detail).toContain("restricted mode");
    expect(statusText({ kind: "failed", server, reason: "it ended" }).severity).toBe("error");
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

import { describe, expect, it } from "vitest";

import { Lines, parseLine } from "../../../src/runs/output";

describe("an error of a run", () => {
  it("is at its line, with the class of the exception", () => {
    const text =
      "  models/marts/late_origins.py:8: AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function parameter with name `altitud` cannot be resolved. Did you mean one of the following? [`alt`, `lat`, `dst`, `lon`, `tz`].; line 1 pos 0";
    expect(parseLine(text)).toEqual({
      file: "models/marts/late_origins.py",
      line: 8,
      code: "AnalysisException",
      message: text.slice(text.indexOf("[UNRESOLVED")),
    });
    expect(
      parseLine("  models/marts/late_origins.py:3: ZeroDivisionError: division by zero"),
    ).toEqual({
      file: "models/marts/late_origins.py",
      line: 3,
      code: "ZeroDivisionError",
      message: "division by zero",
    });
  });

  it("is a finding of the compiler, with its column and rule", () => {
    const text =
      "  models/marts/late_origins.py:9:32 GLU601 this frame has no column `nam`; did you mean `name`?";
    expect(parseLine(text)).toEqual({
      file: "models/marts/late_origins.py",
      line: 9,
      column: 32,
      code: "GLU601",
      message: "this frame has no column `nam`; did you mean `name`?",
    });
  });

  it("may have the time of dbt's log before it, and no class", () => {
    expect(parseLine("10:11:12    models/a.py:3: a model returns a frame")).toEqual({
      file: "models/a.py",
      line: 3,
      message: "a model returns a frame",
    });
  });

  it("is not in the other lines of dbt's output", () => {
    const others = [
      "23:50:10  1 of 1 START python table model nycflights.late_origins ........................ [RUN]",
      "23:50:10  Glue adapter: Glue session dbt-glue-ff8ac6b2434e-0533526ff274 ready after 0.0 s",
      "23:50:11  1 of 1 ERROR creating python table model nycflights.late_origins ............... [ERROR in 0.55s]",
      "23:50:11  Failure in model late_origins (models/marts/late_origins.py)",
      "23:50:11    Runtime Error in model late_origins (models/marts/late_origins.py)",
      '      high = airports.where(F.expr("altitud > 1000"))',
      "23:50:11    compiled code at target/compiled/nycflights/models/marts/late_origins.py",
      "  models/marts/late_origins.py:12, in model",
      "23:50:11  ",
      "",
    ];
    expect(others.filter((line) => parseLine(line) !== undefined)).toEqual([]);
  });
});

describe("lines", () => {
  it("are put together from pieces, whatever their ends", () => {
    const lines = new Lines();
    expect(lines.take("one\ntw")).toEqual(["one"]);
    expect(lines.take("o\r\nthree")).toEqual(["two"]);
    expect(lines.end()).toEqual(["three"]);
    expect(lines.end()).toEqual([]);
  });
});

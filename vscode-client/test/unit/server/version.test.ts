import { describe, expect, it } from "vitest";

import { isAtLeast, parseVersion } from "../../../src/server/version";

describe("parseVersion", () => {
  it("reads the version of our program only", () => {
    expect(parseVersion("dbt-glue 0.1.0\n")).toBe("0.1.0");
    expect(parseVersion("dbt-glue 1.12.0rc1\r\n")).toBe("1.12.0rc1");
    expect(parseVersion("Core:\n  - installed: 1.11.0\n")).toBeUndefined();
  });
});

describe("isAtLeast", () => {
  it.each([
    ["0.1.0", "0.1.0", true],
    ["0.1.10", "0.1.9", true],
    ["1.0.0", "0.9.9", true],
    ["0.1.0rc1", "0.1.0", true],
    ["0.0.9", "0.1.0", false],
    ["0.9.0", "0.10.0", false],
  ])("%s >= %s is %s", (version, minimum, expected) => {
    expect(isAtLeast(version, minimum)).toBe(expected);
  });
});

import { describe, expect, it } from "vitest";

import { age, columnAt, summary } from "../../../src/views/schemaText";

const NOW = Date.parse("2026-03-01T12:00:00Z");

describe("the age of a schema", () => {
  it("is told in its largest unit, from a date or from seconds", () => {
    expect(age("2026-03-01T11:59:30Z", NOW)).toBe("just now");
    expect(age("2026-03-01T11:59:00Z", NOW)).toBe("1 minute ago");
    expect(age(NOW / 1000 - 7200, NOW)).toBe("2 hours ago");
    expect(age("2026-02-27T12:00:00Z", NOW)).toBe("2 days ago");
  });

  it("is not told when it is not known, and never lies in the future", () => {
    expect(age(undefined, NOW)).toBeUndefined();
    expect(age(null, NOW)).toBeUndefined();
    expect(age("soon", NOW)).toBeUndefined();
    expect(age("2026-03-01T12:05:00Z", NOW)).toBe("just now");
  });
});

describe("the line beside a relation", () => {
  const columns = [{ name: "faa", type: "string" }];

  it("says how many columns, from where, how old, and whether it still holds", () => {
    const origin = { provenance: "catalog", fetchedAt: "2026-03-01T11:00:00Z", stale: true };
    expect(summary(columns, origin, NOW)).toBe("1 column · catalog · 1 hour ago · stale");
  });

  it("leaves out what is not known", () => {
    expect(summary(null, { provenance: null, stale: false }, NOW)).toBe("columns not known");
    expect(summary([], { provenance: "YAML" }, NOW)).toBe("0 columns · YAML");
  });
});

describe("a column that is inserted", () => {
  it("is a string in code and bare inside of a string", () => {
    expect(columnAt("    return flights.select(", "origin")).toBe('"origin"');
    expect(columnAt('    return flights.select("', "origin")).toBe("origin");
    expect(columnAt("x = '", "origin")).toBe("origin");
    expect(columnAt('F.col("a"), ', "origin")).toBe('"origin"');
  });

  it("knows escapes, the other quote and comments", () => {
    expect(columnAt(String.raw`x = "a\"`, "origin")).toBe("origin");
    expect(columnAt(`x = "it's`, "origin")).toBe("origin");
    expect(columnAt("# it's ", "origin")).toBe('"origin"');
  });

  it("keeps quotes of its own name from ending the string", () => {
    expect(columnAt("", 'a"b')).toBe(String.raw`"a\"b"`);
  });
});

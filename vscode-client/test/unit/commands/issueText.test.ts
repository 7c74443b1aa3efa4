import { describe, expect, it } from "vitest";

import { issueText } from "../../../src/commands/issueText";

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

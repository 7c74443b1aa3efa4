import { describe, expect, it } from "vitest";

import { commandLine } from "../../../src/environment/commandLine";
import { installCommand } from "../../../src/server/installCommand";

describe("the command to install", () => {
  it("is pip of the interpreter, or uv for it", () => {
    expect(commandLine(installCommand("/my env/bin/python", undefined))).toBe(
      '"/my env/bin/python" -m pip install dbt-glue-python',
    );
    expect(commandLine(installCommand("/env/bin/python", "/usr/bin/uv"))).toBe(
      "/usr/bin/uv pip install --python /env/bin/python dbt-glue-python",
    );
  });
});

import { describe, expect, it } from "vitest";

import { modelPatterns, projectOfModel } from "../../../src/projects/models";

describe("models", () => {
  const outer = { folder: "/work", name: "outer", modelPaths: ["models", "./more"] };
  const inner = { folder: "/work/models/inner", name: "inner", modelPaths: ["models"] };

  it("are matched by the model paths, literally", () => {
    expect(modelPatterns([outer])).toEqual(["/work/models/**/*.py", "/work/more/**/*.py"]);
    const odd = { folder: "/my [work]", name: "odd", modelPaths: ["models"] };
    expect(modelPatterns([odd])).toEqual(["/my [[]work[]]/models/**/*.py"]);
  });

  it("belong to the innermost project", () => {
    const found = (file: string) => projectOfModel(file, [outer, inner])?.name;
    expect(found("/work/models/a.py")).toBe("outer");
    expect(found("/work/models/inner/models/a.py")).toBe("inner");
    expect(found("/work/models/a.sql")).toBeUndefined();
    expect(found("/work/tests/a.py")).toBeUndefined();
  });
});

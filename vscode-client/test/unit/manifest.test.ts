/** What package.json promises is there: files, commands, settings, and a matcher that matches. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

import { describe, expect, it } from "vitest";

interface Manifest {
  icon: string;
  contributes: {
    commands: { command: string }[];
    configuration: { properties: Record<string, Record<string, unknown>> };
    problemMatchers: { pattern: { regexp: string }[] }[];
    snippets: { path: string }[];
    walkthroughs: { steps: { media: { image: string } }[] }[];
    yamlValidation: { url: string }[];
  };
}

const ROOT = path.resolve(__dirname, "../..");
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");
const manifest = JSON.parse(read("package.json")) as Manifest;
const source = readdirSync(path.join(ROOT, "src"))
  .map((file) => read(path.join("src", file)))
  .join("\n");
const { contributes } = manifest;

describe("package.json", () => {
  it("names files that exist", () => {
    const files = [
      manifest.icon,
      ...contributes.snippets.map((item) => item.path),
      ...contributes.yamlValidation.map((item) => item.url),
      ...contributes.walkthroughs.flatMap((item) => item.steps.map((step) => step.media.image)),
    ];
    expect(files.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it("declares exactly the commands that the code registers", () => {
    const registered = [...source.matchAll(/\bcommand\(\s*"(dbtGlue\.\w+)"/g)].map(
      (match) => match[1],
    );
    expect(contributes.commands.map((item) => item.command).sort()).toEqual(registered.sort());
  });

  it("describes every setting", () => {
    const bare = Object.entries(contributes.configuration.properties)
      .filter(([, value]) => !("description" in value || "markdownDescription" in value))
      .map(([key]) => key);
    expect(bare).toEqual([]);
  });
});

describe("the problem matcher", () => {
  const pattern = new RegExp(contributes.problemMatchers[0]?.pattern[0]?.regexp ?? "^$");
  const match = (line: string) => pattern.exec(line)?.slice(1);

  it("takes errors of a run and findings of the compiler to their lines", () => {
    expect(match("  models/marts/a.py:12: AnalysisException: [UNRESOLVED_COLUMN] b")).toEqual([
      "models/marts/a.py",
      "12",
      undefined,
      "AnalysisException",
      "[UNRESOLVED_COLUMN] b",
    ]);
    expect(match("10:11:12    models/a.py:3:5: GLU601 no column `x`")).toEqual([
      "models/a.py",
      "3",
      "5",
      "GLU601",
      "no column `x`",
    ]);
  });

  it("leaves other lines alone", () => {
    expect(match("Runtime Error in model a (models/a.py)")).toBeUndefined();
    expect(match("10:11:12  1 of 1 ERROR creating python table model a")).toBeUndefined();
  });
});

describe("the snippets", () => {
  it("are bodies of text with a prefix of their own", () => {
    const snippets = Object.values(
      JSON.parse(read("snippets/models.json")) as Record<
        string,
        { prefix: string; body: string[] }
      >,
    );
    expect(new Set(snippets.map((item) => item.prefix)).size).toBe(snippets.length);
    expect(snippets.every((item) => item.body.length > 0)).toBe(true);
  });
});

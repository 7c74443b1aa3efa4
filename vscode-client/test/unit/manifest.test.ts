/** What package.json promises is there: files, commands, settings, the pattern of errors. */

import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";

import { describe, expect, it } from "vitest";

import { LENS_COMMANDS, OWN_COMMANDS } from "../../src/protocol/commands";
import { PATTERN } from "../../src/runs/output";

interface Manifest {
  icon: string;
  contributes: {
    commands: { command: string }[];
    configuration: { properties: Record<string, Record<string, unknown>> };
    problemMatchers: { pattern: Record<string, unknown>[] }[];
    snippets: { path: string }[];
    walkthroughs: { steps: { media: { image: string } }[] }[];
    yamlValidation: { url: string }[];
  };
}

const ROOT = path.resolve(__dirname, "../..");
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");
const manifest = JSON.parse(read("package.json")) as Manifest;
const commands = read("src/commands/commands.ts");
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
    const registered = [...commands.matchAll(/^\s*"(dbtGlue\.\w+)": /gm)].map(([, name]) => name);
    expect(contributes.commands.map((item) => item.command).sort()).toEqual(registered.sort());
  });

  it("declares every command that the servers have, too, so that none is registered twice", () => {
    const declared = contributes.commands.map((item) => item.command);
    expect(OWN_COMMANDS.filter((command) => !declared.includes(command))).toEqual([]);
    expect(OWN_COMMANDS).toEqual(expect.arrayContaining([...LENS_COMMANDS]));
  });

  it("describes every setting", () => {
    const bare = Object.entries(contributes.configuration.properties)
      .filter(([, value]) => !("description" in value || "markdownDescription" in value))
      .map(([key]) => key);
    expect(bare).toEqual([]);
  });
});

describe("the problem matcher", () => {
  it("finds in the output of a user's own task what the extension finds in a run", () => {
    const { regexp, ...groups } = contributes.problemMatchers[0]?.pattern[0] ?? {};
    expect(regexp).toBe(PATTERN.source);
    expect(groups).toEqual({ file: 1, line: 2, column: 3, code: 4, message: 5 });
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

/** The rooms of src: each imports only from those before it, no module is part of a circle, no export is dead. */

import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

import ts from "typescript";
import { describe, expect, it } from "vitest";

/** In this order: what knows nothing of the others, the servers, what is made with them, what the user calls. */
const ROOMS = [
  "environment",
  "projects",
  "protocol",
  "settings",
  "server",
  "documents",
  "runs",
  "views",
  "commands",
];
const CLIENT = path.resolve(__dirname, "../..");

interface Module {
  /** Relative to the client, without its ending. */
  readonly name: string;
  /** The names that are taken from each module. */
  readonly imports: ReadonlyMap<string, readonly string[]>;
  /** The values; types are part of their signatures. */
  readonly exports: readonly string[];
}

function readModule(file: string): Module {
  const text = readFileSync(path.join(CLIENT, file), "utf8");
  const imports = new Map<string, string[]>();
  const exports: string[] = [];
  for (const statement of ts.createSourceFile(file, text, ts.ScriptTarget.ES2022).statements) {
    if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
      const from = statement.moduleSpecifier.text;
      const named = statement.importClause?.namedBindings;
      const names =
        named !== undefined && ts.isNamedImports(named)
          ? named.elements.map((item) => (item.propertyName ?? item.name).text)
          : [];
      if (from.startsWith(".")) {
        imports.set(path.join(path.dirname(file), from), names);
      }
    } else if (
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some((item) => item.kind === ts.SyntaxKind.ExportKeyword) === true
    ) {
      exports.push(...valuesOf(statement));
    }
  }
  return { name: file.replace(/\.ts$/, ""), imports, exports };
}

function valuesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((item) => (item.name as ts.Identifier).text);
  }
  const isValue = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
  return isValue && statement.name !== undefined ? [statement.name.text] : [];
}

function modulesIn(folder: string): Module[] {
  return readdirSync(path.join(CLIENT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readModule(path.join(folder, file)));
}

const roomOf = (module: string) => path.relative("src", path.dirname(module)).split(path.sep)[0];
const modules = modulesIn("src");
const byName = new Map(modules.map((module) => [module.name, module]));

describe("the rooms", () => {
  it("are the folders of the source, with the extension above them", () => {
    const entries = readdirSync(path.join(CLIENT, "src"));
    expect(entries.sort()).toEqual([...ROOMS, "extension.ts"].sort());
  });

  it("import from those before them only", () => {
    const rank = (module: string) => ROOMS.indexOf(roomOf(module) ?? "");
    const upwards = modules
      .filter((module) => rank(module.name) >= 0)
      .flatMap(({ name, imports }) =>
        [...imports.keys()]
          .filter((imported) => rank(imported) < 0 || rank(imported) > rank(name))
          .map((imported) => `${name} imports ${imported}`),
      );
    expect(upwards).toEqual([]);
  });

  it("have no circle of modules", () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (name: string, trail: readonly string[]) => {
      if (trail.includes(name)) {
        circles.push([...trail.slice(trail.indexOf(name)), name].join(" > "));
      } else if (!done.has(name)) {
        for (const imported of byName.get(name)?.imports.keys() ?? []) {
          visit(imported, [...trail, name]);
        }
        done.add(name);
      }
    };
    for (const { name } of modules) {
      visit(name, []);
    }
    expect(circles).toEqual([]);
  });

  it("export no value that no other module and no test asks for", () => {
    const entry = ["activate", "deactivate"]; // VS Code asks for them
    const asked = new Set(entry.map((name) => `src/extension ${name}`));
    for (const { imports } of [...modules, ...modulesIn("test")]) {
      for (const [from, names] of imports) {
        names.forEach((name) => asked.add(`${from} ${name}`));
      }
    }
    const all = modules.flatMap(({ name, exports }) => exports.map((item) => `${name} ${item}`));
    expect(all.filter((item) => !asked.has(item))).toEqual([]);
  });
});

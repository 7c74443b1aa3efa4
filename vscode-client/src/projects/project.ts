/** The dbt projects of a workspace folder: where they are, and where their Python models are. */

import { readdir, readFile } from "node:fs/promises";
import * as path from "node:path";

import { load, YAMLException } from "js-yaml";

const DEPTH = 2; // folders below the workspace folder; as far as the server looks
const SKIPPED = new Set(["dbt_packages", "node_modules", "target", "venv"]);

/** A dbt project: its folder, its name, and its model paths relative to the folder. */
export interface Project {
  readonly folder: string;
  readonly name: string;
  readonly modelPaths: readonly string[];
}

/** The projects at the top of a folder and up to two folders below, by path. */
export async function findProjects(folder: string, depth = DEPTH): Promise<Project[]> {
  const found: Project[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some((entry) => entry.name === "dbt_project.yml" && !entry.isDirectory())) {
    found.push(readProject(folder, await readFile(path.join(folder, "dbt_project.yml"), "utf8")));
  }
  if (depth === 0) {
    return found;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory() && !entry.name.startsWith(".") && !SKIPPED.has(entry.name)) {
      found.push(...(await findProjects(path.join(folder, entry.name), depth - 1)));
    }
  }
  return found;
}

/** A project from the text of its dbt_project.yml; one that is being edited has dbt's defaults. */
export function readProject(folder: string, text: string): Project {
  let content: unknown;
  try {
    content = load(text);
  } catch (error) {
    if (!(error instanceof YAMLException)) {
      throw error;
    }
  }
  const values = (typeof content === "object" && content !== null ? content : {}) as Record<
    string,
    unknown
  >;
  const written = values["model-paths"] ?? values["source-paths"];
  const paths = Array.isArray(written)
    ? written.filter((item): item is string => typeof item === "string")
    : [];
  const name = values.name;
  return {
    folder,
    name: typeof name === "string" ? name : path.basename(folder),
    modelPaths: paths.length > 0 ? paths : ["models"],
  };
}

/** The project that a task names by its folder; without a name the first, which is the outermost. */
export function projectNamed(
  named: string | undefined,
  folder: string,
  projects: readonly Project[],
): Project | undefined {
  return named === undefined
    ? projects[0]
    : projects.find((project) => project.folder === path.resolve(folder, named));
}

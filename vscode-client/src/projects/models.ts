/** Which files are Python models of a project, and what dbt calls them; no I/O. */

import * as path from "node:path";

import type { Project } from "./project";

/** The patterns of the Python models of projects, as VS Code matches paths. */
export function modelPatterns(projects: readonly Project[]): string[] {
  return projects.flatMap((project) =>
    project.modelPaths.map((models) => {
      const folder = path.resolve(project.folder, models).split(path.sep).join("/");
      return `${literally(folder)}/**/*.py`;
    }),
  );
}

/** The project that a file is a Python model of, by its place; the innermost when they nest. */
export function projectOfModel(file: string, projects: readonly Project[]): Project | undefined {
  const holds = (project: Project) =>
    project.modelPaths.some((models) =>
      file.startsWith(path.resolve(project.folder, models) + path.sep),
    );
  return projects
    .filter((project) => file.endsWith(".py") && holds(project))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
}

/** The name of the model in a file, as dbt takes it from there. */
export function modelName(file: string): string {
  return path.basename(file, ".py");
}

function literally(text: string): string {
  return text.replace(/[[\]{}*?]/g, (character) => `[${character}]`);
}

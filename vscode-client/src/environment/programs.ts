/** Where the programs of a Python environment are; no I/O. */

import * as path from "node:path";

/** The program beside an interpreter, where pip puts it. Conda on Windows has a folder for them. */
export function programsBeside(
  interpreter: string,
  program: string,
  platform: NodeJS.Platform,
): string[] {
  const paths = platform === "win32" ? path.win32 : path.posix;
  const folder = paths.dirname(interpreter);
  return platform === "win32"
    ? [paths.join(folder, `${program}.exe`), paths.join(folder, "Scripts", `${program}.exe`)]
    : [paths.join(folder, program)];
}

/** The interpreters of the environments that a folder may hold, in the order of preference. */
export function interpretersIn(folder: string, platform: NodeJS.Platform): string[] {
  const paths = platform === "win32" ? path.win32 : path.posix;
  const tail = platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  return [".venv", "venv"].map((name) => paths.join(folder, name, ...tail));
}

/** The files that PATH names for a program, in its order. */
export function programsOnPath(
  program: string,
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): string[] {
  const paths = platform === "win32" ? path.win32 : path.posix;
  const name = platform === "win32" ? `${program}.exe` : program;
  return (environment.PATH ?? environment.Path ?? "")
    .split(paths.delimiter)
    .filter((folder) => paths.isAbsolute(folder))
    .map((folder) => paths.join(folder, name));
}

/** Whether a file lies in one of the folders, by its path. */
export function isInside(file: string, folders: readonly string[]): boolean {
  return folders.some((folder) => {
    const relative = path.relative(folder, file);
    return relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative);
  });
}

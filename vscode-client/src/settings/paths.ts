/** The paths in settings; no I/O. */

/** A path as written in the settings, with `~`, `${workspaceFolder}` and `${env:NAME}` replaced. */
export function expandPath(
  written: string,
  folder: string,
  home: string,
  environment: NodeJS.ProcessEnv,
): string {
  return written
    .trim()
    .replace(/^~(?=$|[/\\])/, home)
    .replaceAll("${workspaceFolder}", folder)
    .replace(/\$\{env:(\w+)\}/g, (_, name: string) => environment[name] ?? "");
}

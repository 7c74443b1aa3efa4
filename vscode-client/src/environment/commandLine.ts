/** How commands are written for people; no I/O. */

/** A command as it would be typed into a terminal. */
export function commandLine(command: readonly string[]): string {
  return command.map((part) => (/^[\w@%+=:,./\\-]+$/.test(part) ? part : `"${part}"`)).join(" ");
}

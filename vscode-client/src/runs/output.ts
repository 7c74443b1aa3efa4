/** What dbt's output says about lines of Python files; no I/O. */

/** An error of a run at its line; lines and columns count from 1, as in dbt's output. */
export interface RunError {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  /** The rule of the compiler, or the class of the exception. */
  readonly code?: string;
  readonly message: string;
}

/**
 * A line of output that begins with a place: errors of the session as `a.py:8: SomeException: text`,
 * findings of the compiler as `a.py:9:32 GLU601 text`. The contributed problem matcher has the same.
 */
export const PATTERN =
  /^(?:\d{2}:\d{2}:\d{2}(?:\.\d+)?)?\s*([^\s:][^:]*\.py):(\d+)(?::(\d+))?(?:: | (?=GLU\d{3} ))(?:(GLU\d{3}|\w+(?:Error|Exception))(?::\s*|\s+))?(.*)$/;

/** The error that a line of dbt's output tells; undefined for other lines. */
export function parseLine(text: string): RunError | undefined {
  const [, file, line, column, code, message] = PATTERN.exec(text) ?? [];
  if (file === undefined || line === undefined || message === undefined) {
    return undefined;
  }
  return {
    file,
    line: Number(line),
    ...(column !== undefined && { column: Number(column) }),
    ...(code !== undefined && { code }),
    message: message.trimEnd(),
  };
}

/** Puts the lines of an output together, which arrives in pieces. */
export class Lines {
  private rest = "";

  /** The lines that a piece completes. */
  take(piece: string): string[] {
    const lines = (this.rest + piece).split(/\r?\n/);
    this.rest = lines.pop() ?? "";
    return lines;
  }

  /** The last line, when it has no end. */
  end(): string[] {
    return this.rest === "" ? [] : this.take("\n");
  }
}

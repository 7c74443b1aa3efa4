/** The terminal of a run: starts dbt, shows what it writes, and reads the errors out of it. */

import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import * as vscode from "vscode";

import { commandLine } from "../environment/commandLine";
import { Lines, parseLine } from "./output";
import type { Run, RunProblems, Selection } from "./problems";

const PATIENCE = 60_000; // milliseconds in which dbt cancels its statement and stops its session
const INTERRUPT = "\x03"; // Ctrl+C
const NOT_STARTED = 127; // as shells say it

/** A terminal without a shell, so that a run needs nothing but dbt, on remote machines, too. */
export class RunTerminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  readonly onDidWrite = this.written.event;
  private readonly closed = new vscode.EventEmitter<number>();
  readonly onDidClose = this.closed.event;
  private dbt: ChildProcess | undefined;
  private kill: NodeJS.Timeout | undefined;
  private shown = Promise.resolve();

  constructor(
    /** The program and its arguments. */
    private readonly command: readonly [string, ...string[]],
    private readonly selection: Selection,
    private readonly problems: RunProblems,
  ) {}

  open(): void {
    const [program, ...args] = this.command;
    const run = this.problems.begin(this.selection);
    this.write(`> ${commandLine(this.command)}\n\n`);
    const dbt = spawn(program, args, {
      cwd: this.selection.folder,
      // On Windows, Python would write to a pipe as the code page says.
      env: { ...process.env, PYTHONIOENCODING: "utf-8" },
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    this.dbt = dbt;
    this.read(dbt.stdout, run);
    this.read(dbt.stderr, run);
    dbt.once("error", (error) => {
      if (dbt.pid === undefined) {
        this.write(`${program} could not be started: ${error.message}.\n`);
        this.write("Next: install dbt into the environment of dbt-glue, or put it on PATH.\n");
        this.end(NOT_STARTED);
      }
    });
    dbt.once("close", (code) => {
      if (dbt.pid !== undefined) {
        this.end(code ?? 1);
      }
    });
  }

  /** The user has closed the terminal or ended the task. */
  close(): void {
    this.interrupt();
  }

  handleInput(data: string): void {
    if (data === INTERRUPT) {
      this.interrupt();
    }
  }

  /** Let dbt cancel what it does and stop its session; kill it when it does not come to an end. */
  private interrupt(): void {
    const dbt = this.dbt;
    if (dbt !== undefined && this.kill === undefined) {
      dbt.kill("SIGINT"); // on Windows there is no such signal, and dbt ends at once
      this.kill = setTimeout(() => dbt.kill("SIGKILL"), PATIENCE);
    }
  }

  private read(output: Readable, run: Run): void {
    const lines = new Lines();
    const take = (completed: readonly string[]) => {
      for (const error of completed.map(parseLine)) {
        if (error !== undefined) {
          this.shown = this.shown.then(() => this.problems.add(run, error));
        }
      }
    };
    output.setEncoding("utf8");
    output.on("data", (piece: string) => {
      this.write(piece);
      take(lines.take(piece));
    });
    output.once("end", () => {
      take(lines.end());
    });
  }

  private write(text: string): void {
    this.written.fire(text.replace(/\r?\n/g, "\r\n"));
  }

  /** The task ends when its problems are shown. */
  private end(code: number): void {
    clearTimeout(this.kill);
    this.dbt = undefined;
    void this.shown.then(() => {
      this.closed.fire(code);
    });
  }
}

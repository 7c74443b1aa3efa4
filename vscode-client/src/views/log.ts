/** Shows the log of the extension. */

import { setTimeout as delay } from "node:timers/promises";

import * as vscode from "vscode";

import { untilSeen } from "../environment/untilSeen";

const PAUSE = 1000; // milliseconds
const MOST = 30;

/**
 * Open the log's channel in the panel. A window that has just opened drops the call without a word: it knows its
 * channels only when it has time for them. So it is made again, without taking the focus, until the log is there.
 */
export function showLog(log: vscode.LogOutputChannel): Promise<void> {
  const isLog = ({ document }: vscode.TextEditor): boolean =>
    document.uri.scheme === "output" && document.uri.path.replace(/\.log$/, "").endsWith(log.name);
  return untilSeen(
    (again) => {
      log.show(again);
    },
    () => vscode.window.visibleTextEditors.some(isLog),
    () => delay(PAUSE),
    MOST,
  );
}

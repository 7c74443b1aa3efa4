/** Opens an issue for the user to complete. */

import * as os from "node:os";
import * as vscode from "vscode";

import type { Servers } from "../server/servers";
import { serverSettings } from "../settings/settings";
import { statusLine } from "../views/statusText";
import { issueText } from "./issueText";

/** Show an issue with the versions of everything that takes part. */
export async function showIssue(
  extension: vscode.Extension<unknown>,
  servers: Servers,
): Promise<void> {
  const manifest = extension.packageJSON as { version: string };
  const content = issueText({
    extension: manifest.version,
    editor: vscode.version,
    system: `${os.platform()} ${os.release()} ${os.arch()}`,
    servers: servers.all.map((server) => statusLine(server.state)),
    settings: serverSettings(),
  });
  const document = await vscode.workspace.openTextDocument({ language: "markdown", content });
  await vscode.window.showTextDocument(document);
}

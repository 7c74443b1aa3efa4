/** The commands that the server executes: its session, a validation, the schemas read again. */

import * as vscode from "vscode";
import { LSPErrorCodes, ResponseError } from "vscode-languageclient/node";

import { activeModel, modelOf } from "../documents/models";
import { modelName } from "../projects/models";
import type { Validation } from "../protocol/activity";
import type { FolderServer } from "../server/folderServer";
import type { Model, Servers } from "../server/servers";
import { showLog } from "../views/log";
import { validationText } from "../views/statusText";

const MESSAGE_TIME = 10_000; // milliseconds
const SHOW_LOG = "Show Log";

/** Lets servers execute their commands, and says what went wrong. */
export class ServerCommands {
  constructor(
    private readonly servers: Servers,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Start, stop or restart the session of the active model's project, or of the one that was clicked. */
  async ofSession(command: string, argument: unknown): Promise<void> {
    const model = activeModel(this.servers);
    const address = argument instanceof vscode.Uri ? argument.toString() : undefined;
    const clicked = this.servers.all.find((server) => server.folder.uri.toString() === address);
    const server = clicked ?? model?.server;
    const values = model !== undefined && model.server === server ? [model.uri.toString()] : [];
    await this.execute(command, values, server);
  }

  /** Let Spark read a model, and say in the status bar how that went. */
  async validate(model: Model): Promise<void> {
    const { uri } = await vscode.workspace.openTextDocument(model.uri);
    const found = await this.execute("dbtGlue.validateModel", [uri.toString()], model.server);
    if (found !== undefined) {
      const text = validationText(modelName(uri.fsPath), found as Validation);
      vscode.window.setStatusBarMessage(text, MESSAGE_TIME);
    }
  }

  async refreshSchemas(argument: unknown): Promise<void> {
    const model = modelOf(this.servers, argument);
    const values = model === undefined ? [] : [model.uri.toString()];
    await this.execute("dbtGlue.refreshSchemas", values, model?.server);
  }

  /** What the server answers; what goes wrong is told, and the result is undefined. */
  private async execute(
    command: string,
    values: unknown[],
    server: FolderServer | undefined,
  ): Promise<unknown> {
    try {
      return await this.servers.execute(command, values, server);
    } catch (error) {
      if (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled) {
        return undefined; // by the user, or by a newer one
      }
      const reason = error instanceof Error ? error.message : String(error);
      this.log.error(`${command}: ${reason}`);
      // VS Code makes links of Markdown's in messages; this one may be of the workspace.
      const text = `dbt-glue: ${reason.replaceAll("](", "] (")}`;
      void vscode.window
        .showErrorMessage(text, SHOW_LOG)
        .then((choice) => (choice === SHOW_LOG ? showLog(this.log) : undefined));
      return undefined;
    }
  }
}

/** The language client of one workspace folder. */

import * as vscode from "vscode";
import {
  CloseAction,
  type DynamicFeature,
  ErrorAction,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  type StaticFeature,
} from "vscode-languageclient/node";

import type { Start } from "../environment/serverStart";
import { type Activity, statusNotification } from "../protocol/activity";
import { LENS_COMMANDS } from "../protocol/commands";
import { schemasChanged } from "../protocol/schemas";
import { serverSettings } from "../settings/settings";
import { concernsServer } from "./fileEvents";

const SERVER_SECTION = "dbt-glue";
const RESTARTS = 3;
const WINDOW = 180_000; // milliseconds in which so many restarts are tried

/** What a client is started with. */
export interface ClientSetup {
  readonly command: string;
  readonly start: Start;
  readonly folder: vscode.WorkspaceFolder;
  readonly patterns: readonly string[];
  readonly log: vscode.LogOutputChannel;
  readonly trace: vscode.LogOutputChannel;
  /** Called when the server ended too often to be started again. */
  readonly onGivenUp: (reason: string) => void;
  readonly onActivity: (activity: Activity) => void;
  readonly onSchemasChanged: () => void;
}

/** A client whose server's commands are registered by the extension, once for all folders. */
export class FolderClient extends LanguageClient {
  constructor(setup: ClientSetup) {
    super(
      "dbtGlue",
      "dbt-glue",
      {
        command: setup.command,
        args: ["lsp"],
        options: setup.start,
      },
      clientOptions(setup),
    );
    this.onNotification(statusNotification, setup.onActivity);
    this.onNotification(schemasChanged, setup.onSchemasChanged);
  }

  /** The commands that the server executes. */
  get commands(): readonly string[] {
    return this.initializeResult?.capabilities.executeCommandProvider?.commands ?? [];
  }

  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    // Two folders would register the same names, which VS Code refuses.
    if (!isFeatureFor(feature, "workspace/executeCommand")) {
      super.registerFeature(feature);
    }
  }
}

function clientOptions(setup: ClientSetup): LanguageClientOptions {
  const folder = setup.folder.uri.fsPath;
  return {
    documentSelector: setup.patterns.map((pattern) => ({
      scheme: "file",
      language: "python",
      pattern,
    })),
    workspaceFolder: setup.folder,
    initializationOptions: {
      settings: serverSettings(folder),
      trusted: vscode.workspace.isTrusted,
      lensCommands: LENS_COMMANDS,
    },
    outputChannel: setup.log,
    traceOutputChannel: setup.trace,
    initializationFailedHandler: () => false,
    errorHandler: errorHandler(setup),
    middleware: {
      workspace: {
        configuration: (params) =>
          params.items.map((item) =>
            item.section === SERVER_SECTION ? serverSettings(folder) : null,
          ),
        didChangeWatchedFile: async (event, next) => {
          const folders = vscode.workspace.workspaceFolders ?? [];
          if (
            concernsServer(
              vscode.Uri.parse(event.uri).fsPath,
              folder,
              folders.map((item) => item.uri.fsPath),
            )
          ) {
            await next(event);
          }
        },
      },
    },
  };
}

function errorHandler(setup: ClientSetup): ErrorHandler {
  const ends: number[] = [];
  return {
    error: () => ({ action: ErrorAction.Continue, handled: true }),
    closed: () => {
      const now = Date.now();
      ends.push(now);
      const recent = ends.filter((time) => now - time < WINDOW).length;
      if (recent <= RESTARTS) {
        setup.log.warn(`the server of ${setup.folder.name} ended; it is started again`);
        return { action: CloseAction.Restart, handled: true };
      }
      setup.onGivenUp(`the server ended ${recent} times in ${WINDOW / 60_000} minutes`);
      return { action: CloseAction.DoNotRestart, handled: true };
    },
  };
}

function isFeatureFor(feature: object, method: string): boolean {
  const type = (feature as { registrationType?: { method?: string } }).registrationType;
  return type?.method === method;
}

/** What client and server say to each other beyond the Language Server Protocol. */

import { NotificationType, RequestType } from "vscode-languageclient/node";

interface OfDocument {
  readonly textDocument: { readonly uri: string };
}

/** The program that a model becomes: what runs in the session. */
export interface Program {
  readonly text: string;
  readonly name: string;
  readonly languageId: string;
}

/** A column; a type that is not known is left out. */
export interface Column {
  readonly name: string;
  readonly type?: string | null;
  readonly description?: string | null;
}

/** Where a schema is from, and when it was read: an ISO date, or seconds since 1970. */
export interface Origin {
  readonly provenance?: string | null;
  readonly fetchedAt?: string | number | null;
  /** Whether what it was read from has changed since. */
  readonly stale?: boolean;
}

/** A relation that a model reads. */
export interface Relation extends Origin {
  readonly kind: string;
  readonly name: string;
  readonly relation?: string | null;
  /** The file that defines it, when it is in the project. */
  readonly path?: string | null;
  /** Nothing when its columns are not known. */
  readonly columns?: readonly Column[] | null;
}

/** What a model returns; no columns when they are not known. */
export interface Output extends Origin {
  readonly kind?: string | null;
  readonly columns: readonly Column[] | null;
}

/** The relations that a model reads, and what it returns. */
export interface Schemas {
  readonly relations: readonly Relation[];
  readonly output: Output | null;
}

/** The session in which models are validated. */
export interface Session {
  readonly state: "off" | "starting" | "ready" | "busy" | "failed";
  readonly detail: string;
}

/** What a validation found; its problems are diagnostics. */
export interface Validation {
  readonly ok: boolean;
  readonly problems: number;
  readonly columns?: readonly Column[] | null;
  readonly seconds?: number | null;
}

/** What the server is doing. */
export interface Activity {
  readonly state: "ready" | "validating" | "error";
  readonly session: Session;
}

export const programRequest = new RequestType<OfDocument, Program, void>("dbtGlue/program");
export const planRequest = new RequestType<OfDocument, { readonly markdown: string }, void>(
  "dbtGlue/plan",
);
/** Nothing for a file that is no model. */
export const schemasRequest = new RequestType<OfDocument, Schemas | null, void>("dbtGlue/schemas");
export const statusNotification = new NotificationType<Activity>("dbtGlue/status");
export const schemasChanged = new NotificationType<{ readonly uri: string }>(
  "dbtGlue/schemasChanged",
);
export const trustNotification = new NotificationType<{ readonly trusted: boolean }>(
  "dbtGlue/trust",
);

/** What a server does that has not said anything yet. */
export const IDLE: Activity = { state: "ready", session: { state: "off", detail: "" } };

/** The commands that the server may put above a model; each is called with the model's address. */
export const LENS_COMMANDS = [
  "dbtGlue.showProgram",
  "dbtGlue.showPlan",
  "dbtGlue.runModel",
  "dbtGlue.validateModel",
] as const;

/** The server's commands that the extension registers itself, to name the model and tell of errors. */
export const SERVER_COMMANDS = [
  "dbtGlue.validateModel",
  "dbtGlue.refreshSchemas",
  "dbtGlue.startSession",
  "dbtGlue.stopSession",
  "dbtGlue.restartSession",
] as const;

/** What the server does, in its session and out of it, and what it may do. */

import { NotificationType } from "vscode-languageclient/node";

import type { Column } from "./schemas";

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

export const statusNotification = new NotificationType<Activity>("dbtGlue/status");
export const trustNotification = new NotificationType<{ readonly trusted: boolean }>(
  "dbtGlue/trust",
);

/** What a server does that has not said anything yet. */
export const IDLE: Activity = { state: "ready", session: { state: "off", detail: "" } };

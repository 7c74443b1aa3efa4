/** What the user is told of a server: one line, how severe, and what helps; no I/O. */

import type { Activity, Session, Validation } from "../protocol/activity";
import type { State } from "../server/state";

/** A line of status. */
export interface StatusText {
  readonly text: string;
  readonly detail: string;
  readonly severity: "information" | "warning" | "error";
  readonly busy: boolean;
}

/** The words for a state, and for what a server that is ready does. */
export function statusText(state: State, activity?: Activity): StatusText {
  switch (state.kind) {
    case "starting":
      return { text: "dbt-glue", detail: "starting", severity: "information", busy: true };
    case "ready": {
      const doing = activity?.state ?? "ready";
      return {
        text: `dbt-glue ${state.server.version}`,
        detail: `${DOING[doing]} (${state.server.origin})`,
        severity: doing === "error" ? "warning" : "information",
        busy: doing === "validating",
      };
    }
    case "absent":
      return {
        text: "dbt-glue: no server",
        detail: state.trusted ? state.search.reason : `restricted mode: ${state.search.reason}`,
        severity: state.trusted && state.search.kind !== "missing" ? "error" : "warning",
        busy: false,
      };
    case "failed":
      return {
        text: "dbt-glue: server failed",
        detail: state.reason,
        severity: "error",
        busy: false,
      };
  }
}

/** A state in one line. */
export function statusLine(state: State): string {
  const { text, detail } = statusText(state);
  return `${text}, ${detail}`;
}

const DOING: Readonly<Record<Activity["state"], string>> = {
  ready: "ready",
  validating: "validating",
  error: "not everything could be checked, see the log",
};

/** What the user is told of the session, and what a click on it does. */
export interface SessionText extends StatusText {
  readonly action: "start" | "stop" | undefined;
}

const SESSIONS: Readonly<Record<Session["state"], Omit<SessionText, "detail">>> = {
  off: { text: "session: off", severity: "information", busy: false, action: "start" },
  starting: { text: "session: starting", severity: "information", busy: true, action: "stop" },
  ready: { text: "session: warm", severity: "information", busy: false, action: "stop" },
  busy: { text: "session: busy", severity: "information", busy: true, action: "stop" },
  failed: { text: "session: failed", severity: "warning", busy: false, action: "start" },
};

/** The words for the session in which models are validated. */
export function sessionText(session: Session): SessionText {
  // There is room for a line with a button: the session's name is left to the log.
  const detail = session.detail.split(", ").filter((part) => !/^dbt-glue-[\da-f-]+$/.test(part));
  return { ...SESSIONS[session.state], detail: detail.join(", ") };
}

/** How a validation went, in a line. */
export function validationText(model: string, found: Validation): string {
  if (!found.ok || found.problems > 0) {
    const problems = found.problems === 1 ? "1 problem" : `${found.problems} problems`;
    return `$(error) ${model}: ${found.problems > 0 ? problems : "not valid"}`;
  }
  const columns = found.columns?.length;
  const returned =
    columns === undefined ? "" : `, returns ${columns} column${columns === 1 ? "" : "s"}`;
  return `$(pass) ${model}: valid in the session${returned}`;
}

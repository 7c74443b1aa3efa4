/** What the user is told of a server: one line, how severe, and what helps. */

import type { Found, Missing } from "./discovery";

export type State =
  | { readonly kind: "starting" }
  | { readonly kind: "ready"; readonly server: Found }
  | { readonly kind: "absent"; readonly search: Missing; readonly trusted: boolean }
  | { readonly kind: "failed"; readonly server: Found; readonly reason: string };

export interface Told {
  readonly text: string;
  readonly detail: string;
  readonly severity: "information" | "warning" | "error";
  readonly busy: boolean;
}

/** The words for a state. */
export function tell(state: State): Told {
  switch (state.kind) {
    case "starting":
      return { text: "dbt-glue", detail: "starting", severity: "information", busy: true };
    case "ready":
      return {
        text: `dbt-glue ${state.server.version}`,
        detail: `ready (${state.server.origin})`,
        severity: "information",
        busy: false,
      };
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

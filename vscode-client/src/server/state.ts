/** What becomes of a server: it is looked for and started, then it is ready, or there is a reason. */

import type { Found, Missing } from "./discovery";

export type State =
  /** Looked for, or started; where there is no project, waiting for one. */
  | { readonly kind: "starting" }
  | { readonly kind: "ready"; readonly server: Found }
  | { readonly kind: "absent"; readonly search: Missing; readonly trusted: boolean }
  | { readonly kind: "failed"; readonly server: Found; readonly reason: string };

/** The schemas of the relations that a model reads and returns, as the server tells them. */

import { NotificationType, RequestType } from "vscode-languageclient/node";

import type { OfDocument } from "./documents";

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

/** Nothing for a file that is no model. */
export const schemasRequest = new RequestType<OfDocument, Schemas | null, void>("dbtGlue/schemas");
export const schemasChanged = new NotificationType<{ readonly uri: string }>(
  "dbtGlue/schemasChanged",
);

/** What becomes of a model, as the server tells it: its program, its plan. */

import { RequestType } from "vscode-languageclient/node";

/** What a request about one file is called with. */
export interface OfDocument {
  readonly textDocument: { readonly uri: string };
}

/** A question for a program: for people (readable, the default), or as it is sent to a session (wire). */
export interface OfProgram extends OfDocument {
  readonly form?: "readable" | "wire";
}

/** The program that a model becomes. */
export interface Program {
  readonly text: string;
  readonly name: string;
  readonly languageId: string;
}

export const programRequest = new RequestType<OfProgram, Program, void>("dbtGlue/program");
export const planRequest = new RequestType<OfDocument, { readonly markdown: string }, void>(
  "dbtGlue/plan",
);

/** The commands that client and server share. */

/** The commands that the server may put above a model; each is called with the model's address. */
export const LENS_COMMANDS = [
  "dbtGlue.showProgram",
  "dbtGlue.showPlan",
  "dbtGlue.runModel",
  "dbtGlue.validateModel",
] as const;

/** What servers execute and the extension registers itself, to name the model and tell of errors. */
export const OWN_COMMANDS = [
  ...LENS_COMMANDS,
  "dbtGlue.showWireProgram",
  "dbtGlue.refreshSchemas",
  "dbtGlue.startSession",
  "dbtGlue.stopSession",
  "dbtGlue.restartSession",
] as const;

// The suite must fail when it should: with a server that is not there, and with one that breaks.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { runHostTests } from "./host.mjs";
import { writeProgram } from "./workspace.mjs";

const PATIENCE = 12_000; // milliseconds: longer than a server that works takes

/** Play a scenario and run the tests in the host with servers that cannot work: a case for each failure. */
export async function runControls(edition, stage) {
  const folder = mkdtempSync(path.join(tmpdir(), "control-"));
  const [absent, broken] = ["absent", "broken"].map((name) => path.join(folder, name));
  writeProgram(broken, '#!/bin/sh\n[ "$1" = --version ] && echo "dbt-glue 9.9.9"\n');
  const inScenario = (server) =>
    mustFail(server, "a scenario", /squiggly-error/, async (terms) =>
      String(await stage.play("editing", { ...terms, apart: true })),
    );
  const inHost = (server) =>
    mustFail(
      server,
      "the tests in the host",
      /not in time: all servers are ready/,
      async (terms) => {
        const { passed, output } = await runHostTests(edition, terms);
        return passed ? "" : output;
      },
    );
  // They wait for most of their time, so all at once.
  const cases = await Promise.all(
    [absent, broken].flatMap((server) => [inScenario(server), inHost(server)]),
  );
  rmSync(folder, { recursive: true });
  return cases;
}

/** A case that is good when the work, which gives the text of its failure, fails for the right reason. */
async function mustFail(server, what, reason, work) {
  const begin = Date.now();
  const text = await work({ server, patience: PATIENCE });
  return {
    name: `a server that is ${path.basename(server)} fails ${what}`,
    seconds: (Date.now() - begin) / 1000,
    error: reason.test(text) ? undefined : `not for the right reason: ${text}`,
  };
}

// A workspace in which everything that could be run or fetched by mistake says that it was.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";

import { addEnvironment, writeProgram, writeSettings } from "./workspace.mjs";

export const MODEL_OF_HOSTILE = `"""Rows that somebody else wrote."""


def model(dbt, session):
    flights = dbt.ref("stg_flight")
    lure = dbt.ref("lure")
    return lure.join(flights, "carrier")
`;

/** Names that our processes import, and those that Python imports by itself. */
const MODULES = [
  ...["json", "typing", "asyncio", "logging", "pathlib", "struct", "pickle", "string", "threading"],
  ...["sitecustomize", "usercustomize", "conftest", "setup", "pyspark", "boto3", "yaml", "libcst"],
  ...["glue_cli", "glue_lsp", "glue_compiler", "pygls", "lsprotocol", "dbt/__init__"],
  ...["multiprocessing", "signal", "sysconfig", "encodings/__init__", "importlib/__init__"],
];

/** Where an image is that no page of ours has: nothing must ask for it. */
export const ELSEWHERE = "https://canary.invalid";

/** Fill a workspace. What runs writes its name into the file `was-run.txt` beside the workspace. */
export function makeHostile({ root, folder }, port) {
  const mark = path.join(root, "was-run.txt");
  const write = (name, text) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  for (const name of MODULES) {
    // Without `open`, which Python does not have yet when it imports `encodings`.
    const text =
      `import posix\nflags = posix.O_WRONLY | posix.O_CREAT | posix.O_APPEND\n` +
      `posix.write(posix.open(${JSON.stringify(mark)}, flags, 0o600), b"${name}\\n")\n` +
      `raise ImportError("${name}")\n`;
    write(`${name}.py`, text);
    write(`models/${name}.py`, text);
  }
  write("planted.pth", `import os; open(${JSON.stringify(mark)}, "a").write("pth\\n")\n`);
  const program = `#!/bin/sh\necho "$0 $*" >> ${mark}\necho "dbt-glue 9.9.9"\n`;
  addEnvironment(folder, program);
  for (const name of ["dbt-glue", "python", "python3", "git", "sh"]) {
    writeProgram(path.join(folder, name), program);
  }
  writeSettings(folder, {
    "dbtGlue.path": path.join(folder, "dbt-glue"),
    "dbtGlue.interpreter": path.join(folder, "python"),
    "dbtGlue.profilesDir": folder,
    "dbtGlue.validateOnSave": true,
    "python.defaultInterpreterPath": path.join(folder, "python"),
    "git.path": path.join(folder, "git"),
    "terminal.integrated.env.linux": { PYTHONPATH: folder },
  });
  write(".env", `PYTHONPATH=${folder}\nPYTHONSTARTUP=${folder}/json.py\nBASH_ENV=${folder}/sh\n`);
  write(
    ".vscode/tasks.json",
    JSON.stringify({
      version: "2.0.0",
      tasks: [
        {
          label: "planted",
          type: "shell",
          command: path.join(folder, "sh"),
          runOptions: { runOn: "folderOpen" },
        },
      ],
    }),
  );
  write(
    "pyproject.toml",
    `[build-system]\nrequires = []\nbuild-backend = "json"\nbackend-path = ["."]\n[tool.dbt-glue]\nglue-version = "5.0"\n`,
  );
  write(
    "profiles.yml",
    "nycflights:\n  target: dev\n  outputs:\n    dev: {type: glue, endpoint: local, endpoint_dir: ., threads: 1, " +
      `schema: "{{ env_var('HOME') }}", conf: "{{ modules.re.sys.exit(3) }}"}\n`,
  );
  const images = [`http://127.0.0.1:${port}`, ELSEWHERE].flatMap((place) => [
    `![a picture](${place}/markdown.png)`,
    `<img src='${place}/html.png'>`,
    `![by name][${place}]\n\n[${place}]: ${place}/named.png\n\n`,
  ]);
  const text = [
    "Rows of a lure. [Press](command:workbench.action.terminal.new)",
    "<a href='command:workbench.action.terminal.new'>Press</a> <command:workbench.action.quit>",
    ...images,
  ].join("\n\n");
  write("models/marts/lure.sql", "select 1 as carrier\n");
  write(
    "models/marts/lure.yml",
    JSON.stringify({
      models: [
        { name: "lure", description: text, columns: [{ name: "carrier", description: text }] },
      ],
    }),
  );
  return {
    ran: () => (existsSync(mark) ? readFileSync(mark, "utf8") : ""),
    forget: () => rmSync(mark, { force: true }),
  };
}

/** Show that the traps work: what is run or fetched here is told. They are as new afterwards. */
export async function tryTraps({ folder }, planted, canary) {
  const python = (code, env) =>
    spawnSync("python3", ["-c", code], { cwd: folder, env: { ...process.env, ...env } });
  const traps = {
    json: () => python("import json", { PYTHONPATH: "" }),
    "encodings/__init__": () => python("", { PYTHONPATH: "." }),
    [path.join(folder, "git")]: () => spawnSync(path.join(folder, "git"), ["--version"]),
  };
  for (const [name, spring] of Object.entries(traps)) {
    spring();
    assert.ok(planted.ran().startsWith(name), `${name} was run and has not told: ${planted.ran()}`);
    planted.forget();
  }
  await fetch(`http://127.0.0.1:${canary.port}/trial.png`);
  assert.deepEqual(canary.asked.splice(0), ["/trial.png"], "the server does not hear of a fetch");
}

/** A server on loopback that writes down what it is asked for. */
export async function listenForRequests() {
  const asked = [];
  const server = http.createServer((request, response) => {
    asked.push(request.url);
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: server.address().port, asked, close: () => server.close() };
}

// What VS Code's extension host calls: run the tests beside this file with mocha, fail by exception.
const path = require("node:path");

const vscode = require("vscode");

const loaded = require("mocha");
const Mocha = loaded.default ?? loaded;

exports.run = async () => {
  const { writeReport } = await import("../../scripts/report.mjs");
  const mocha = new Mocha({ ui: "bdd", timeout: 90_000, color: false });
  mocha.addFile(path.join(__dirname, "extension.test.cjs"));
  const cases = [];
  const failures = await new Promise((resolve) => {
    mocha
      .run(resolve)
      .on("pass", (test) => {
        cases.push({ name: test.fullTitle(), seconds: test.duration / 1000 });
      })
      .on("fail", (test, error) => {
        cases.push({ name: test.fullTitle(), error: error.stack ?? String(error) });
      });
  });
  // { name, seconds, error } of each test goes to the report that the workspace asks for.
  const report = vscode.workspace.getConfiguration("dbtGlueTest").get("report");
  if (report) {
    writeReport(report.folder, report.name, cases);
  }
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
};

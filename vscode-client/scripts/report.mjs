// Writes the results of checks as JUnit reports, which `make test` adds up.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
// XML has no way to write these: colours and cursor movements of programs' output.
const FORBIDDEN = /[^\t\n\r\u0020-\uFFFD]/g;

/** Write <folder>/<suite>.xml; a case is { name, seconds, error }, good when it has no error. */
export function writeReport(folder, suite, cases) {
  const failures = cases.filter((item) => item.error !== undefined).length;
  const lines = cases.map(({ name, seconds = 0, error }) => {
    const open = `<testcase classname="${escape(suite)}" name="${escape(name)}" time="${seconds.toFixed(3)}"`;
    return error === undefined
      ? `${open}/>`
      : `${open}><failure>${escape(String(error))}</failure></testcase>`;
  });
  const numbers = `tests="${cases.length}" failures="${failures}" errors="0" skipped="0"`;
  const text = `<testsuite name="${escape(suite)}" ${numbers}>\n${lines.join("\n")}\n</testsuite>\n`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${suite}.xml`), `<testsuites>\n${text}</testsuites>\n`);
}

function escape(text) {
  return text.replace(FORBIDDEN, "").replace(/[&<>"]/g, (character) => ESCAPES[character]);
}

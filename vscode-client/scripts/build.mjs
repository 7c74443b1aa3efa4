// Bundle the extension into one file, dist/extension.js.
import { build } from "esbuild";

await build({
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  external: ["vscode"],
  format: "cjs",
  platform: "node",
  target: "node20",
  minify: process.argv.includes("--production"),
  sourcemap: process.argv.includes("--production") ? false : "linked",
  logLevel: "warning",
});

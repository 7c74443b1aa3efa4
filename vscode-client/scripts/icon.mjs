// Draw images/icon.png from images/icon.svg.
import { readFile } from "node:fs/promises";

import { launchChromium } from "../test/e2e/chromium.mjs";

const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
const svg = await readFile("images/icon.svg", "utf8");
await page.setContent(`<style>body{margin:0}svg{display:block}</style>${svg}`);
await page.screenshot({ path: "images/icon.png", omitBackground: true });
await browser.close();

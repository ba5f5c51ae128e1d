// The browser of the tests and of the benchmark, and axe in it. It is Chromium of the distribution, and must ask nobody but the pages'
// own server for anything.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

/** The script of axe. */
export const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const args = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

/** Starts it. */
export const launch = () => chromium.launch({ executablePath, args });

/** What axe finds on a page against WCAG 2.2 AA and against good practice. */
export async function violations(page) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  if (passes.length <= 10) throw new Error(`axe looked at ${passes.length} rules only`);
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ")}`));
}

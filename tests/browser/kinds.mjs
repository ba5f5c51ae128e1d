// What a built site holds: one page of each kind.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Folders that hold a page for each of many things. */
const MANY = /^(controls|functions|teams|frameworks|guides|heatmap\/[^/]+|crosswalk|compare)\/[^/]+/;

/** The kind of a page by its path: without its quarter, and with `*` for what it is about. */
const kindOf = (path) =>
  path.replace(/^\d{4}-Q[1-4]\//, "").replace(/^current\/.*/, "current").replace(MANY, "$1/*").replace(/-\d+\.html$/, "-n.html")
    .replace(/\/\d+\/index\.html$/, "/n/index.html");

/** The largest page of each kind that `wanted` takes by its text, of the newest quarter and of those without one, by kind: its path. */
export function largestOfEachKind(site, wanted = () => true) {
  const newest = readdirSync(site).filter((name) => /^\d{4}-Q[1-4]$/.test(name)).sort().at(-1);
  if (!newest) throw new Error(`${site} is no report`);
  const kinds = new Map();
  for (const path of readdirSync(site, { recursive: true }).filter((path) => path.endsWith(".html")).sort()) {
    if (/^\d{4}-Q[1-4]\//.test(path) && !path.startsWith(`${newest}/`)) continue;
    const [kind, { size }] = [kindOf(path), statSync(join(site, path))];
    if (size > (kinds.get(kind)?.size ?? 0) && wanted(readFileSync(join(site, path), "utf8"))) kinds.set(kind, { path, size });
  }
  return kinds;
}

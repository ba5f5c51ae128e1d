// Workspaces of every shape in, what axe finds wrong with any kind of their pages out, and which pages are too large or too long. It
// takes minutes, so run.sh leaves it out. After run.sh, run MILEPOST=path/to/milepost node --test shapes.mjs.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launch, violations } from "./browser.mjs";
import { largestOfEachKind } from "./kinds.mjs";
import * as workspaces from "./workspaces.mjs";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const milepost = process.env.MILEPOST ?? join(repository, "target/release/milepost");

const folder = mkdtempSync(join(tmpdir(), "milepost-axe-"));
let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The site of a workspace, built once. */
const sites = new Map();
function siteOf(name) {
  if (!sites.has(name)) {
    const [root, site] = [join(folder, name), join(folder, `${name}-site`)];
    workspaces[name](root, milepost);
    execFileSync(milepost, ["--root", root, "build", "--out", site], { stdio: "pipe" });
    sites.set(name, site);
  }
  return sites.get(name);
}

/** Opens a page of a site and hands it to `look`. */
async function open(site, path, options, look) {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(site, path)).href, { waitUntil: "load", timeout: 120_000 });
    return await look(page);
  } finally {
    await context.close();
  }
}

for (const name of Object.keys(workspaces)) {
  test(`axe finds nothing on any kind of page: ${name}`, async () => {
    const site = siteOf(name);
    // A page that forwards is gone before it can be looked at.
    const kinds = [...largestOfEachKind(site)].filter(([kind]) => kind !== "current");
    assert.ok(kinds.length >= 16, kinds.map(([kind]) => kind).join());
    const told = [];
    for (const [kind, { path }] of kinds) {
      await open(site, path, {}, async (page) => {
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          told.push(...(await violations(page)).map((fault) => `${kind}, ${colorScheme}: ${path}: ${fault}`));
        }
      });
    }
    assert.deepEqual(told, []);
  });
}

test("no page of many teams is larger than a megabyte", () => {
  const large = [...largestOfEachKind(siteOf("large")).values()].filter(({ size }) => size > 1_000_000);
  assert.deepEqual(large, []);
});

test("the dashboard of twenty families is at most three screens, and its chapters unfold", () =>
  open(siteOf("published"), "index.html", { viewport: { width: 1280, height: 800 } }, async (page) => {
    const height = await page.evaluate(() => document.scrollingElement.scrollHeight);
    assert.ok(height <= 3 * 800, `${height} pixels`);
    const gaps = page.locator("section[aria-labelledby=gaps] table");
    assert.equal(await gaps.isVisible(), false);
    await page.locator(".chapter summary", { hasText: "Largest gaps" }).press("Enter");
    assert.ok(await gaps.isVisible());
    await page.emulateMedia({ media: "print" });
    assert.ok(await page.locator("section[aria-labelledby=answers] table").first().isVisible(), "paper shows what is folded");
  }));

// Built sites in, what a browser, axe and vnu find wrong with them out. Run it by run.sh, which installs what it needs.

import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join, normalize, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inflateSync } from "node:zlib";
import { axe, launch, violations } from "./browser.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const repository = join(here, "../..");
const milepost = process.env.MILEPOST ?? join(repository, "target/release/milepost");
const require = createRequire(import.meta.url);
const vnu = join(require.resolve("vnu-jar/package.json"), "../build/dist/vnu.jar");

// One page of each kind; of the other workspaces those that differ most from the worked example's.
const sites = {
  example: {
    root: ".",
    pages: [
      "index.html", "2026-Q1/index.html", "2026-Q3/controls/PR.DS-11/index.html", "2026-Q3/functions/govern/index.html",
      "2026-Q3/functions/recover/index.html", "2026-Q3/teams/shore/index.html", "2026-Q1/teams/terminals/index.html",
      "2026-Q3/gaps/index.html", "2026-Q3/evidence/index.html", "method/index.html",
      "2026-Q3/exclusions/index.html", "2026-Q3/findings/index.html", "2026-Q3/targets/index.html",
      "2026-Q4/actions/index.html", "2026-Q4/changes/index.html", "2026-Q4/board/index.html", "trends/index.html",
      "2026-Q4/teams/fleet/index.html",
      "2026-Q3/controls/DRC.RU-01/index.html", "2026-Q3/frameworks/delivery/index.html",
      "2026-Q3/frameworks/data-recovery/index.html", "guides/index.html", "guides/protect/index.html",
      "guides/theme/index.html",
    ],
  },
  // The same for the board, and in the other theme.
  board: {
    root: ".",
    args: ["--audience", "board"],
    pages: ["index.html", "2026-Q4/controls/PR.DS-11/index.html", "2026-Q4/board/index.html", "2026-Q4/gaps/index.html"],
  },
  ledger: {
    root: ".",
    settings: (text) => text.replace("[report]\n", '[report]\ntheme = "ledger"\n'),
    pages: [
      "index.html", "2026-Q4/controls/PR.DS-11/index.html", "2026-Q4/board/index.html", "2026-Q4/gaps/index.html",
      "2026-Q4/changes/index.html", "2026-Q4/functions/protect/index.html", "trends/index.html",
    ],
  },
  half: {
    root: "tests/fixtures/site/half",
    pages: [
      "index.html", "2026-Q3/controls/PR.DS-11/index.html", "2026-Q3/functions/recover/index.html",
      "2026-Q3/teams/bridge/index.html", "2026-Q3/gaps/index.html", "2026-Q3/evidence/index.html",
      "2026-Q3/frameworks/harbour/index.html", "2026-Q3/changes/index.html", "trends/index.html", "method/index.html",
    ],
  },
  hostile: {
    root: "tests/fixtures/site/hostile",
    pages: [
      "index.html", "2026-Q3/controls/W1.A-(1)/index.html", "2026-Q3/functions/W1/index.html",
      "2026-Q3/teams/markup/index.html", "2026-Q3/gaps/index.html", "2026-Q3/evidence/index.html",
      "2026-Q3/frameworks/second/index.html", "2026-Q3/changes/index.html", "2026-Q3/actions/index.html", "method/index.html",
    ],
  },
};

// Workspaces whose every text tries to be more than text; tests/suite/payloads.rs writes them.
const payloads = join(resolve(repository, process.env.CARGO_TARGET_DIR ?? "target"), "tmp/payloads");

const types = {
  ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml",
  ".json": "application/json", ".csv": "text/csv",
};

const folder = mkdtempSync(join(tmpdir(), "milepost-browser-"));
let server, address, browser;

before(async () => {
  for (const [name, site] of Object.entries(sites)) {
    site.folder = join(folder, name);
    const root = site.settings ? copy(site.root, `${name}-workspace`, site.settings) : join(repository, site.root);
    const args = ["--root", root, "build", "--out", site.folder, ...(site.args ?? [])];
    execFileSync(milepost, args, { stdio: "pipe" });
    site.pages = site.pages.map((page) => existing(site.folder, page));
  }
  server = createServer((request, response) => {
    // Browsers ask for it by themselves.
    if (request.url === "/favicon.ico") {
      response.writeHead(204).end();
      return;
    }
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    const file = join(folder, path);
    if (!file.startsWith(folder) || !existsSync(file) || !types[extname(file)]) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": types[extname(file)] }).end(readFileSync(file));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  address = `http://127.0.0.1:${server.address().port}`;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A copy of a workspace with other settings. */
function copy(root, name, settings) {
  const there = join(folder, name);
  for (const part of ["content", "controls", "maps", "themes", "milepost.toml"]) {
    const from = join(repository, root, part);
    if (existsSync(from)) cpSync(from, join(there, part), { recursive: true });
  }
  change(join(there, "milepost.toml"), settings);
  return there;
}

/** Changes a file, which then is another. */
function change(path, how) {
  const before = readFileSync(path, "utf8");
  const after = how(before);
  assert.notEqual(after, before, path);
  writeFileSync(path, after);
}

function existing(folder, page) {
  assert.ok(existsSync(join(folder, page)), `${page} is no page of ${folder}`);
  return page;
}

/** Opens a page and hands it to `look`; afterwards nothing may have gone wrong or have been asked of anybody else. */
async function open(url, options, look) {
  const context = await browser.newContext(options);
  const faults = [];
  const home = new URL(url).protocol === "file:" ? "file:" : new URL(url).origin;
  context.on("request", (request) => {
    if (!request.url().startsWith(home)) faults.push(`request: ${request.url()}`);
  });
  context.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
  });
  context.on("requestfailed", (request) => {
    // A page that is left at once may not have its icon yet.
    const left = request.failure()?.errorText === "net::ERR_ABORTED" && request.url().endsWith("/assets/icon.svg");
    if (!left) faults.push(`failed: ${request.url()}`);
  });
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => faults.push(`error: ${error.error()}`));
  context.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  await context.addInitScript(() => {
    window.canary = () => console.error("a hostile text ran");
    document.addEventListener("securitypolicyviolation", (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  try {
    const page = await context.newPage();
    await page.goto(url, { waitUntil: "load" });
    await look(page);
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
}

/** Runs `look` on each page of each site, as tests of their own; two at a time, as most machines have two processors. */
function onEachPage(options, look) {
  for (const [name, site] of Object.entries(sites)) {
    for (const path of site.pages) {
      test(`${name}/${path}`, (t) => open(`${address}/${name}/${path}`, options, (page) => look(page, t)));
    }
  }
}

/** Elements that stick out of the page to the right, but not out of a box that scrolls. */
function stickingOut(limit) {
  const faults = [];
  for (const element of document.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    if (box.right <= limit + 1 || box.width === 0) continue;
    const scrolls = (above) => ["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(above).overflowX);
    let above = element.parentElement;
    while (above && above !== document.body && !scrolls(above)) above = above.parentElement;
    if (above && above !== document.body) continue;
    const name = `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}`;
    faults.push(`${name} ends at ${Math.round(box.right)}: ${element.textContent.trim().slice(0, 60)}`);
  }
  return faults.slice(0, 8);
}

/** Texts and chips that cannot be told from what is behind them where the system chooses the colours. */
function lostInForcedColours() {
  if (!matchMedia("(forced-colors: active)").matches) return ["colours are not forced"];
  const paper = getComputedStyle(document.body).backgroundColor;
  // A bar keeps its own colours, and so does the number on it.
  const ground = (text) =>
    text.matches(".on")
      ? getComputedStyle(text.closest("svg").querySelector(`.part.${[...text.classList].at(-1)}`)).fill
      : paper;
  const texts = [...document.querySelectorAll("svg text")].filter((text) => getComputedStyle(text).fill === ground(text));
  const chips = [...document.querySelectorAll(".chip")].filter((chip) =>
    getComputedStyle(chip).borderTopStyle === "none" && chip.textContent.trim());
  return [...texts, ...chips].map((element) => element.outerHTML).slice(0, 5);
}

describe("vnu", () => {
  test("every page is valid HTML", () => {
    const folders = Object.values(sites).map((site) => site.folder);
    const run = spawnSync("java", ["-jar", vnu, "--skip-non-html", "--format", "json", ...folders], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    const { messages } = JSON.parse(run.stderr);
    const allowed = ({ url, message }) =>
      // vnu holds the policy's 'self' against the file: address that it reads from, which is an origin of no one.
      message.startsWith("Resource violates Content Security Policy (meta tag)")
      // Authors' addresses are shown as they wrote them; browsers encode what may not stand there.
      || (url.includes("/hostile/") && /^Bad value .* for attribute “href”.*: Illegal character in /s.test(message));
    const told = messages.filter((message) => !allowed(message));
    const lines = told.map(({ type, url, lastLine, message }) => `${type} ${url.split(folder).pop()}:${lastLine} ${message}`);
    assert.deepEqual([...new Set(lines)].slice(0, 20), [], `${told.length} messages`);
  });
});

/** What every page must stand, in this order: each look changes how the page is shown, and none needs it fresh but the first. */
const looks = {
  "nothing moves while it comes up": async (page) => {
    const shift = await page.evaluate(() => new Promise((done) => {
      let sum = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => { sum += entry.value; }))
        .observe({ type: "layout-shift", buffered: true });
      setTimeout(() => done(sum), 150);
    }));
    assert.ok(shift < 0.05, `${shift}`);
  },
  "nothing against WCAG 2.2 AA, light": async (page) => assert.deepEqual(await violations(page), []),
  "nothing against WCAG 2.2 AA, dark": async (page) => {
    await page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await violations(page), []);
  },
  "it fits into 320 pixels, and only tables scroll sideways": async (page) => {
    await page.setViewportSize({ width: 320, height: 800 });
    const width = await page.evaluate(() => document.scrollingElement.scrollWidth);
    const faults = await page.evaluate(stickingOut, 320);
    assert.ok(width <= 320 && faults.length === 0, `${width} pixels: ${faults.join("\n")}`);
  },
  "forced colours leave texts, chips and charts readable": async (page) => {
    await page.emulateMedia({ colorScheme: "light", forcedColors: "active" });
    assert.deepEqual(await page.evaluate(lostInForcedColours), []);
    await page.emulateMedia({ forcedColors: "none" });
  },
  "it prints on A4, light, with nothing cut off": async (page) => {
    // 210 mm less the margins of the style sheet's @page.
    const width = Math.floor(((210 - 28) / 25.4) * 96);
    await page.setViewportSize({ width, height: 1000 });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    // Paper cannot scroll, so a word of 300 letters in a table is cut there.
    if (!page.url().includes("/hostile/")) assert.deepEqual(await page.evaluate(stickingOut, width), []);
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
    const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true });
    assert.ok(pdf.length > 1000);
  },
};

describe("every kind of page", { concurrency: 2 }, () => {
  onEachPage({ colorScheme: "light" }, async (page, t) => {
    for (const [name, look] of Object.entries(looks)) await t.test(name, () => look(page));
  });
});

test("the board's sheet is one page, on A4 and on Letter", async (t) => {
  for (const [name, path] of [["example", "2026-Q4/board"], ["example", "2026-Q1/board"], ["half", "2026-Q3/board"]]) {
    for (const format of ["A4", "Letter"]) {
      await t.test(`${name}/${path}, ${format}`, () =>
        open(`${address}/${name}/${path}/index.html`, {}, async (page) => {
          const pdf = (await page.pdf({ format, preferCSSPageSize: false })).toString("latin1");
          assert.equal(pdf.match(/\/Type\s*\/Page[^s]/g).length, 1);
        }));
    }
  }
});

describe("a page needs no script", { concurrency: 2 }, () => {
  onEachPage({ javaScriptEnabled: false }, async (page) => {
    assert.ok(await page.locator("main h1").isVisible());
    assert.equal(await page.locator("h1").count(), 1);
  });
});

test("a site opens from a folder, without a server", async (t) => {
  for (const [name, site] of Object.entries(sites)) {
    await t.test(name, () =>
      open(pathToFileURL(join(site.folder, "index.html")).href, {}, async (page) => {
        // The style sheet came along, and so does the next page's.
        const styled = () => page.evaluate(() => getComputedStyle(document.querySelector(".skip")).position);
        assert.equal(await styled(), "absolute");
        await page.locator("nav.pages a", { hasText: "Method" }).click();
        await page.waitForURL(/method\/index\.html$/);
        assert.equal(await styled(), "absolute");
      }));
  }
});

test("the keyboard reaches the main part first, and what it reaches shows it", () =>
  open(`${address}/example/index.html`, {}, async (page) => {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), "#main");
    const box = await page.locator(".skip").boundingBox();
    assert.ok(box.x >= 0 && box.y >= 0, "the skip link stays out of sight");
    for (let n = 0; n < 25; n += 1) {
      await page.keyboard.press("Tab");
      const outline = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return `${style.outlineStyle} ${style.outlineWidth}`;
      });
      assert.match(outline, /^(solid|auto) [2-9]px$/);
    }
  }));

/** From a path of a server and from a folder: both must work alike. */
async function bothWays(t, name, path, look) {
  await t.test("from a server", () => open(`${address}/${name}/${path}`, {}, look));
  await t.test("from a folder", () => open(pathToFileURL(join(sites[name].folder, path)).href, {}, look));
}

describe("search", () => {
  const input = (page) => page.locator(".search input");
  const found = (page) => page.locator(".search li");

  test("finds as you type, by keyboard alone, and opens what is chosen", (t) =>
    bothWays(t, "example", "2026-Q2/teams/shore/index.html", async (page) => {
      await page.keyboard.press("/");
      assert.ok(await input(page).evaluate((element) => element === document.activeElement));
      await page.keyboard.type("backups rest");
      await found(page).first().waitFor();
      assert.match(await found(page).first().textContent(), /PR\.DS-11/);
      await page.keyboard.press("ArrowDown");
      assert.equal(await input(page).getAttribute("aria-activedescendant"), "found-0");
      assert.equal(await found(page).first().getAttribute("aria-selected"), "true");
      await page.keyboard.press("Escape");
      assert.equal(await found(page).count(), 0);
      await page.keyboard.type("pr.ds-11");
      await found(page).first().waitFor();
      await page.keyboard.press("Enter");
      await page.waitForURL(/2026-Q4\/controls\/PR\.DS-11\/index\.html$/);
    }));

  test("knows controls, teams, evidence, actions and guides, and says how many", () =>
    open(`${address}/example/index.html`, {}, async (page) => {
      for (const [words, kind] of [
        ["pr.aa-05", "control"], ["shore it", "team"], ["generator under load", "evidence"], ["ups batteries", "action"],
        ["reading the report", "guide"], ["Récover", "function"], ["MFA", "control"], ["CP-9", "control"],
        ["zeros and excl", "page"], ["ransomware", "control"],
      ]) {
        await input(page).fill(words);
        await page.waitForFunction((kind) => document.querySelector(`.search #found-${kind}`), kind);
        assert.match(await page.locator(".search output").textContent(), /^\d+ results?$/);
        assert.equal(await page.locator(".search .told").textContent(), await page.locator(".search output").textContent());
      }
      await input(page).fill("zzzz");
      await page.waitForFunction(() => document.querySelector(".search .told").textContent === "Nothing found");
    }));

  test("what is found stands within a phone's page", () =>
    open(`${address}/example/index.html`, { viewport: { width: 320, height: 700 } }, async (page) => {
      await input(page).fill("backup");
      await found(page).first().waitFor();
      const box = await page.locator(".search .found").boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= 320, `from ${box.x}, ${box.width} wide`);
    }));

  test("what somebody typed or wrote stays text", () =>
    open(`${address}/hostile/index.html?q=%3Cimg%20src=x%20onerror=canary()%3E#<img src=x onerror=canary()>`, {}, async (page) => {
      await input(page).fill("<img src=x onerror=canary()>");
      for (const words of ["a", "img", "script", "onerror", "\"><svg"]) {
        await input(page).fill(words);
        await page.waitForTimeout(50);
      }
      const elements = await page.evaluate(() =>
        [...new Set([...document.querySelectorAll(".search li *")].map((element) => element.tagName))].sort());
      assert.ok(elements.every((name) => ["A", "BDI", "MARK", "SPAN"].includes(name)), elements.join());
    }));
});

/** Every page of the newest quarter, and those that are of no quarter. */
function newestPages(site) {
  const pages = readdirSync(site, { recursive: true }).filter((path) => path.endsWith("index.html"));
  // A page that leads on to another one holds no text but that page's title.
  return pages.filter((path) => !path.startsWith("2026-Q2/") && !path.startsWith("current/"));
}

/** What a text has made of itself: handlers, styles, scripts, frames, and addresses that run something. */
function madeOfTexts() {
  const addresses = ["href", "xlink:href", "src", "srcset", "action", "formaction", "data", "poster", "ping"];
  const runs = (value) => /^[\s\u0000-\u0020]*(javascript|data|vbscript):/i.test(value);
  const live = (element) =>
    element.matches("script:not([src]), style, base, form, iframe, object, embed, img, image, use, animate, set, foreignObject, math")
    || [...element.attributes].some(({ name, value }) => name.startsWith("on") || name === "style" || (addresses.includes(name) && runs(value)));
  return [...document.querySelectorAll("*")].filter(live).map((element) => element.outerHTML.slice(0, 200));
}

test("texts in every place stay texts", { concurrency: 2 }, async (t) => {
  const names = readdirSync(payloads);
  assert.ok(names.length > 3);
  await Promise.all(names.map(async (name) => {
    const site = join(folder, `payloads-${name}`);
    execFileSync(milepost, ["--root", join(payloads, name), "build", "--out", site], { stdio: "pipe" });
    const pages = newestPages(site);
    assert.ok(pages.length > 20);
    await t.test(name, () =>
      open(`${address}/payloads-${name}/index.html`, {}, async (page) => {
        for (const path of pages) {
          await page.goto(`${address}/payloads-${name}/${path}`, { waitUntil: "load" });
          assert.deepEqual(await page.evaluate(madeOfTexts), [], path);
        }
        // What is found is written by a script, and so are the words to filter by.
        for (const words of ["a", "canary", "<", "script"]) {
          await page.locator(".search input").fill(words);
          await page.waitForTimeout(50);
          assert.deepEqual(await page.evaluate(madeOfTexts), [], words);
        }
      }));
  }));
});

/** What a PDF's compressed parts say, in their order. */
function streams(pdf) {
  const parts = [];
  for (let at = pdf.indexOf("stream"); at >= 0; at = pdf.indexOf("stream", at + 6)) {
    if (pdf.toString("latin1", at - 3, at) === "end") continue;
    try {
      parts.push(inflateSync(pdf.subarray(at + (pdf[at + 6] === 13 ? 8 : 7))).toString("latin1"));
    } catch {} // A picture or a font may be packed in another way.
  }
  return parts;
}

describe("registers", () => {
  /** How many rows fit what is asked, and how many there are; a long register shows the first of them. */
  const shown = async (page) => Number((await page.locator(".tools .count").first().textContent()).split(" ")[0]);

  test("sort, filter, share by address, and save what is shown", (t) =>
    bothWays(t, "example", "2026-Q4/evidence/index.html", async (page) => {
      const all = await shown(page);
      await page.getByLabel("Team", { exact: true }).selectOption("Fleet Systems");
      await page.getByLabel("Function", { exact: true }).selectOption("PR");
      const some = await shown(page);
      assert.ok(some > 0 && some < all, `${some} of ${all}`);
      assert.equal(await page.locator(".tools .count").textContent(), `${some} of ${all} rows`);
      assert.equal(await page.locator("[data-register] tbody tr:visible").count(), Math.min(some, 100));
      const age = page.locator("thead th", { hasText: "Age" });
      await age.getByRole("button").click();
      assert.equal(await age.getAttribute("aria-sort"), "ascending");
      await age.getByRole("button").press("Enter");
      assert.equal(await age.getAttribute("aria-sort"), "descending");
      const ages = () => page.locator("[data-register] tbody tr:visible td:nth-child(6)").allTextContents();
      const sorted = (await ages()).map(Number);
      assert.deepEqual(sorted, [...sorted].sort((one, two) => two - one));
      // Whoever gets the address sees the same.
      const address = page.url();
      assert.match(address, /#\?.*evidence\.team=Fleet\+Systems/);
      const other = await page.context().newPage();
      await other.goto(address);
      assert.equal(await shown(other), some);
      assert.equal(await other.getByLabel("Team", { exact: true }).inputValue(), "Fleet Systems");
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: "Save as CSV" }).click();
      const rows = readFileSync(await (await download).path(), "utf8").trim().split("\r\n");
      assert.equal(rows.length, some + 1);
      assert.ok(rows.every((row) => /^"[^=+@\t\r-]/.test(row) || row.startsWith('""')), rows[1]);
      await page.getByRole("button", { name: "Clear filters" }).click();
      assert.equal(await shown(page), all);
      assert.ok(!page.url().includes("#?"));
    }));

  test("gaps are filtered by Function, team and plan", (t) =>
    bothWays(t, "example", "2026-Q4/gaps/index.html", async (page) => {
      const all = await shown(page);
      const select = (label) => page.getByLabel(label, { exact: true });
      const functions = (await select("Function").locator("option").allTextContents()).slice(1);
      const order = ["GV Govern", "ID Identify", "PR Protect", "DE Detect", "RS Respond", "RC Recover"];
      assert.deepEqual(functions, order.filter((name) => functions.includes(name)));
      const plans = () => page.locator("tbody tr:visible td.plan").allTextContents();
      const by = async (label, option) => {
        await select(label).selectOption({ label: option });
        const count = await shown(page);
        assert.ok(count > 0 && count < all, `${option}: ${count} of ${all}`);
        return count;
      };
      const withAction = await by("Plan", "With an open action");
      assert.ok((await plans()).every((plan) => /due/.test(plan)));
      const withoutAction = await by("Plan", "Without an open action");
      assert.ok((await plans()).every((plan) => !/due/.test(plan)));
      assert.equal(withAction + withoutAction, all);
      assert.match(page.url(), /gaps\.plan=no-action/);
      await page.getByRole("button", { name: "Clear filters" }).click();
      await by("Team below the target", "Fleet Systems");
    }));

  test("on a phone each row of a list is read without scrolling sideways, and stays a row", async (t) => {
    for (const name of ["gaps", "actions", "findings", "gates", "exclusions", "changes"]) {
      await t.test(name, () =>
        open(`${address}/example/2026-Q4/${name}/index.html`, { viewport: { width: 390, height: 844 } }, async (page) => {
          const wide = await page.locator(".scroll:has(> .cards)").evaluateAll((lists) =>
            lists.filter((list) => list.scrollWidth > list.clientWidth).map((list) => list.ariaLabel));
          assert.deepEqual(wide, []);
          const rows = await page.locator(".cards tbody tr").count();
          assert.ok(rows > 0);
          const session = await page.context().newCDPSession(page);
          const { nodes } = await session.send("Accessibility.getFullAXTree");
          const count = (role) => nodes.filter((node) => !node.ignored && node.role.value === role).length;
          assert.ok(count("row") >= rows && count("cell") > rows && count("rowheader") >= rows, `${count("row")} rows of ${rows}`);
        }));
    }
  });

  test("a filter that finds nothing says so where the rows were", () =>
    open(`${address}/example/2026-Q4/gaps/index.html#?gaps.find=zzzz`, {}, async (page) => {
      assert.equal(await shown(page), 0);
      assert.deepEqual(await page.locator("[data-register] tbody tr").allTextContents(), ["No row matches."]);
      await page.getByRole("button", { name: "Clear filters" }).click();
      assert.ok(await page.locator("[data-register] tbody tr").count() > 1);
    }));

  test("a date filters what is due by then", () =>
    open(`${address}/example/2026-Q4/actions/index.html`, {}, async (page) => {
      const rows = page.locator("[data-register=open] tbody tr:visible");
      const all = await rows.count();
      await page.getByRole("group", { name: /^Open actions/ }).getByLabel("Due by").fill("2027-03-31");
      const some = await rows.count();
      assert.ok(some > 0 && some < all, `${some} of ${all}`);
    }));

  test("cells are saved as the program prints them, and none is a formula", () =>
    open(`${address}/example/2026-Q4/evidence/index.html`, {}, async (page) => {
      // Of a page's texts the blanks are one, and its own minus is a sign.
      const cells = JSON.parse(readFileSync(join(repository, "tests/fixtures/cells.json"), "utf8"))
        .filter(([text]) => text === text.replace(/\s+/g, " ").trim());
      cells.push(["−0.5", "-0.5"], ["− x", "− x"], ["Drill;=1+41", "Drill;'=1+41"]);
      assert.ok(cells.length > 25);
      await page.evaluate((texts) => {
        const rows = [...document.querySelectorAll("[data-register] tbody tr")];
        texts.forEach((text, at) => { rows[at].cells[1].textContent = text; });
      }, cells.map(([text]) => text));
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: "Save as CSV" }).click();
      const saved = readFileSync(await (await download).path(), "utf8").split("\r\n");
      cells.forEach(([text, cell], at) => {
        assert.ok(saved[at + 1].includes(`,"${cell.replaceAll('"', '""')}",`), `${text}: ${saved[at + 1]}`);
      });
    }));

  test("heads stay on screen, and come again on every sheet", () =>
    open(`${address}/example/2026-Q4/evidence/index.html`, { viewport: { width: 1366, height: 768 } }, async (page) => {
      await page.evaluate(() => scrollTo({ top: 4000, behavior: "instant" }));
      const box = await page.locator("[data-register] thead th").first().boundingBox();
      assert.ok(box.y >= 0 && box.y < 10, `heads stand at ${box.y}`);
      // A colour of their own tells in which sheet's drawing they are.
      await page.evaluate(() => document.styleSheets[0].insertRule("thead th { color: rgb(1, 2, 3) !important; }"));
      const pdf = await page.pdf({ preferCSSPageSize: true });
      const drawings = streams(pdf).filter((text) => / Tj| TJ/.test(text));
      const without = drawings.map((text) => /\.0039 \.0078 \.0118 rg/.test(text)).indexOf(false);
      assert.ok(drawings.length > 10, `${drawings.length} sheets`);
      // The last one may hold the page's foot alone.
      assert.ok(without < 0 || without === drawings.length - 1, `sheet ${without + 1} of ${drawings.length} has no heads`);
    }));

  test("without a script tables are whole and no tool is shown", () =>
    open(`${address}/example/2026-Q4/gaps/index.html`, { javaScriptEnabled: false }, async (page) => {
      assert.ok(await page.locator("[data-register] tbody tr:visible").count() > 20);
      assert.equal(await page.locator(".tools:visible, .search:visible, .more-rows:visible").count(), 0);
    }));
});

test("charts and badges stand alone, in light and dark, with every word inside", async (t) => {
  const files = ["badges", "charts", "charts/2026-Q1"].flatMap((part) =>
    readdirSync(join(sites.example.folder, part)).filter((name) => name.endsWith(".svg")).map((name) => `${part}/${name}`));
  assert.ok(files.length > 30);
  for (const colorScheme of ["light", "dark"]) {
    await t.test(colorScheme, () =>
      open(`${address}/example/${files[0]}`, { colorScheme }, async (page) => {
        for (const file of files) {
          await page.goto(`${address}/example/${file}`);
          const faults = await page.evaluate(() => {
            const root = document.documentElement;
            if (root.localName !== "svg") return [root.outerHTML.slice(0, 200)];
            const paper = root.getBoundingClientRect();
            const texts = [...root.querySelectorAll("text")];
            const out = texts.filter((text) => {
              const box = text.getBoundingClientRect();
              return box.left < paper.left || box.right > paper.right || box.top < paper.top || box.bottom > paper.bottom;
            });
            const unseen = texts.filter((text) => !text.matches(".on") && getComputedStyle(text).fill === getComputedStyle(root).backgroundColor);
            return [...out, ...unseen].map((text) => text.textContent);
          });
          assert.deepEqual(faults, [], file);
        }
      }));
  }
});

test("a served page follows its files, and shows what is wrong with them", async () => {
  const root = copy("tests/fixtures/site/half", "served", (text) => text.replace('title = "', 'title = "Served '));
  const serving = spawn(milepost, ["--root", root, "serve", "--port", "0"], { stdio: ["ignore", "ignore", "pipe"] });
  try {
    const home = await new Promise((done, failed) => {
      let said = "";
      serving.stderr.on("data", (data) => {
        said += data;
        const ready = /(http:\/\/\S+) shows/.exec(said);
        if (ready) done(ready[1]);
      });
      serving.on("exit", () => failed(new Error(said)));
    });
    const settings = join(root, "milepost.toml");
    await open(`${home}2026-Q3/gaps/index.html`, {}, async (page) => {
      const brand = page.locator(".brand");
      const overlay = page.getByRole("alert");
      assert.match(await brand.textContent(), /^Served /);
      change(settings, (text) => text.replace("Served ", "Changed "));
      await brand.filter({ hasText: "Changed" }).waitFor();
      assert.equal(await overlay.count(), 0);

      change(settings, (text) => `${text}\n[<img src=x onerror=canary()>]\n`);
      await overlay.waitFor();
      assert.match(await overlay.textContent(), /milepost\.toml:\d+:\d+[^]*onerror/);
      assert.match(await brand.textContent(), /^Changed /, "the last report stays");
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run(".milepost-problems"));
      assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
      await page.locator(".milepost-problems summary").press("Enter");
      assert.equal(await overlay.locator("pre").isVisible(), false, "it can be closed");

      change(settings, (text) => text.replace(/\n\[<img.*\n/, ""));
      await overlay.waitFor({ state: "detached" });
      assert.match(await brand.textContent(), /^Changed /);
    });
  } finally {
    serving.removeAllListeners("exit");
    serving.kill();
  }
});

test("a word says what it means where it stands, by keyboard and without a script", () =>
  open(`${address}/example/index.html`, { javaScriptEnabled: false }, async (page) => {
    const [word, meaning] = [page.locator("button.term", { hasText: "Range" }), page.locator("#term-range")];
    assert.equal(await meaning.isVisible(), false);
    await word.focus();
    await page.keyboard.press("Enter");
    assert.match(await meaning.innerText(), /^The score if all that is not assessed/);
    const [below, window] = [await meaning.boundingBox(), page.viewportSize()];
    assert.ok(below.x >= 0 && below.x + below.width <= window.width && below.y > (await word.boundingBox()).y);
    await page.keyboard.press("Escape");
    assert.equal(await meaning.isVisible(), false);
  }));

test("light and dark can be chosen, and the choice is kept", () =>
  open(`${address}/example/index.html`, { colorScheme: "light" }, async (page) => {
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(await paper(), "rgb(255, 255, 255)");
    await page.getByLabel("Colours").selectOption("dark");
    const dark = await paper();
    assert.notEqual(dark, "rgb(255, 255, 255)");
    await page.goto(`${address}/example/2026-Q4/gaps/index.html`);
    assert.equal(await paper(), dark);
    await page.getByLabel("Colours").selectOption("auto");
    assert.equal(await paper(), "rgb(255, 255, 255)");
  }));

test("pages are light", () => {
  const size = (path) => readFileSync(join(sites.example.folder, path)).length;
  const assets = readdirSync(join(sites.example.folder, "assets")).filter((name) => /\.(css|js)$/.test(name));
  const sum = assets.map((name) => size(`assets/${name}`)).reduce((one, two) => one + two);
  assert.ok(sum <= 66 * 1024, `styles and scripts are ${sum} bytes`);
  const heavy = [];
  for (const kind of ["controls", "functions"]) {
    for (const name of readdirSync(join(sites.example.folder, "2026-Q4", kind))) {
      const bytes = size(`2026-Q4/${kind}/${name}/index.html`);
      if (bytes > 68 * 1024) heavy.push(`${name}: ${bytes}`);
    }
  }
  assert.deepEqual(heavy, []);
});

// A built site in, a table out: how long its registers take on a processor a quarter as fast as this one.
//
//     node tests/browser/bench.mjs SITE
//
// Of each kind of page with a register it takes the newest quarter's largest. Each figure is the slowest of one visit, and the
// median of three visits. It ends with 1 if a figure is over its limit.

import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { launch } from "./browser.mjs";
import { largestOfEachKind } from "./kinds.mjs";

const SLOWER = 4;
const VISITS = 3;

/** What is measured, in milliseconds, and the most that it may take. */
const LIMITS = {
  // From the request until the page is loaded and drawn, and scripts no longer hold up what a reader does.
  ready: 2000,
  // From the first touch of a filter until the rows of all parts of the register are there.
  gathered: 2000,
  // From a key in the filter to the end of the next frame.
  key: 100,
  // The same of a head that sorts.
  sort: 300,
};

/** A task shorter than 50 ms holds nobody up; without a longer one for so long, a page is at rest. */
const REST = 800;

/** Runs in each page before its own scripts: notes when long tasks end, and how long keys wait for their frame. */
function watch() {
  const bench = { tasks: [], waits: [] };
  window.bench = bench;
  new PerformanceObserver((list) => list.getEntries().forEach((task) => bench.tasks.push(task.startTime + task.duration)))
    .observe({ type: "longtask", buffered: true });
  addEventListener("keydown", (event) => {
    requestAnimationFrame(() => {
      // A frame is laid out and drawn after its callbacks; a message comes after that.
      const channel = new MessageChannel();
      channel.port1.onmessage = () => bench.waits.push(performance.now() - event.timeStamp);
      channel.port2.postMessage(0);
    });
  }, true);
}

/** When the last long task after `since` ended, once the page is at rest. */
const rest = (page, since) =>
  page.evaluate(async ([since, rest]) => {
    const last = () => Math.max(since, ...window.bench.tasks);
    while (performance.now() - last() < rest) await new Promise((done) => setTimeout(done, 50));
    return last();
  }, [since, REST]);

const now = (page) => page.evaluate(() => performance.now());

/** Presses keys one by one; the longest wait for a frame. */
async function press(page, keys) {
  await page.evaluate(() => { window.bench.waits = []; });
  for (const [at, key] of keys.entries()) {
    await page.keyboard.press(key);
    await page.waitForFunction((at) => window.bench.waits.length > at, at);
  }
  return page.evaluate(() => Math.max(0, ...window.bench.waits));
}

/** Visits a page once: what is measured there, and how many rows its longest register has. */
async function visit(browser, file) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    await context.addInitScript(watch);
    const page = await context.newPage();
    await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    await page.goto(pathToFileURL(file).href, { waitUntil: "load", timeout: 120_000 });
    const loaded = await page.evaluate(() => performance.timing.loadEventEnd - performance.timing.navigationStart);
    const found = { ready: await rest(page, loaded) };
    const { name, rows, word } = await page.evaluate(() => {
      const size = (table) => Number(table.dataset.total ?? table.tBodies[0].rows.length);
      const tables = [...document.querySelectorAll("table[data-register]")].sort((one, two) => size(two) - size(one));
      const [table] = tables;
      // What most of the rows hold: the beginning of the first one's last word.
      const word = table.tBodies[0].rows[0]?.textContent.match(/\p{L}{3,}/u)?.[0] ?? "one";
      return { name: table.dataset.register, rows: size(table), word: word.slice(0, 5) };
    });
    const filter = page.locator(`[data-tools="${name}"] input[type=search]`);
    if (await filter.count()) {
      const touched = await now(page);
      await filter.focus();
      found.gathered = (await rest(page, touched)) - touched;
      found.key = await press(page, [...word, ...[...word].map(() => "Backspace")]);
    }
    found.sort = 0;
    for (const head of await page.locator(`table[data-register="${name}"] .sort`).all()) {
      await head.focus();
      found.sort = Math.max(found.sort, await press(page, ["Enter", "Enter", "Enter"]));
    }
    return { rows, found };
  } finally {
    await context.close();
  }
}

const median = (values) => values.sort((one, two) => one - two)[Math.floor(values.length / 2)];

const [site] = process.argv.slice(2);
if (!site) {
  console.error("node tests/browser/bench.mjs SITE");
  process.exit(2);
}
const over = [];
const browser = await launch();
console.log(`| page | rows | KB | ${Object.entries(LIMITS).map(([name, limit]) => `${name}, at most ${limit} ms`).join(" | ")} |`);
console.log("| --- | --- | --- | --- | --- | --- | --- |");
try {
  for (const [kind, { path, size }] of largestOfEachKind(site, (text) => text.includes("data-register="))) {
    const visits = [];
    for (let n = 0; n < VISITS; n += 1) visits.push(await visit(browser, join(resolve(site), path)));
    const cells = Object.entries(LIMITS).map(([name, limit]) => {
      const found = visits.map((visit) => visit.found[name]).filter((value) => value !== undefined);
      if (found.length === 0) return "";
      const value = Math.round(median(found));
      if (value > limit) over.push(`${kind}: ${name} takes ${value} ms, at most ${limit} ms are wanted`);
      return value > limit ? `**${value}**` : `${value}`;
    });
    console.log(`| ${kind} | ${visits[0].rows} | ${Math.round(size / 1000)} | ${cells.join(" | ")} |`);
  }
} finally {
  await browser.close();
}
console.log(over.length ? `\nOver the limits:\n${over.map((line) => `- ${line}`).join("\n")}` : "\nNothing is over its limit.");
process.exitCode = over.length ? 1 : 0;

// A folder of printed files in, what services would make of their texts out, a line each. Markdown is read as GitHub renders it, and
// what is left of it as GitHub and GitLab look through it; SARIF by its schema and by 3.11.6 of its specification.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import remarkGfm from "remark-gfm";
import remarkGithub from "remark-github";
import remarkParse from "remark-parse";
import { unified } from "unified";

const require = createRequire(import.meta.url);
const Ajv = require("ajv");

const reader = unified().use(remarkParse).use(remarkGfm).use(remarkGithub, { repository: "owner/repository" });

/** What Milepost's own Markdown is made of. Everything else was made of a text. */
const own = new Set([
  "root", "heading", "paragraph", "list", "listItem", "table", "tableRow", "tableCell", "strong", "text",
]);

/** References that GitLab looks for where GitHub has none, and what either takes for a command at the start of a line. */
const references = [
  /(?<!\w)@[\w.-]/, /[\w.-]@[\w-]+\.\w/, /[#!$&]\d/, /#[\w-]*#?\d/, /[%~^](?:\w|")/, /\[[a-z_]+:/, /\b(?:GH|GL)-\d/i, /\b[0-9a-f]{7,40}\b/i,
  /\w:\/\//, /\bwww\./i,
];

/** The lines of a block, which are printed without blanks at their ends. */
const ends = (lines) => lines.split("\n").map((line) => line.trimEnd()).join("\n").trimEnd();

/**
 * Whether lines were printed as they are, up to the length at which every line is cut. A blank parts what a runner of a service would
 * take for its command.
 */
function isPrinted(found, wanted) {
  const [printed, whole] = [found, wanted].map((lines) => lines.replaceAll("## ", "##").split("\n"));
  const isCut = (line, at) => line.endsWith("…") && line.length > 3_990 && whole[at].startsWith(line.slice(0, -1));
  return printed.length === whole.length && printed.every((line, at) => line === whole[at] || isCut(line, at));
}

/** What the program writes into its to-do lists besides: a box for each task, and a block for what to write. */
function made(todo) {
  const tasks = todo.teams.flatMap((team) => team.tasks);
  // What several tasks in a row ask to write is told once, behind the last of them.
  const written = todo.teams.map(({ tasks }) => tasks.map(({ write }) => write && JSON.stringify(write)));
  const blocks = written.flatMap((each) => each.filter((write, at) => write && write !== each[at + 1]));
  return { tasks: tasks.length, blocks: blocks.map((write) => ends(JSON.parse(write).lines)) };
}

/** What is in a text besides the program's own Markdown; in to-do lists, no more boxes and blocks than `made` holds. */
function markdown(text, made = { tasks: 0, blocks: [] }) {
  const tasks = [];
  const blocks = [];
  const faults = text.split("\n").filter((line) => /^\s*\/\w/.test(line)).map((line) => `command: ${line}`);
  const look = (node, above) => {
    const isBlock = node.type === "code" && node.lang === "toml" && above.type === "listItem" && made.blocks.length > 0;
    if (isBlock) blocks.push(ends(node.value));
    else if (!own.has(node.type)) faults.push(`${node.type}: ${JSON.stringify(node).slice(0, 200)}`);
    // Names of causes are strong, in a paragraph of their own, and what a task is about; nothing is a list in a list.
    const isTask = node.type === "listItem" && node.checked !== null;
    if (isTask && made.tasks > 0 && node.checked === false) tasks.push(node.children[0]?.children?.[0]);
    else if (isTask) faults.push("task");
    if (node.type === "strong" && above.children.length !== 1 && !tasks.includes(node)) faults.push(`strong: ${JSON.stringify(node).slice(0, 200)}`);
    if (node.type === "list" && (above.type !== "root" || node.ordered)) faults.push(`list: ${JSON.stringify(node).slice(0, 200)}`);
    if (node.type === "heading" && node.depth !== 3) faults.push(`heading: ${JSON.stringify(node).slice(0, 200)}`);
    if (node.type === "table" && new Set(node.children.map((row) => row.children.length)).size !== 1) faults.push("rows differ");
    if (node.type === "text") {
      for (const reference of references) {
        const found = reference.exec(node.value);
        if (found) faults.push(`reference ${reference}: ${node.value.slice(Math.max(0, found.index - 40), found.index + 60)}`);
      }
    }
    (node.children ?? []).forEach((child) => look(child, node));
  };
  look(reader.runSync(reader.parse(text)), {});
  if (tasks.length !== made.tasks) faults.push(`${tasks.length} boxes for ${made.tasks} tasks`);
  if (blocks.length !== made.blocks.length) faults.push(`${blocks.length} blocks of ${made.blocks.length}`);
  const other = blocks.findIndex((lines, at) => !isPrinted(lines, made.blocks[at] ?? ""));
  if (other >= 0) faults.push(`block: ${JSON.stringify(blocks[other])} of ${JSON.stringify(made.blocks[other])}`);
  return faults;
}

const ajv = new Ajv({ schemaId: "auto", meta: false, unknownFormats: "ignore", logger: false });
const draft4 = require("ajv/lib/refs/json-schema-draft-04.json");
ajv.addMetaSchema(draft4);
ajv._opts.defaultMeta = draft4.id;
const isSarif = ajv.compile(require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"));

/** A link of a plain text message, by the grammar of 3.11.6; a bracket behind an odd number of backslashes is a bracket. */
const link = /(?<=(?<!\\)(?:\\\\)*)\[(?:[^\\[\]]|\\[\\[\]])*\]\([^)]*\)/;

/** What a rule's help in Markdown is made of: no link leads out of it. */
const ofHelp = new Set(["root", "paragraph", "strong", "text", "inlineCode"]);

function help(text) {
  const faults = [];
  const look = (node) => {
    if (!ofHelp.has(node.type)) faults.push(`help: ${JSON.stringify(node).slice(0, 200)}`);
    (node.children ?? []).forEach(look);
  };
  look(reader.parse(text));
  return faults;
}

function sarif(text) {
  const log = JSON.parse(text);
  const rules = (log.runs ?? []).flatMap((run) => run.tool?.driver?.rules ?? []);
  const helps = new Set(rules.map((rule) => rule.help));
  const faults = isSarif(log) ? [] : isSarif.errors.map((error) => `schema: ${error.dataPath} ${error.message}`);
  const look = (value) => {
    if (typeof value !== "object" || value === null) return;
    if (typeof value.text === "string" && (link.test(value.text) || /(?<=(?<!\\)(?:\\\\)*)[[\]]/.test(value.text))) {
      faults.push(`link: ${value.text.slice(0, 200)}`);
    }
    if (value.markdown !== undefined && helps.has(value)) faults.push(...help(value.markdown));
    else if (value.markdown !== undefined) faults.push("a message in Markdown");
    Object.values(value).forEach(look);
  };
  look(log);
  return faults;
}

const judges = { md: markdown, sarif };

// A judge that sees nothing would find everything fine.
for (const live of [
  "@octocat", "#1", "GH-1", "a/b#1", "0123456789abcdef", "https://a.example", "www.a.example", "a@b.example", "[a](b)", "<b>", "*a*",
  "`a`", "~~a~~", "!1", "&1", "%\"a\"", "~a", "/close", "# a", "1. a", "![a](b)", "| a | b |\n|---|---|\n| [x](y) |", "- [ ] a",
]) assert.notDeepEqual(markdown(live), [], live);
assert.deepEqual(markdown("### A title\n\n| a | b |\n|---|---|\n| c | d |\n\n**Scored up**\n\n- R\\&D, 3.0 @ 4"), []);
const todo = "- [ ] **A**: b\n\n  ```toml\n  c\n  ```\n";
assert.deepEqual(markdown(todo, { tasks: 1, blocks: ["c"] }), []);
for (const [tasks, blocks] of [[0, []], [1, []], [1, ["d"]], [2, ["c"]]]) assert.notDeepEqual(markdown(todo, { tasks, blocks }), []);
const log = (text) => JSON.stringify({
  version: "2.1.0",
  runs: [{ tool: { driver: { name: "a" } }, results: [{ message: { text } }] }],
});
for (const live of ["[a](1)", "\\\\[a](https://a.example)"]) assert.notDeepEqual(sarif(log(live)), [], live);
for (const text of ["\\[a\\](1)", "a \\\\\\[a\\](1)"]) assert.deepEqual(sarif(log(text)), [], text);
assert.notDeepEqual(sarif(JSON.stringify({ version: "2.1.0", runs: [{}] })), []);
const rule = (markdown) => JSON.stringify({
  version: "2.1.0",
  runs: [{ tool: { driver: { name: "a", rules: [{ id: "b", help: { text: "c", markdown } }] } }, results: [] }],
});
assert.deepEqual(sarif(rule("**Cause.** `a` is b.")), []);
for (const live of ["[a](https://a.example)", "<b>", "# a"]) assert.notDeepEqual(sarif(rule(live)), [], live);

const [folder] = process.argv.slice(2);
for (const name of readdirSync(folder)) {
  const judge = judges[name.split(".").at(-1)];
  const read = (name) => readFileSync(join(folder, name), "utf8");
  const own = name.endsWith("-todo.md") ? made(JSON.parse(read(name.replace(".md", ".json")))) : undefined;
  const faults = judge ? judge(read(name), own) : [];
  faults.forEach((fault) => console.log(`${name}: ${fault.replaceAll("\n", " ")}`));
}

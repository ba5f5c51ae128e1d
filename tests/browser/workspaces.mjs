// Workspaces of other shapes than the worked example, each written into a folder: many teams, hardly begun, from right to left, and the
// shape of a published catalog of a thousand controls.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const catalog = fileURLToPath(new URL("../../controls/csf-2.0/", import.meta.url));

function put(root, path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** The ids of the CSF's outcomes. */
const outcomes = () =>
  readdirSync(catalog).sort().flatMap((file) =>
    [...readFileSync(join(catalog, file), "utf8").matchAll(/^id = "([A-Z]{2}\.[A-Z]{2}-\d\d)"/gm)].map(([, id]) => id));

/** Answers for `ids` in a quarter: levels with and without evidence, unknown, not applicable, and none. */
function answers(quarter, ids, seed, words) {
  const [year, last] = [quarter.slice(0, 4), String(3 * quarter.at(-1)).padStart(2, "0")];
  const given = ids.map((id, at) => {
    const roll = (at * 7 + seed * 13) % 20;
    const head = `\n["${id}"]\n`;
    if (roll === 0) return "";
    if (roll === 1) return `${head}unknown = "${words}"\n`;
    if (roll === 2) return `${head}not_applicable = "${words}"\napproved_by = "CISO"\n`;
    const day = roll % 5 === 0 ? "2024-02-01" : `${year}-${last}-15`;
    const evidence = roll % 4 === 0 ? "" : `evidence = [{ kind = "test", title = "${words}", date = ${day}, url = "https://wiki.example.org/${at}" }]\n`;
    return `${head}level = ${(at + seed) % 6}\nnote = "**${words}**, see [the page](https://wiki.example.org/${seed})."\n${evidence}`;
  });
  return `attested = { by = "Head of team ${seed}", on = ${year}-${last}-20 }\n${given.join("")}`;
}

const targets = (id) =>
  `[targets]\ndefault = { level = 3, why = "The floor.", approved_by = "CISO", due = 2027-12-31, review = 2027-06-30 }\n`
  + `"${id}" = { level = 4 }\n`;

const plan = (id, team, words) =>
  `[[action]]\nid = "A-1"\ncontrol = "${id}"\nteam = "${team}"\ntitle = "${words}"\nowner = "Head of ${team}"\nopened = 2026-07-01\ndue = 2026-12-01\nraises_to = 5\n\n`
  + `[[exception]]\nid = "E-1"\ncontrol = "${id}"\nreason = "${words}"\napproved_by = "CISO"\nsince = 2026-07-01\nexpires = 2027-06-30\n`;

/** The five quarters that end with 2026-Q3: two of them are a year apart. */
const QUARTERS = ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"];

/** 25 teams with long names answer the whole CSF. */
export function large(root) {
  const teams = Array.from({ length: 25 }, (_, n) => `team-${n + 1}`);
  const named = (team) => `[[team]]\nid = "${team}"\nname = "Department of ${team}, regional services and shared platforms"\n`;
  put(root, "milepost.toml",
    `[report]\ntitle = "Twenty-five teams"\norganization = "Northgate Ferries"\n\n[gates]\nregression = 0.2\nnew_zeros = 0\n\n`
    + `[controls]\n"PR.DS-11" = { key = true, why = "A backup that nobody restored is a hope." }\n\n${teams.map(named).join("\n")}`);
  put(root, "content/profile.toml", targets("PR.DS-11"));
  put(root, "content/actions.toml", plan("PR.DS-11", "team-1", "Restore every copy once a quarter"));
  for (const [at, quarter] of QUARTERS.entries()) {
    for (const [n, team] of teams.entries()) {
      put(root, `content/${quarter}/${team}/all.toml`, answers(quarter, outcomes(), n + at * 3, "Restore drill of the booking system"));
    }
  }
}

/** What \`milepost init\` writes, with half of one team's answers. */
export function begun(root, milepost) {
  execFileSync(milepost, ["init", root], { stdio: "pipe" });
  const half = outcomes().filter((id, at) => /^(ID|DE|RS)/.test(id) && at % 2 === 0);
  put(root, "content/2026-Q4/platform/half.toml", answers("2026-Q4", half, 1, "Looked at once"));
}

/** A report in a language that is written from right to left, whose own words are in it too. */
export function rightToLeft(root) {
  const teams = [["harbour", "فريق الميناء"], ["bridge", "צוות הגשר"]];
  put(root, "milepost.toml",
    `[report]\ntitle = "تقييم ذاتي"\norganization = "عبّارات الشمال"\nlanguage = "ar"\n\n`
    + teams.map(([id, name]) => `[[team]]\nid = "${id}"\nname = "${name}"\n`).join("\n"));
  put(root, "content/profile.toml", targets("PR.DS-11"));
  put(root, "content/actions.toml", plan("PR.DS-11", "harbour", "استعادة كل نسخة احتياطية (PR.DS-11)"));
  for (const [at, quarter] of QUARTERS.slice(-2).entries()) {
    for (const [n, [team]] of teams.entries()) {
      put(root, `content/${quarter}/${team}/all.toml`, answers(quarter, outcomes(), n + at, "تجربة الاستعادة 2026-08-15"));
    }
  }
}

/** Twenty families of sixty controls without Categories, most of them sub-controls: the shape of SP 800-53. */
export function published(root) {
  const families = [..."ABCDEFGHIJKLMNOPQRST"].map((letter) => `${letter}X`);
  const controls = (family) =>
    Array.from({ length: 15 }, (_, n) => [`${family}-${n + 1}`, ...[1, 2, 3].map((sub) => `${family}-${n + 1}(${sub})`)]).flat();
  const control = (id) =>
    `\n[[${id.includes("(") ? "control.sub" : "control"}]]\nid = "${id}"\ntitle = "Rule ${id} of the yard"\noutcome = "It holds on every ship."\n`;
  put(root, "controls/yard/framework.toml",
    `id = "yard"\ntitle = "Rules of the yard"\nleaf = "Control"\nfunctions = [${families.map((family) => `"${family}"`).join(", ")}]\n`);
  for (const family of families) {
    put(root, `controls/yard/${family.toLowerCase()}.toml`,
      `id = "${family}"\ntitle = "Family ${family} of rules and arrangements"\n${controls(family).map(control).join("")}`);
  }
  put(root, "milepost.toml",
    `[report]\ntitle = "Rules of the yard"\nframeworks = ["yard"]\n\n[scoring]\nminimum_coverage = 10\n\n`
    + `[[team]]\nid = "platform"\nname = "Platform"\n\n[[team]]\nid = "apps"\nname = "Apps"\nscope = ["AX", "BX", "CX-2"]\n`);
  put(root, "content/profile.toml", targets("AX-2(1)"));
  put(root, "content/actions.toml", plan("AX-2(1)", "platform", "Mend the rule"));
  for (const [at, quarter] of QUARTERS.slice(-2).entries()) {
    const asked = families.slice(0, 10).flatMap(controls);
    put(root, `content/${quarter}/platform/all.toml`, answers(quarter, asked, at, "The log of the yard"));
    put(root, `content/${quarter}/apps/all.toml`, answers(quarter, controls("AX"), at + 1, "The log of the yard"));
  }
}

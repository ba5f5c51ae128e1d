// OSCAL files in, what breaks NIST's schemas in them out, a line each. The schemas are in the package that tests/browser/packages.sh
// installs. Their patterns are meant for Unicode (`\p{L}`), so each is compiled as such.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(new URL("../browser/package.json", import.meta.url));
const Ajv = require("ajv");
const [schemas, ...files] = process.argv.slice(2);
const names = {
  "assessment-results": "oscal_assessment-results_schema.json",
  "plan-of-action-and-milestones": "oscal_poam_schema.json",
};

const ajv = new Ajv({ allErrors: true });
ajv.removeKeyword("pattern");
ajv.addKeyword("pattern", {
  type: "string",
  compile: (pattern) => {
    const expression = new RegExp(pattern, "u");
    return (text) => expression.test(text);
  },
});
const validators = new Map();

for (const file of files) {
  const value = JSON.parse(readFileSync(file, "utf8"));
  const [model] = Object.keys(value);
  if (!validators.has(model)) {
    validators.set(model, ajv.compile(JSON.parse(readFileSync(join(schemas, names[model]), "utf8"))));
  }
  const validate = validators.get(model);
  if (!validate(value)) {
    for (const fault of validate.errors) console.log(`${file}: ${fault.dataPath} ${fault.message}`);
  }
}

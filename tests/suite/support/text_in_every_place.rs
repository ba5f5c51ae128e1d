//! Makes a workspace that holds given texts in every place that takes text.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use milepost::check::{self, Checked};
use milepost::load::workspace::{self, Entry, Workspace};
use tempfile::TempDir;

/// Each file's path and text.
pub(crate) type Files = BTreeMap<String, String>;

/// A text as TOML writes it in quotes.
pub(crate) fn quoted(text: &str) -> String {
    // JSON's escapes are TOML's; TOML also wants one for DEL.
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// A workspace in which each text has a control of its own and stands in every place of it; where there is room for one text
/// only, all of them stand together.
pub(crate) fn every_place(texts: &[String]) -> Files {
    let all = texts.join(" ");
    let mut files = Files::from([
        ("milepost.toml".to_owned(), settings(&quoted(&all), texts)),
        ("controls/own/framework.toml".to_owned(), framework(&quoted(&all), &quoted(&texts[0]))),
        ("controls/own/first.toml".to_owned(), chapter(&all, texts)),
        ("content/profile.toml".to_owned(), profile(&quoted(&all))),
        ("content/actions.toml".to_owned(), actions(texts)),
        ("content/guides/own.md".to_owned(), guide(&all)),
        ("mappings/far.toml".to_owned(), mapping(&quoted(&all))),
    ]);
    for quarter in ["2026-Q2", "2026-Q3"] {
        files.insert(format!("content/{quarter}/quarter.toml"), format!("title = {}\n", quoted(&all)));
        files.insert(format!("content/{quarter}/summary.md"), all.clone());
        for team in ["one", "two", "three"] {
            files.insert(format!("content/{quarter}/{team}/all.toml"), answers(quarter, team, &quoted(&all), texts));
        }
    }
    files
}

fn settings(all: &str, texts: &[String]) -> String {
    let level = |n: usize| format!("{{ name = {0}, criteria = {0} }}", quoted(&texts[n % texts.len()]));
    let levels: Vec<String> = (0..5).map(level).collect();
    format!(
        r#"[report]
title = {all}
organization = {all}
frameworks = ["own"]

[scale]
levels = [{levels}]

[targets]
default = {{ level = 3, why = {all}, approved_by = {all}, due = 2026-09-01, review = 2026-08-01 }}
"P.A-1" = {{ level = 4, why = {all}, approved_by = {all} }}

[controls]
"P.A-1" = {{ key = true, weight = 2, why = {all} }}

[gates]
stale_evidence = {{ limit = 0, exception = {{ reason = {all}, approved_by = {all}, expires = 2026-12-31 }} }}
new_zeros = {{ limit = 0, functions = ["P"], teams = ["one"] }}
key_controls = 4
overdue_actions = 0

[since."2026-Q3"]
why = {all}
approved_by = {all}
scoring.decimals = 2
controls."P.A-1" = {{ weight = 3, why = {all} }}

[[team]]
id = "one"
name = {all}

[[team]]
id = "two"
name = "Two"

[[team]]
id = "three"
name = "Three"
"#,
        levels = levels.join(", ")
    )
}

fn framework(all: &str, first: &str) -> String {
    format!(
        r#"id = "own"
title = {all}
version = {all}
source = {all}
purpose = {all}
leaf = {all}
functions = ["P"]
references = {{ {first} = {all} }}
withdrawn = {{ {all} = [{all}] }}
"#
    )
}

fn chapter(all: &str, texts: &[String]) -> String {
    // A page of a Function and one of a team may not have the same title.
    let (title, all) = (quoted(&format!("{all} as a Function")), quoted(all));
    let mut out = format!("id = \"P\"\ntitle = {title}\npurpose = {all}\n\n");
    out += &format!("[[category]]\nid = \"P.A\"\ntitle = {all}\npurpose = {all}\n\n");
    out += "[[category.control]]\nid = \"P.A-0\"\ntitle = \"Left out\"\noutcome = \"Nobody asks for it\"\n\n";
    for (n, text) in texts.iter().enumerate() {
        let text = quoted(text);
        out += &format!(
            r#"[[category.control]]
id = "P.A-{}"
title = {text}
outcome = {text}
objective = {text}
examples = [{text}]
facts = {{ {text} = {{ type = "integer", means = {text} }} }}
criteria = [{{ level = 1, require = {{ {text} = ">= 1" }} }}, {{ level = 3, require = {{ {text} = ">= 3" }} }}]
references = {{ {first} = [{text}] }}

"#,
            n + 1,
            first = quoted(&texts[0])
        );
    }
    out
}

fn profile(all: &str) -> String {
    format!(
        r#"[out_of_scope]
"P.A-0" = {{ why = {all}, approved_by = {all} }}

[tiers]
governance = {{ current = 2, target = 3, rationale = {all}, declared_by = {all} }}
management = {{ current = 1, rationale = {all} }}
"#
    )
}

fn actions(texts: &[String]) -> String {
    let mut out = String::new();
    for (n, text) in texts.iter().enumerate() {
        let (n, other, text) = (n + 1, quoted(&format!("{text} again")), quoted(text));
        out += &format!(
            r#"[[action]]
id = {text}
control = "P.A-{n}"
team = "one"
title = {text}
owner = {text}
effort = {text}
opened = 2026-07-01
due = 2026-08-31
raises_to = 4

[[exception]]
id = {other}
control = "P.A-{n}"
reason = {text}
approved_by = {text}
since = 2026-07-01
expires = 2026-12-31

"#
        );
    }
    out
}

fn mapping(all: &str) -> String {
    format!(
        r#"id = "far"
title = {all}
version = {all}
authority = {all}
of = "own"
ids = ["known", "unknown"]

[map."P.A-1"]
equal = ["known"]
"#
    )
}

fn answers(quarter: &str, team: &str, all: &str, texts: &[String]) -> String {
    let mut out = format!("[attested]\nby = {all}\non = 2026-06-30\n\n");
    for (n, text) in texts.iter().enumerate() {
        let (count, text) = (if quarter == "2026-Q3" { 1 } else { 3 }, quoted(text));
        out += &format!("[\"P.A-{}\"]\nnote = {text}\n", n + 1);
        out += &match team {
            "one" => format!(
                "facts = {{ {text} = {count} }}\nevidence = [\n  {{ kind = \"test\", title = {text}, date = 2026-05-01, \
                 url = \"https://wiki.example.org/a?b=c&d='e'\" }},\n  {{ kind = \"record\", title = {text}, \
                 covers = \"2020-01-01..2020-02-01\", url = \"mailto:desk@example.org\" }},\n]\n\n"
            ),
            "two" => format!("not_applicable = {text}\napproved_by = {text}\n\n"),
            _ => format!("unknown = {text}\n\n"),
        };
    }
    out
}

fn guide(all: &str) -> String {
    let front = quoted(all);
    format!("+++\ntitle = {front}\nsummary = {front}\nexplains = [\"report\", \"P\"]\n+++\n\n{all}\n")
}

/// A place that takes only some texts: a file, what stands there, and what takes its place. `§` becomes the text in quotes, `¤`
/// the text as it is.
pub(crate) type Narrow = (&'static str, &'static str, &'static str);

/// Every such place.
pub(crate) const NARROW: &[Narrow] = &[
    ("milepost.toml", "title = ", "theme = §\ntitle = "),
    ("milepost.toml", "title = ", "§ = §\ntitle = "),
    ("milepost.toml", "[\"own\"]", "[§]"),
    ("milepost.toml", "[scale]", "[files]\ncontrols = [§]\n[scale]"),
    ("milepost.toml", "[scale]", "[files]\nevidence = [§]\n[scale]"),
    ("milepost.toml", "[scale]", "[files]\nguides = [§]\n[scale]"),
    ("milepost.toml", "[scale]", "[scoring]\nscore = §\nteams = §\n[scale]"),
    ("milepost.toml", "[scale]", "[evidence]\nmax_age = §\nneeds = [{ from = 1, any_of = [§] }]\n[scale]"),
    ("milepost.toml", "[scale]", "[since.§]\nwhy = §\napproved_by = §\n§ = §\n[scale]"),
    ("milepost.toml", "[scale]", "[since.\"2026-Q4\"]\nevidence.§ = §\nteams.§.scope = [§]\n[scale]"),
    ("milepost.toml", "[scale]", "[audiences]\nboard = [§]\n[scale]"),
    ("milepost.toml", "[scale]", "[scale]\ndimensions = { § = 1, practice = 1 }"),
    ("milepost.toml", "[scale]", "[scale]\nstep = ¤"),
    ("milepost.toml", "[scale]", "[§]\n[scale]"),
    ("milepost.toml", "\"P.A-1\" = { level", "§ = { level"),
    ("milepost.toml", "\"P.A-1\" = { key", "§ = { key"),
    ("milepost.toml", "functions = [\"P\"]", "functions = [§]"),
    ("milepost.toml", "teams = [\"one\"]", "teams = [§]"),
    ("milepost.toml", "id = \"one\"", "id = §"),
    ("milepost.toml", "id = \"one\"", "id = \"one\"\nscope = [§]\nfirst_quarter = §"),
    ("controls/own/framework.toml", "id = \"own\"", "id = §"),
    ("controls/own/framework.toml", "functions = [\"P\"]", "functions = [§]"),
    ("controls/own/framework.toml", "id = \"own\"", "id = \"own\"\n§ = 1"),
    ("controls/own/first.toml", "id = \"P\"", "id = §"),
    ("controls/own/first.toml", "id = \"P.A\"", "id = §"),
    ("controls/own/first.toml", "id = \"P.A-1\"", "id = §"),
    ("controls/own/first.toml", "type = \"integer\"", "type = §"),
    ("controls/own/first.toml", "\">= 3\"", "§"),
    ("controls/own/first.toml", "facts = ", "facts_from = [§]\nfacts = "),
    ("controls/own/first.toml", "references = {", "references = { § = [§],"),
    ("content/profile.toml", "\"P.A-0\"", "§"),
    ("content/profile.toml", "governance", "§"),
    ("content/profile.toml", "current = 1", "current = ¤"),
    ("content/actions.toml", "control = \"P.A-1\"", "control = §"),
    ("content/actions.toml", "team = \"one\"", "team = §"),
    ("content/actions.toml", "raises_to = 4", "status = §\nraises_to = §"),
    ("content/actions.toml", "raises_to = 4", "raises_to = ¤"),
    ("content/actions.toml", "2026-08-31", "¤"),
    ("content/guides/own.md", "\"P\"]", "§]"),
    ("milepost.toml", "title = ", "repository = §\ntitle = "),
    ("milepost.toml", "title = ", "language = §\ntitle = "),
    ("mappings/far.toml", "id = \"far\"", "id = §"),
    ("mappings/far.toml", "id = \"far\"", "id = \"far\"\n§ = §"),
    ("mappings/far.toml", "of = \"own\"", "of = §"),
    ("mappings/far.toml", "\"unknown\"", "§"),
    ("mappings/far.toml", "\"P.A-1\"", "§"),
    ("mappings/far.toml", "[\"known\"]", "[§]"),
    ("mappings/far.toml", "equal = ", "§ = "),
    ("content/2026-Q3/quarter.toml", "title = ", "opens = §\ntitle = "),
    ("content/2026-Q3/quarter.toml", "title = ", "closes = ¤\ntitle = "),
    ("content/2026-Q3/one/all.toml", "[\"P.A-1\"]", "[§]"),
    ("content/2026-Q3/one/all.toml", "[\"P.A-1\"]", "[¤]"),
    ("content/2026-Q3/one/all.toml", "note = ", "§ = §\nnote = "),
    ("content/2026-Q3/one/all.toml", "note = ", "level = ¤\nnote = "),
    ("content/2026-Q3/one/all.toml", "kind = \"test\"", "kind = §"),
    ("content/2026-Q3/one/all.toml", "date = 2026-05-01", "date = §"),
    ("content/2026-Q3/one/all.toml", "\"2020-01-01..2020-02-01\"", "§"),
    ("content/2026-Q3/one/all.toml", "url = \"https:", "file = §, url = \"https:"),
    ("content/2026-Q3/one/all.toml", "url = \"https:", "file = \"all.toml\", sha256 = §, url = \"https:"),
    ("content/2026-Q3/one/all.toml", "\"https://wiki.example.org/a?b=c&d='e'\"", "§"),
    ("content/2026-Q3/one/all.toml", "\"mailto:desk@example.org\"", "§"),
    ("content/2026-Q3/one/all.toml", "facts = {", "facts = { § = 1,"),
];

/// The files with `text` in narrow places, those whose words another one has not taken.
pub(crate) fn narrow(files: &Files, places: &[&Narrow], text: &str) -> Files {
    let mut files = files.clone();
    for (path, from, to) in places {
        let file = files.get_mut(*path).unwrap();
        assert!(places.len() > 1 || file.contains(from), "{path} has no {from}");
        *file = file.replacen(from, &to.replace('§', &quoted(text)).replace('¤', text), 1);
    }
    files
}

/// Writes the files to a folder.
pub(crate) fn write(files: &Files, folder: &Path) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// The workspace of these files, without catalogs that it does not use; a disk is asked only where `[files]` are named.
pub(crate) fn in_memory(files: &Files) -> Workspace {
    let folder = TempDir::new().unwrap();
    if files["milepost.toml"].contains("[files]") {
        write(files, folder.path());
    }
    let mut workspace = workspace::load(folder.path());
    workspace.files.retain(|path, _| !path.starts_with("controls/"));
    workspace.files.extend(files.iter().map(|(path, text)| (path.clone(), Entry::Text(text.as_str().into()))));
    workspace
}

/// What the check says of these files.
pub(crate) fn checked(files: &Files) -> (Workspace, Checked) {
    let workspace = in_memory(files);
    let checked = check::check(&workspace);
    (workspace, checked)
}

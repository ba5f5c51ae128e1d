//! Makes hostile workspaces of any size: one mistake repeated without end, one very long line, key or text, deep nesting, and two
//! lists that the program multiplies.

/// The files of a workspace, by path.
pub(crate) type Files = Vec<(String, String)>;

/// One way to make a workspace that means harm.
pub(crate) struct Shape {
    /// What is repeated, and in which file.
    pub(crate) name: String,
    /// Which files they are, where the repeated one has about so many bytes; they stand in place of the ground's own.
    pub(crate) files: Box<dyn Fn(usize) -> Files + Sync>,
}

const CONFIG: &str = "milepost.toml";
const FRAMEWORK: &str = "controls/small/framework.toml";
const FUNCTION: &str = "controls/small/safe.toml";
const EVIDENCE: &str = "content/2026-Q3/deck/safe.toml";
const EARLIER: &str = "content/2026-Q2/deck/safe.toml";
const PROFILE: &str = "content/profile.toml";
const OWN_PROFILE: &str = "content/2026-Q3/profile.toml";
const ACTIONS: &str = "content/actions.toml";
const QUARTER: &str = "content/2026-Q3/quarter.toml";
const SUMMARY: &str = "content/2026-Q3/summary.md";
const SEAL: &str = "content/2026-Q2/seal.toml";
const MAPPING: &str = "mappings/far.toml";
const GUIDE: &str = "content/guides/rules.md";

const CONFIG_TEXT: &str =
    "[report]\ntitle = \"T\"\nframeworks = [\"small\"]\n\n[[team]]\nid = \"deck\"\nname = \"Deck\"\n";
const FRAMEWORK_TEXT: &str = "id = \"small\"\ntitle = \"Small\"\nfunctions = [\"SA\"]\n";
const FUNCTION_TEXT: &str = "id = \"SA\"\ntitle = \"Safe\"\n\n[[category]]\nid = \"SA.A\"\ntitle = \"All\"\n\n\
[[category.control]]\nid = \"SA.A-01\"\ntitle = \"One\"\noutcome = \"O\"\n\n\
[[category.control]]\nid = \"SA.A-02\"\ntitle = \"Two\"\noutcome = \"O\"\nfacts = { copies = \"integer\", tested = \"date\" }\n\
criteria = [{ level = 1, require = { copies = \">= 1\" } }, { level = 3, require = { copies = \">= 2\", tested = \"<= 92d\" } }]\n";
const ANSWER: &str = "[SA.A-01]\nlevel = 3\n";

/// The workspace into which each shape is put.
pub(crate) fn ground() -> Files {
    let files = [
        (CONFIG, CONFIG_TEXT),
        (FRAMEWORK, FRAMEWORK_TEXT),
        (FUNCTION, FUNCTION_TEXT),
        (EARLIER, ANSWER),
        (EVIDENCE, ANSWER),
    ];
    files.map(|(path, text)| (path.to_owned(), text.to_owned())).into()
}

/// The workspace of a shape at a size.
pub(crate) fn workspace(shape: &Shape, bytes: usize) -> Files {
    let mut files = ground();
    let own = (shape.files)(bytes);
    files.retain(|(path, _)| !own.iter().any(|(other, _)| other == path));
    files.extend(own);
    files
}

/// `head`, then rows until the text has about `bytes` bytes, then `tail`.
fn rows(bytes: usize, head: &str, tail: &str, row: impl Fn(usize) -> String) -> String {
    let mut text = head.to_owned();
    for n in 0.. {
        let row = row(n);
        if text.len() + row.len() + tail.len() > bytes {
            break;
        }
        text += &row;
    }
    text + tail
}

/// A word of four letters and more that no other number has.
fn word(n: usize) -> String {
    let mut word = String::new();
    let mut rest = n;
    while rest > 0 || word.len() < 4 {
        word.push(char::from(b'a' + u8::try_from(rest % 26).unwrap_or_default()));
        rest /= 26;
    }
    word
}

/// A shape whose file `path` is `head`, rows and `tail`.
fn repeated(
    name: &str,
    path: &'static str,
    (head, tail): (&'static str, &'static str),
    row: impl Fn(usize) -> String + Sync + Copy + 'static,
) -> Shape {
    let files = move |bytes| vec![(path.to_owned(), rows(bytes, head, tail, row))];
    Shape { name: format!("{name}, {path}"), files: Box::new(files) }
}

/// Every shape.
pub(crate) fn shapes() -> Vec<Shape> {
    [
        broken(),
        every_file(),
        evidence(),
        settings(),
        catalog(),
        decisions(),
        others(),
        mappings(),
        mentions(),
        many(),
        products(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Files that read TOML.
const TOML: [&str; 10] = [CONFIG, FRAMEWORK, FUNCTION, EVIDENCE, PROFILE, OWN_PROFILE, ACTIONS, QUARTER, MAPPING, SEAL];

/// What is no TOML, in one kind of file: the reader of TOML is the same for all.
fn broken() -> Vec<Shape> {
    let lines: [(&str, &'static str); 20] = [
        ("a word a line", "x\n"),
        ("a key without value a line", "a =\n"),
        ("a value without key a line", "= 1\n"),
        ("an open text a line", "a = \"x\n"),
        ("an open bracket a line", "a = [\n"),
        ("an open table a line", "[a\n"),
        ("an open inline table a line", "a = {b = 1\n"),
        ("a merge conflict a line", "<<<<<<< a\n"),
        ("a bad date a line", "a = 2026-13-45\n"),
        ("a bad number a line", "a = 1.2.3\n"),
        ("a bad escape a line", "a = \"\\q\"\n"),
        ("a bad escape, one line", "\\q"),
        ("a text with bad escapes", "\\x"),
        ("a text of three marks a line", "a = \"\"\"\n"),
        ("commas, one line", "1,"),
        ("equal signs, one line", "= "),
        ("words, one line", "x "),
        ("the same key a line", "a = 1\n"),
        ("the same table a line", "[a]\n"),
        ("control characters, one line", "\u{1}"),
    ];
    let mut shapes: Vec<Shape> = lines
        .into_iter()
        .flat_map(|(name, line)| {
            [EVIDENCE, CONFIG].map(|path| repeated(name, path, ("", ""), move |_| line.to_owned()))
        })
        .collect();
    shapes.extend([
        repeated("the same table with keys", EVIDENCE, ("[a]\n", ""), |n| format!("[a]\n{} = 1\n", word(n))),
        repeated("pairs of the same table", EVIDENCE, ("", ""), |n| format!("[{0}]\n[{0}]\n", word(n))),
        repeated("pairs of the same key", EVIDENCE, ("", ""), |n| format!("{0} = 1\n{0} = 1\n", word(n))),
        repeated("the same key in one inline table", EVIDENCE, ("x = {", "}\n"), |_| "a=1,".to_owned()),
        repeated("a key that is a table already", EVIDENCE, ("", ""), |n| format!("{0}.b = 1\n[{0}]\n", word(n))),
        repeated("groups of open brackets", EVIDENCE, ("", ""), |n| format!("a{n} = {}\n", "[".repeat(9_000))),
        repeated("groups of nested lists", EVIDENCE, ("", ""), |n| {
            format!("a{n} = {}1{}\n", "[".repeat(4_000), "]".repeat(4_000))
        }),
        repeated("lists nested as deep as is read", EVIDENCE, ("", ""), |n| {
            format!("a{n} = {}1{}\n", "[".repeat(70), "]".repeat(70))
        }),
        repeated("one dotted key", EVIDENCE, ("[a", "]\n"), |_| ".a".to_owned()),
        repeated("one dotted key with a value", EVIDENCE, ("a", " = 1\n"), |_| ".a".to_owned()),
        repeated("long dotted keys", EVIDENCE, ("", ""), |n| format!("[{}{}]\n", "a.".repeat(1_000), word(n))),
        repeated("one long word", EVIDENCE, ("", ""), |_| "x".to_owned()),
        repeated("one long open text", EVIDENCE, ("a = \"", ""), |_| "x".to_owned()),
        repeated("one long remark", EVIDENCE, ("# ", "\nx\n"), |_| "x".to_owned()),
        repeated("blank lines", EVIDENCE, ("", "x\n"), |_| "\n".to_owned()),
        repeated("many lines, then mistakes", EVIDENCE, ("", "x\nx\nx\n"), |_| "#\n".to_owned()),
    ]);
    shapes
}

/// Mistakes that every TOML file can hold.
fn every_file() -> Vec<Shape> {
    let mut shapes = Vec::new();
    for path in TOML {
        shapes.extend([
            repeated("an unknown key a line", path, ("", ""), |n| format!("{} = 1\n", word(n))),
            repeated("an unknown table a line", path, ("", ""), |n| format!("[{}]\n", word(n))),
            repeated("an unknown list of tables a line", path, ("", ""), |n| format!("[[{}]]\n", word(n))),
            repeated("long unknown keys", path, ("", ""), |n| format!("{}{} = 1\n", "k".repeat(10_000), word(n))),
            repeated("one long unknown key", path, ("", " = 1\n"), |_| "k".to_owned()),
            repeated("keys of wide characters", path, ("", ""), |n| format!("\"語{}\" = 1\n", word(n))),
        ]);
    }
    shapes
}

fn evidence() -> Vec<Shape> {
    let item = ("[SA.A-01]\nlevel = 3\nevidence = [", "]\n");
    let answer = ("[SA.A-01]\nlevel = 3\n", "");
    let facts = ("[SA.A-02]\nfacts = {", "}\n");
    vec![
        repeated("items of a wrong type", EVIDENCE, item, |_| "{kind=1},".to_owned()),
        repeated("empty items", EVIDENCE, item, |_| "{},".to_owned()),
        repeated("items that are no tables", EVIDENCE, item, |_| "1,".to_owned()),
        repeated("items that are lists", EVIDENCE, item, |_| "[],".to_owned()),
        repeated("items of an unknown kind", EVIDENCE, item, |n| format!("{{kind=\"{}\"}},", word(n))),
        repeated("items of nearly a kind", EVIDENCE, item, |_| "{kind=\"tset\"},".to_owned()),
        repeated("items with wrong links", EVIDENCE, item, |_| {
            "{kind=\"test\",title=\"t\",date=2026-09-01,url=\"x\"},".to_owned()
        }),
        repeated("items without a file", EVIDENCE, item, |_| {
            "{kind=\"test\",title=\"t\",date=2026-09-01,file=\"x\"},".to_owned()
        }),
        repeated("items with a file outside", EVIDENCE, item, |_| {
            "{kind=\"test\",title=\"t\",date=2026-09-01,file=\"../../../../x\"},".to_owned()
        }),
        repeated("items of the future", EVIDENCE, item, |_| "{kind=\"test\",title=\"t\",date=2027-01-01},".to_owned()),
        repeated("items with a wrong period", EVIDENCE, item, |_| "{covers=\"x\"},".to_owned()),
        repeated("right items", EVIDENCE, item, |_| "{kind=\"test\",title=\"t\",date=2026-09-01},".to_owned()),
        repeated("right items a line", EVIDENCE, answer, |_| {
            "[[\"SA.A-01\".evidence]]\nkind=\"test\"\ntitle=\"t\"\ndate=2026-09-01\n".to_owned()
        }),
        repeated("one item with unknown keys", EVIDENCE, ("[SA.A-01]\nlevel = 3\nevidence = [{", "}]\n"), |n| {
            format!("{}=1,", word(n))
        }),
        repeated("one long title", EVIDENCE, ("[SA.A-01]\nlevel = 3\nevidence = [{title=\"", "\"}]\n"), |_| "t".into()),
        repeated("one long kind", EVIDENCE, ("[SA.A-01]\nlevel = 3\nevidence = [{kind=\"", "\"}]\n"), |_| "t".into()),
        repeated("one long link", EVIDENCE, ("[SA.A-01]\nlevel = 3\nevidence = [{url=\"", "\"}]\n"), |_| "t".into()),
        repeated("one long file", EVIDENCE, ("[SA.A-01]\nlevel = 3\nevidence = [{file=\"", "\"}]\n"), |_| "t/".into()),
        repeated(
            "one file of many steps up",
            EVIDENCE,
            ("[SA.A-01]\nlevel = 3\nevidence = [{file=\"", "\"}]\n"),
            |_| "a/../".into(),
        ),
        repeated("unknown keys of an answer", EVIDENCE, answer, |n| format!("{} = 1\n", word(n))),
        repeated("unknown controls", EVIDENCE, ("", ""), |n| format!("[SA.A-{n}x]\n")),
        repeated("unknown controls with levels", EVIDENCE, ("", ""), |n| format!("[SA.A-{n}x]\nlevel=1\n")),
        repeated("unknown controls of nearly a name", EVIDENCE, ("", ""), |n| format!("[SA.{}-01]\n", word(n))),
        repeated("the same control", EVIDENCE, ("", ""), |_| "[SA.A-01]\nlevel=1\n".to_owned()),
        repeated("a level that is a list", EVIDENCE, ("[SA.A-01]\nlevel = [", "]\n"), |_| "1,".to_owned()),
        repeated("a level of many dimensions", EVIDENCE, ("[SA.A-01]\nlevel = {", "}\n"), |n| {
            format!("{}=1,", word(n))
        }),
        repeated("unknown facts", EVIDENCE, facts, |n| format!("{}=1,", word(n))),
        repeated("one long note", EVIDENCE, ("[SA.A-01]\nlevel = 3\nnote = \"", "\"\n"), |_| "n".to_owned()),
        repeated("one long number", EVIDENCE, ("[SA.A-01]\nlevel = ", "\n"), |_| "9".to_owned()),
        repeated("one long reason", EVIDENCE, ("[SA.A-01]\nunknown = \"", "\"\n"), |_| " ".to_owned()),
        repeated("one line of wide characters", EVIDENCE, ("[SA.A-01]\nlevel = 3\nurl = \"", "\"\n"), |_| {
            "語".to_owned()
        }),
        repeated("one line of deceptive ones", EVIDENCE, ("[SA.A-01]\nlevel = 3\nurl = \"", "\"\n"), |_| {
            "\u{202e}".into()
        }),
        repeated("wrong keys at the end of a long line", EVIDENCE, ("\"", "\" = 1"), |_| "é".to_owned()),
    ]
}

#[expect(clippy::too_many_lines, reason = "it is one list")]
fn settings() -> Vec<Shape> {
    let text: &'static str = CONFIG_TEXT;
    let under = |table: &'static str| -> (&'static str, &'static str) {
        (Box::leak(format!("{text}{table}").into_boxed_str()), "")
    };
    let list = |table: &'static str| -> (&'static str, &'static str) {
        (Box::leak(format!("{text}{table}").into_boxed_str()), "]\n")
    };
    vec![
        repeated("teams", CONFIG, under(""), |n| format!("[[team]]\nid=\"t{n}\"\nname=\"T\"\n")),
        repeated("the same team", CONFIG, under(""), |_| "[[team]]\nid=\"deck\"\nname=\"T\"\n".to_owned()),
        repeated("teams without a name", CONFIG, under(""), |n| format!("[[team]]\nid=\"t{n}\"\n")),
        repeated("teams without anything", CONFIG, under(""), |_| "[[team]]\n".to_owned()),
        repeated("a scope of unknown ids", CONFIG, list("scope=["), |n| format!("\"SA.A-{n}\",")),
        repeated("a scope of the same id", CONFIG, list("scope=["), |_| "\"SA.A-01\",".to_owned()),
        repeated("a scope of numbers", CONFIG, list("scope=["), |_| "1,".to_owned()),
        repeated("other names of a team", CONFIG, list("also_called=["), |n| format!("\"n{n}\",")),
        repeated("targets of unknown ids", CONFIG, under("[targets]\n"), |n| format!("\"SA.A-{n}\"={{level=3}}\n")),
        repeated("targets that are numbers", CONFIG, under("[targets]\n"), |n| format!("a{n}=3\n")),
        repeated("rules of unknown ids", CONFIG, under("[controls]\n"), |n| format!("\"SA.A-{n}\"={{weight=3}}\n")),
        repeated("rules with unknown owners", CONFIG, under("[controls]\n"), |n| format!("a{n}={{owner=\"b\"}}\n")),
        repeated("rules with an owner", CONFIG, under("[controls]\n"), |n| format!("a{n}={{owner=\"deck\"}}\n")),
        repeated("gates of unknown Functions", CONFIG, list("[gates]\nregression={limit=1,functions=["), |n| {
            format!("\"{n}\",")
        }),
        repeated("unknown gates", CONFIG, under("[gates]\n"), |n| format!("{}=1\n", word(n))),
        repeated("globs", CONFIG, list("[files]\nevidence=["), |n| format!("\"a{n}/*/*/*\",")),
        repeated("the same glob", CONFIG, list("[files]\nevidence=["), |_| "\"content/*/*/*.toml\",".to_owned()),
        repeated("globs of wrong form", CONFIG, list("[files]\nevidence=["), |_| "\"*\",".to_owned()),
        repeated("one long glob", CONFIG, ("[files]\nevidence=[\"content", "/*/*/*.toml\"]\n"), |_| "/**".to_owned()),
        repeated("one glob of many stars", CONFIG, ("[files]\nevidence=[\"content/", "/*/*.toml\"]\n"), |_| {
            "*a".into()
        }),
        repeated("unknown frameworks", CONFIG, ("[report]\ntitle=\"T\"\nframeworks=[", "]\n"), |n| {
            format!("\"s{n}\",")
        }),
        repeated("the same framework", CONFIG, ("[report]\ntitle=\"T\"\nframeworks=[", "]\n"), |_| "\"small\",".into()),
        repeated("needs", CONFIG, list("[evidence]\nneeds=["), |_| "{from=3,any_of=[\"test\"]},".to_owned()),
        repeated("needs without anything", CONFIG, list("[evidence]\nneeds=["), |_| "{},".to_owned()),
        repeated("a need of many kinds", CONFIG, (under("[evidence]\nneeds=[{from=3,any_of=[").0, "]}]\n"), |_| {
            "\"test\",".to_owned()
        }),
        repeated("a need of unknown kinds", CONFIG, (under("[evidence]\nneeds=[{from=3,any_of=[").0, "]}]\n"), |_| {
            "\"tset\",".to_owned()
        }),
        repeated("dimensions", CONFIG, (under("[scale]\ndimensions={").0, "}\n"), |n| format!("{}=1,", word(n))),
        repeated("levels", CONFIG, list("[scale]\nlevels=["), |_| "{name=\"n\",criteria=\"c\"},".to_owned()),
        repeated("what is hidden", CONFIG, list("[audiences]\nboard=["), |_| "\"x\",".to_owned()),
        repeated(
            "one long title",
            CONFIG,
            ("[report]\nframeworks=[\"small\"]\ntitle=\"", "\"\n[[team]]\nid=\"deck\"\nname=\"D\"\n"),
            |_| "t".to_owned(),
        ),
        repeated("one long theme", CONFIG, ("[report]\ntitle=\"T\"\ntheme=\"", "\"\n"), |_| "t".to_owned()),
        repeated(
            "one long id of a team",
            CONFIG,
            ("[report]\ntitle=\"T\"\n[[team]]\nname=\"T\"\nid=\"", "\"\n"),
            |_| "t".to_owned(),
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "it is one list")]
fn catalog() -> Vec<Shape> {
    let header = ("id = \"small\"\ntitle = \"S\"\nfunctions = [\"SA\"", "]\n");
    let tables = |table: &'static str| -> (&'static str, &'static str) {
        (Box::leak(format!("{FRAMEWORK_TEXT}{table}").into_boxed_str()), "")
    };
    let control = ("id = \"SA\"\ntitle = \"S\"\n[[category]]\nid=\"SA.A\"\ntitle=\"A\"\n", "");
    const ONE: &str = "id = \"SA\"\ntitle = \"S\"\n[[category]]\nid=\"SA.A\"\ntitle=\"A\"\n[[category.control]]\nid=\"SA.A-01\"\ntitle=\"T\"\noutcome=\"O\"\n";
    let one = |table: &'static str, tail: &'static str| -> (&'static str, &'static str) {
        (Box::leak(format!("{ONE}{table}").into_boxed_str()), tail)
    };
    vec![
        repeated("Functions without a file", FRAMEWORK, header, |n| format!(",\"F{n}\"")),
        repeated("the same Function", FRAMEWORK, header, |_| ",\"SA\"".to_owned()),
        repeated("withdrawn ids", FRAMEWORK, tables("[withdrawn]\n"), |n| format!("a{n}=\"SA.A-01\"\n")),
        repeated("catalogs of references", FRAMEWORK, tables("[references]\n"), |n| format!("a{n}=\"A\"\n")),
        repeated("a reference of wrong types", FRAMEWORK, (tables("[references]\na=[").0, "]\n"), |_| "1,".to_owned()),
        repeated("controls", FUNCTION, control, |n| {
            format!("[[category.control]]\nid=\"SA.A-{n}\"\ntitle=\"T\"\noutcome=\"O\"\n")
        }),
        repeated("Categories", FUNCTION, ("id = \"SA\"\ntitle = \"S\"\n", ""), |n| {
            format!("[[category]]\nid=\"SA.{n}\"\ntitle=\"T\"\n")
        }),
        repeated("the same control", FUNCTION, control, |_| "[[category.control]]\nid=\"SA.A-01\"\n".to_owned()),
        repeated("controls without anything", FUNCTION, control, |_| "[[category.control]]\n".to_owned()),
        repeated("Categories without anything", FUNCTION, control, |_| "[[category]]\n".to_owned()),
        repeated("misplaced controls", FUNCTION, control, |n| format!("[[category.control]]\nid=\"X{n}\"\n")),
        repeated("controls with bad names", FUNCTION, control, |n| format!("[[category.control]]\nid=\"/{n}\"\n")),
        repeated("facts", FUNCTION, one("facts={", "}\n"), |n| format!("a{n}=\"date\",")),
        repeated("facts of unknown types", FUNCTION, one("facts={", "}\n"), |n| format!("a{n}=\"d\",")),
        repeated("facts of wrong types", FUNCTION, one("facts={", "}\n"), |n| format!("a{n}=1,")),
        repeated("criteria", FUNCTION, one("facts={a=\"integer\"}\ncriteria=[", "]\n"), |_| {
            "{level=1,require={a=1}},".to_owned()
        }),
        repeated("criteria without anything", FUNCTION, one("facts={a=\"integer\"}\ncriteria=[", "]\n"), |_| {
            "{},".into()
        }),
        repeated(
            "conditions on unknown facts",
            FUNCTION,
            one("facts={a=\"integer\"}\ncriteria=[{level=1,require={", "}}]\n"),
            |n| format!("{}=1,", word(n)),
        ),
        repeated(
            "conditions that are none",
            FUNCTION,
            one("facts={a=\"integer\"}\ncriteria=[{level=1,require={", "}}]\n"),
            |n| format!("{}=\"x\",", word(n)),
        ),
        repeated("facts from unknown controls", FUNCTION, one("facts_from=[", "]\n"), |n| format!("\"SA.A-{n}\",")),
        repeated("facts from the same control", FUNCTION, one("facts_from=[", "]\n"), |_| "\"SA.A-01\",".to_owned()),
        repeated("a chain of facts", FUNCTION, control, |n| {
            let from = n.saturating_sub(1);
            format!(
                "[[category.control]]\nid=\"SA.A-{n}\"\ntitle=\"T\"\noutcome=\"O\"\nfacts={{f{n}=\"date\"}}\nfacts_from=\"SA.A-{from}\"\n"
            )
        }),
        repeated("unknown references", FUNCTION, one("[category.control.references]\n", ""), |n| {
            format!("{}=\"x\"\n", word(n))
        }),
        repeated("examples of wrong types", FUNCTION, one("examples=[", "]\n"), |_| "1,".to_owned()),
        repeated("needs of a control", FUNCTION, one("needs=[", "]\n"), |_| "{from=9,any_of=[\"test\"]},".to_owned()),
        repeated("one long id", FUNCTION, ("title = \"S\"\nid = \"", "\"\n"), |_| "S".to_owned()),
        repeated("one long title of a control", FUNCTION, (control.0, ""), |n| {
            if n == 0 {
                format!("[[category.control]]\nid=\"SA.A-1\"\noutcome=\"O\"\ntitle=\"{}\"\n", "t".repeat(500_000))
            } else {
                "#".into()
            }
        }),
    ]
}

fn decisions() -> Vec<Shape> {
    const ACTION: &str =
        "[[action]]\nid=\"a\"\ncontrol=\"SA.A-01\"\nteam=\"deck\"\ntitle=\"t\"\ndue=2026-09-01\nraises_to=4\n";
    vec![
        repeated("targets of unknown ids", PROFILE, ("[targets]\n", ""), |n| format!("\"SA.A-{n}\"={{level=3}}\n")),
        repeated("targets without a level", PROFILE, ("[targets]\n", ""), |n| format!("a{n}={{}}\n")),
        repeated("targets of wrong levels", PROFILE, ("[targets]\n", ""), |n| format!("a{n}={{level=9}}\n")),
        repeated("targets that are texts", PROFILE, ("[targets]\n", ""), |n| format!("a{n}=\"3\"\n")),
        repeated("unquoted targets", PROFILE, ("[targets]\n", ""), |n| format!("a{n}.b={{level=3}}\n")),
        repeated("exclusions of unknown ids", PROFILE, ("[out_of_scope]\n", ""), |n| {
            format!("\"SA.A-{n}\"={{why=\"w\"}}\n")
        }),
        repeated("exclusions without a reason", PROFILE, ("[out_of_scope]\n", ""), |n| format!("a{n}={{}}\n")),
        repeated("Tiers of unknown names", PROFILE, ("[tiers]\n", ""), |n| format!("a{n}={{}}\n")),
        repeated("targets of unknown ids", OWN_PROFILE, ("[targets]\n", ""), |n| format!("\"SA.A-{n}\"={{level=3}}\n")),
        repeated("actions without anything", ACTIONS, ("", ""), |_| "[[action]]\n".to_owned()),
        repeated("the same action", ACTIONS, ("", ""), |_| ACTION.to_owned()),
        repeated("overdue actions", ACTIONS, ("", ""), |n| ACTION.replace("\"a\"", &format!("\"a{n}\""))),
        repeated("actions for unknown controls", ACTIONS, ("", ""), |n| {
            format!("[[action]]\nid=\"{n}\"\ncontrol=\"SA.B-{n}\"\n")
        }),
        repeated("actions for a Function", ACTIONS, ("", ""), |n| format!("[[action]]\nid=\"{n}\"\ncontrol=\"SA\"\n")),
        repeated("actions of unknown teams", ACTIONS, ("", ""), |n| format!("[[action]]\nid=\"{n}\"\nteam=\"d{n}\"\n")),
        repeated("actions of unknown status", ACTIONS, ("", ""), |n| {
            format!("[[action]]\nid=\"{n}\"\nstatus=\"opne\"\n")
        }),
        repeated("exceptions without anything", ACTIONS, ("", ""), |_| "[[exception]]\n".to_owned()),
        repeated("expired exceptions", ACTIONS, ("", ""), |n| {
            format!(
                "[[exception]]\nid=\"e{n}\"\ncontrol=\"SA.A-01\"\nreason=\"r\"\napproved_by=\"c\"\nexpires=2026-08-01\n"
            )
        }),
        repeated("actions that are numbers", ACTIONS, ("action = [", "]\n"), |_| "1,".to_owned()),
    ]
}

/// Narratives, guides and seals.
fn others() -> Vec<Shape> {
    const DIGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let seal = "format = 2\nquarter = \"2026-Q2\"\ntool = \"0.1.0\"\nprevious = \"none\"\n\n[rules]\n\n[evidence]\n";
    vec![
        repeated("a long narrative", SUMMARY, ("", ""), |_| "word ".to_owned()),
        repeated("guides that explain unknown ids", GUIDE, ("+++\ntitle=\"T\"\nexplains=[", "]\n+++\n"), |n| {
            format!("\"SA.A-{n}\",")
        }),
        repeated("a guide with unknown keys", GUIDE, ("+++\ntitle=\"T\"\n", "+++\n"), |n| format!("a{n}=1\n")),
        repeated("a guide without an end", GUIDE, ("+++\n", ""), |_| "+++ \nx".to_owned()),
        repeated("sealed files that are gone", SEAL, (seal, ""), |n| format!("\"content/{n}\" = \"{DIGEST}\"\n")),
        repeated(
            "sealed scores",
            SEAL,
            ("format=2\nquarter=\"2026-Q2\"\ntool=\"0\"\nprevious=\"none\"\n[rules]\n\n[scores.small.controls]\n", ""),
            |n| format!("a{n} = {{ mean = 1 }}\n"),
        ),
        Shape {
            name: "sealed files that were changed, content/2026-Q2/deck".to_owned(),
            files: Box::new(move |bytes| {
                let text = rows(bytes, seal, "", |n| format!("\"content/2026-Q2/deck/{n}.toml\" = \"{DIGEST}\"\n"));
                let count = text.lines().count() - 8;
                let files = (0..count).map(|n| (format!("content/2026-Q2/deck/{n}.toml"), String::new()));
                files.chain([(SEAL.to_owned(), text)]).collect()
            }),
        },
    ]
}

/// Mappings to other catalogs.
fn mappings() -> Vec<Shape> {
    macro_rules! head {
        ($rest:literal) => {
            concat!("id=\"far\"\ntitle=\"F\"\nversion=\"1\"\nauthority=\"A\"\nof=\"small\"\n", $rest)
        };
    }
    vec![
        repeated("ids of a mapping", MAPPING, (head!("map={}\nids=["), "]\n"), |n| format!("\"{n}\",")),
        repeated("the same id of a mapping", MAPPING, (head!("map={}\nids=["), "]\n"), |_| "\"1\",".to_owned()),
        repeated(
            "ids that a mapping does not list",
            MAPPING,
            (head!("ids=[\"1\"]\n[map.\"SA.A-01\"]\nequal=["), "]\n"),
            |n| format!("\"x{n}\","),
        ),
        repeated("foreign ids of one control", MAPPING, (head!("[map.\"SA.A-01\"]\nequal=["), "]\n"), |n| {
            format!("\"{n}\",")
        }),
        repeated("the same foreign id", MAPPING, (head!("[map.\"SA.A-01\"]\nequal=["), "]\n"), |_| "\"1\",".to_owned()),
        repeated("mapped unknown controls", MAPPING, (head!("[map]\n"), ""), |n| {
            format!("\"SA.A-{n}\"={{equal=[\"1\"]}}\n")
        }),
        repeated("mapped controls without quotes", MAPPING, (head!("[map]\n"), ""), |n| format!("a{n}.b.c=1\n")),
        repeated("a mapped path of many parts", MAPPING, (head!("[map.a"), "]\n"), |_| ".a".to_owned()),
        repeated("references of a control", FUNCTION, (REFERRING, "\"1\"] }\n"), |n| format!("\"{n}\",")),
    ]
}

const REFERRING: &str =
    "id = \"SA\"\ntitle = \"Safe\"\n[[control]]\nid=\"SA.A-01\"\ntitle=\"T\"\noutcome=\"O\"\nreferences = { far = [";

/// Names of teams in one text of a catalog, as plain as can be and as tangled.
fn mentions() -> Vec<Shape> {
    const HEAD: &str = "id = \"SA\"\ntitle = \"Safe\"\n[[category]]\nid=\"SA.A\"\ntitle=\"A\"\n[[category.control]]\nid=\"SA.A-01\"\n\
title=\"T\"\noutcome='''\n";
    let text = |name: &str, piece: &'static str| Shape {
        name: format!("{name}, {FUNCTION}"),
        files: Box::new(move |bytes| {
            let config =
                format!("{CONFIG_TEXT}[[team]]\nid = \"shore-it\"\nname = \"Shore IT\"\nalso_called = [\"a a\"]\n");
            vec![(CONFIG.to_owned(), config), (FUNCTION.to_owned(), rows(bytes, HEAD, "'''\n", |_| piece.to_owned()))]
        }),
    };
    vec![
        text("names of teams", "Shore IT, "),
        text("names one inside another", "a "),
        text("names over the ends of emphasis", "*b Shore* IT "),
        text("names in emphasis without end", "*b Shore *IT "),
        text("names that close emphasis without end", "*b **c Shore* IT** "),
        text("names in brackets without end", "[Shore IT "),
        text("names in tags without end", "<Shore <IT "),
        text("names in entities without end", "&amp;&amp;Shore%2525"),
        text("names under marks without end", "Shore I\u{301}T\u{301}\u{301}"),
    ]
}

/// Many small files: about one for every 200 bytes.
fn many() -> Vec<Shape> {
    let folder = |name: &str, path: fn(usize) -> String, text: &'static str| Shape {
        name: name.to_owned(),
        files: Box::new(move |bytes| (0..bytes / 200).map(|n| (path(n), text.to_owned())).collect()),
    };
    vec![
        folder("files with a mistake each", |n| format!("content/2026-Q3/deck/{n}.toml"), "x\n"),
        folder("files with the same answer", |n| format!("content/2026-Q3/deck/{n}.toml"), ANSWER),
        folder("files with an unknown control", |n| format!("content/2026-Q3/deck/{n}.toml"), "[SA.A-0x]\n"),
        folder("folders of unknown teams", |n| format!("content/2026-Q3/t{n}/a.toml"), ANSWER),
        folder("folders that are no quarters", |n| format!("content/q{n}/deck/a.toml"), ANSWER),
        folder("files that nothing reads", |n| format!("content/{n}.toml"), ""),
        folder("catalogs without a framework", |n| format!("controls/c{n}/a.toml"), ""),
        folder("empty frameworks", |n| format!("controls/c{n}/framework.toml"), ""),
        folder("Functions that are not named", |n| format!("controls/small/f{n}.toml"), "id=\"X\"\n"),
        folder("guides", |n| format!("content/guides/g{n}.md"), "+++\ntitle=\"T\"\nexplains=[\"SA.A-0x\"]\n+++\n"),
        folder("guides of one name", |n| format!("content/guides/{n}/g.md"), "+++\ntitle=\"T\"\n+++\n"),
        folder("themes", |n| format!("themes/t{n}/templates/base.html"), "{{ x"),
        folder("broken templates", |n| format!("themes/default/templates/t{n}.html"), "{% x"),
    ]
}

/// Two lists that are multiplied, half of the bytes each.
#[expect(clippy::too_many_lines, reason = "it is one list")]
fn products() -> Vec<Shape> {
    let two = |name: &str, one: fn(usize) -> Files, other: fn(usize) -> Files| Shape {
        name: name.to_owned(),
        files: Box::new(move |bytes| one(bytes / 2).into_iter().chain(other(bytes / 2)).collect()),
    };
    fn at(path: &str, text: String) -> Files {
        vec![(path.to_owned(), text)]
    }
    fn controls(bytes: usize) -> Files {
        let head = "id = \"SA\"\ntitle = \"S\"\n[[category]]\nid=\"SA.A\"\ntitle=\"A\"\n";
        at(
            FUNCTION,
            rows(bytes, head, "", |n| {
                format!("[[category.control]]\nid=\"SA.A-{n:06}\"\ntitle=\"T\"\noutcome=\"O\"\n")
            }),
        )
        .into_iter()
        .chain([(EVIDENCE.to_owned(), "[SA.A-000000]\nlevel=1\n".to_owned()), (EARLIER.to_owned(), String::new())])
        .collect()
    }
    fn strangers(bytes: usize) -> Files {
        at(EVIDENCE, rows(bytes, "", "", |n| format!("[SA.A-{:06}]\n", 900_000 + n)))
    }
    fn strangers_in_files(bytes: usize) -> Files {
        let text = rows(4_000, "", "", |n| format!("[SA.A-{:06}]\n", 900_000 + n));
        (0..bytes / 4_000).map(|n| (format!("content/2026-Q3/deck/{n}.toml"), text.clone())).collect()
    }
    fn teams(bytes: usize) -> Files {
        at(CONFIG, rows(bytes, CONFIG_TEXT, "", |n| format!("[[team]]\nid=\"t{n}\"\nname=\"T\"\n")))
    }
    fn quarters(bytes: usize) -> Files {
        let all = (1900..2999).flat_map(|year| (1..5).map(move |n| format!("content/{year}-Q{n}/quarter.toml")));
        all.take(bytes / 200).map(|path| (path, String::new())).collect()
    }
    fn rules(bytes: usize) -> Files {
        let head = format!("{CONFIG_TEXT}[controls]\n");
        at(CONFIG, rows(bytes, &head, "", |n| format!("\"SA.A-{n:06}\"={{owner=\"deck\"}}\n")))
    }
    fn targets(bytes: usize) -> Files {
        at(PROFILE, rows(bytes, "[targets]\n", "", |n| format!("\"SA.A-{n:06}\"={{level=3}}\n")))
    }
    fn scope(bytes: usize) -> Files {
        at(CONFIG, rows(bytes, &format!("{CONFIG_TEXT}scope=["), "]\n", |n| format!("\"SA.A-{n:06}\",")))
    }
    fn facts(bytes: usize) -> Files {
        let head =
            format!("{FUNCTION_TEXT}\n[[category.control]]\nid=\"SA.A-03\"\ntitle=\"T\"\noutcome=\"O\"\nfacts={{");
        let lend = rows(bytes / 2, &head, "}\n", |n| format!("{}=\"date\",", word(n)));
        at(
            FUNCTION,
            rows(bytes, &lend, "", |n| {
                format!("[[category.control]]\nid=\"SA.A-1{n}\"\ntitle=\"T\"\noutcome=\"O\"\nfacts_from=\"SA.A-03\"\n")
            }),
        )
    }
    fn given(bytes: usize) -> Files {
        at(EVIDENCE, rows(bytes, "[SA.A-03.facts]\n", "", |n| format!("{}x=1\n", word(n))))
    }
    fn frameworks(bytes: usize) -> Files {
        let count = bytes / 400;
        let names = (0..count).map(|n| format!("\"c{n}\",")).collect::<String>();
        let config = format!("[report]\ntitle=\"T\"\nframeworks=[{names}]\n[[team]]\nid=\"deck\"\nname=\"D\"\n");
        let folder = |n| {
            [
                (format!("controls/c{n}/framework.toml"), format!("id=\"c{n}\"\ntitle=\"T\"\nfunctions=[\"F{n}\"]\n")),
                (format!("controls/c{n}/f.toml"), format!("id=\"F{n}\"\ntitle=\"T\"\n")),
            ]
        };
        (0..count).flat_map(folder).chain([(CONFIG.to_owned(), config), (EVIDENCE.to_owned(), String::new())]).collect()
    }
    let none: fn(usize) -> Files = |_| Vec::new();
    vec![
        two("many controls and unknown ones", controls, strangers),
        two("many controls and unknown ones in many files", controls, strangers_in_files),
        two("many controls and their rules", controls, rules),
        two("many controls and their targets", controls, targets),
        two("many controls in a scope", controls, scope),
        two("many controls and many quarters", controls, quarters),
        two("many controls and many teams", controls, teams),
        two("many teams and many quarters", teams, quarters),
        two("many teams of unknown folders", teams, |bytes| {
            (0..bytes / 200).map(|n| (format!("content/2026-Q3/u{n}/a.toml"), String::new())).collect()
        }),
        two("many targets and many quarters", targets, quarters),
        two("facts that many controls borrow", facts, none),
        two("facts and others that are given", facts, given),
        two("frameworks in use", frameworks, none),
        two("many quarters", quarters, none),
    ]
}

//! Tests edits of evidence files: they say what was asked for, in every form of a table, and no other byte changes.

use std::fmt::Write;

use insta::assert_snapshot;
use jiff::civil::date;
use milepost::edit::{AnswerEdit, Edit, EditRefusal, NewItem, NewValue, edit};
use milepost::model::evidence::{Kind, Period};
use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::support::hostile_texts;

/// The controls, in the catalog's order. One stands below another, and the name of one holds what TOML needs quotes for.
const CONTROLS: [&str; 8] =
    ["KP.HU-1", "KP.HU-2", "KP.HU-2.1", "KP.HU-3", "KP.HU-4", "KP.HU-5", "other, {x}:A.1", "other, {x}:A.2"];

/// An answer in each form, with comments, blank lines and an order of its own.
const FORMS: &str = r#"# Deck's answers. Ask the bosun.
attested = { by = "Bosun" }   # after the drill

# The doors.
[KP.HU-2]   # doors first: they matter most
level = 3
evidence = [
  # the yard's sheet
  { kind = "test", title = "Doors shut in 20 s", date = 2026-08-01 },
  { kind = "record", title = "Door book", date = 2026-05-02 }   # no comma
]

[[KP.HU-1.evidence]]
kind = "document"
title = "Pump plan"
date = 2026-10-01

[KP]
HU-3.facts.lamps = 4
HU-3.facts.tried = 2026-09-01   # all of them
HU-4 = { unknown = "Nobody # looked.", evidence = [] }

["other, {x}:A"]
1 = { level = 1, }
"#;

const BRACES: &str = "KP = { HU-2 = { level = 1 }, HU-3.unknown = \"a, b\", \"HU-4\" . level = 2 } # all in one line";

fn path(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn text(text: &str) -> NewValue {
    NewValue::Text(text.to_owned())
}

fn set(control: &str, names: &[&str], value: NewValue) -> Edit {
    Edit { control: control.to_owned(), change: AnswerEdit::Set(path(names), value) }
}

fn remove(control: &str, names: &[&str]) -> Edit {
    Edit { control: control.to_owned(), change: AnswerEdit::Remove(path(names)) }
}

fn add(control: &str, entries: &[(&str, NewValue)]) -> Edit {
    let entries = entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Edit { control: control.to_owned(), change: AnswerEdit::AddAnswer(entries, Vec::new()) }
}

fn item(title: &str) -> NewItem {
    let (from, to) = (date(2026, 10, 1), date(2026, 11, 18));
    let file = Some(("artifacts/drill.pdf".to_owned(), "0".repeat(64)));
    NewItem { kind: Kind::Test, title: title.to_owned(), period: Period { from, to }, url: String::new(), file }
}

fn add_item(control: &str, title: &str) -> Edit {
    Edit { control: control.to_owned(), change: AnswerEdit::AddEvidence(item(title)) }
}

fn edited(text: &str, edits: &[Edit]) -> String {
    edit(text, &CONTROLS, edits).unwrap_or_else(|refusal| panic!("{refusal:?}: {edits:?}\n{text}"))
}

/// The file as a diff: what it lost and what it gained.
fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut next = 0;
    let mut out = String::new();
    for line in &old {
        match new[next..].iter().position(|other| other == line) {
            Some(ahead) => {
                new[next..next + ahead].iter().for_each(|line| writeln!(out, "+ {line}").unwrap());
                writeln!(out, "  {line}").unwrap();
                next += ahead + 1;
            }
            None => writeln!(out, "- {line}").unwrap(),
        }
    }
    new[next..].iter().for_each(|line| writeln!(out, "+ {line}").unwrap());
    out
}

#[test]
fn each_form_takes_each_edit() {
    let mut edits = vec![
        set("KP.HU-2", &["level"], NewValue::Number(2_500_000)),
        set("KP.HU-2", &["note"], text("Shut by hand.\n\n- fore\n- aft")),
        add_item("KP.HU-2", "Third drill"),
        set("KP.HU-1", &["facts", "pumps"], NewValue::Number(3_000_000)),
        set("KP.HU-1", &["facts", "tried"], NewValue::Day(date(2026, 11, 18))),
        add_item("KP.HU-1", "Pump drill"),
        set("KP.HU-3", &["facts", "lamps"], NewValue::Number(5_000_000)),
        set("KP.HU-3", &["facts", "spare"], NewValue::Boolean(true)),
        set("KP.HU-3", &["note"], text("two\nlines")),
        add_item("KP.HU-3", "Lamp count"),
        remove("KP.HU-4", &["unknown"]),
        set("KP.HU-4", &["level"], NewValue::Number(1_000_000)),
        add_item("KP.HU-4", "Door count"),
        set("other, {x}:A.1", &["attested"], NewValue::Table(vec![("by".to_owned(), text("Mate"))])),
        add("KP.HU-2.1", &[("level", NewValue::Number(0)), ("note", text("one\ntwo"))]),
        add("KP.HU-5", &[("not_applicable", text("no such door"))]),
        add("other, {x}:A.2", &[("unknown", text("who knows"))]),
    ];
    let new = edited(FORMS, &edits);
    assert_snapshot!("each-form", difference(FORMS, &new));
    // One after the other, or in another order, they make the same answers.
    let one_by_one = edits.iter().fold(FORMS.to_owned(), |text, edit| edited(&text, std::slice::from_ref(edit)));
    assert_eq!(read(&one_by_one), read(&new));
    edits.reverse();
    assert_eq!(read(&edited(FORMS, &edits))["KP"]["HU-2"]["note"], read(&new)["KP"]["HU-2"]["note"]);
}

#[test]
fn an_answer_between_braces_takes_each_edit() {
    let edits = [
        set("KP.HU-2", &["note"], text("two\nlines")),
        remove("KP.HU-3", &["unknown"]),
        set("KP.HU-3", &["level"], NewValue::Number(0)),
        set("KP.HU-4", &["facts", "a b"], NewValue::Boolean(false)),
        add_item("KP.HU-4", "Drill"),
        add("KP.HU-1", &[("level", NewValue::Number(1_000_000))]),
        add("KP.HU-2.1", &[("level", NewValue::Number(2_000_000))]),
        add("other, {x}:A.1", &[("level", NewValue::Number(3_000_000))]),
    ];
    assert_snapshot!("braces", edited(BRACES, &edits));
}

#[test]
fn a_file_that_cannot_take_an_edit_is_refused() {
    let refused = |text: &str, change: Edit| edit(text, &CONTROLS, &[change]).unwrap_err();
    assert_eq!(refused("KP.HU-1 = {", remove("KP.HU-1", &["level"])), EditRefusal::NotToml);
    assert_eq!(refused(FORMS, remove("KP.HU-5", &["level"])), EditRefusal::NoAnswer("KP.HU-5".to_owned()));
    assert_eq!(refused(FORMS, add("KP.HU-2", &[])), EditRefusal::Answered("KP.HU-2".to_owned()));
    // A level for each dimension is a table, and cannot become a number by its place.
    let level = set("KP.HU-1", &["level"], NewValue::Number(0));
    assert_eq!(refused("[KP.HU-1.level]\npolicy = 1\n", level), EditRefusal::Form("KP.HU-1".to_owned()));
    let twice = [set("KP.HU-2", &["level"], NewValue::Number(0)), set("KP.HU-2", &["level"], NewValue::Number(1))];
    assert_eq!(edit(FORMS, &CONTROLS, &twice), Err(EditRefusal::Form("KP.HU-2".to_owned())));
    assert_eq!(edit(FORMS, &CONTROLS, &[]).as_deref(), Ok(FORMS));
}

#[test]
fn a_table_is_set_in_the_form_in_which_it_is_written() {
    let by = |by: &str, on: i8| {
        let on = date(2026, 12, on);
        NewValue::Table(vec![("by".to_owned(), text(by)), ("on".to_owned(), NewValue::Day(on))])
    };
    let old = "[KP.HU-1]\nlevel = 1\nattested.by = \"Mate\" # asked\nattested.as = 1\n\n[KP.HU-2]\nlevel = 2\n[KP.HU-2.attested]\nby = \"Mate\"\n";
    let edits = ["KP.HU-1", "KP.HU-2"].map(|control| set(control, &["attested"], by("Bosun", 20)));
    assert_snapshot!(edited(old, &edits), @r#"
    [KP.HU-1]
    level = 1
    attested.by = "Bosun" # asked
    attested.on = 2026-12-20

    [KP.HU-2]
    level = 2
    [KP.HU-2.attested]
    by = "Bosun"
    on = 2026-12-20
    "#);
}

/// Every text that others found harmful, and texts that would end a string.
#[test]
fn every_text_comes_back_as_it_was_given() {
    let texts = hostile_texts::texts().into_iter().chain(
        ["\"\"\"", "a\n\"\"\"\n[KP.HU-5]\nlevel = 5", "\\", "'''\n'''", "\r\n\r", "\n", " \n\t\n ", "\u{feff}x\n", ""]
            .map(str::to_owned),
    );
    for hostile in texts {
        for (file, end) in [(FORMS, "\n"), (FORMS, "\r\n"), (BRACES, "\n")] {
            let file = file.replace('\n', end);
            let edits = [
                set("KP.HU-2", &["note"], text(&hostile)),
                set("KP.HU-4", &["note"], text(&hostile)),
                set("KP.HU-3", &["facts", &hostile], text(&hostile)),
                add_item("KP.HU-2", &hostile),
                add("KP.HU-5", &[("unknown", text(&hostile))]),
            ];
            let new = read(&edited(&file, &edits));
            let kp = &new["KP"];
            let items = kp["HU-2"]["evidence"].as_array().unwrap();
            let said = [
                &kp["HU-2"]["note"],
                &kp["HU-4"]["note"],
                &kp["HU-3"]["facts"][hostile.as_str()],
                &items.last().unwrap()["title"],
                &kp["HU-5"]["unknown"],
            ];
            assert!(said.iter().all(|said| said.as_str() == Some(&hostile)), "{hostile:?} became {said:?}");
        }
    }
}

fn read(text: &str) -> toml::Table {
    toml::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The table of an answer in a file, so that it can be compared or taken out.
fn answer_in<'t>(file: &'t mut toml::Table, control: &str) -> Option<&'t mut toml::Table> {
    if file.contains_key(control) {
        return file.get_mut(control)?.as_table_mut();
    }
    let (above, name) = control.rsplit_once('.').unwrap();
    let names: Vec<&str> = if above.starts_with("other") { vec![above] } else { above.split('.').collect() };
    let table = names.iter().try_fold(file, |table, name| table.get_mut(*name)?.as_table_mut())?;
    table.get_mut(name)?.as_table_mut()
}

/// The keys of an answer, each `key = value` on its own line.
fn entries() -> impl Strategy<Value = Vec<String>> {
    let state = prop_oneof![Just("level = 2"), Just("unknown = \"no, { not } # yet\""), Just("not_applicable = 'x'")];
    let facts = prop_oneof![Just(""), Just("facts = { lamps = 4 }"), Just("facts.lamps = 4"), Just("facts = { }"),];
    let evidence = prop_oneof![
        Just(""),
        Just("evidence = []"),
        Just("evidence = [{ kind = \"test\", title = \"a\", date = 2026-01-01 }]"),
        Just("evidence = [\n  { kind = \"test\", title = \"a\" }, # why\n  { kind = \"test\", title = \"b\" }\n]"),
        Just("evidence = [\n  { kind = \"test\", title = \"a\" },\n]"),
    ];
    let note = prop_oneof![Just(""), Just("note = \"one\""), Just("note = \"\"\"\none\n  # two\n\"\"\"")];
    (state, facts, evidence, note).prop_map(|(state, facts, evidence, note)| {
        [state, facts, evidence, note].iter().filter(|line| !line.is_empty()).map(|line| (*line).to_owned()).collect()
    })
}

/// An answer: its keys, its form, what stands above and below it, and how far it is indented.
type Part = (Vec<String>, u8, u8, bool);

/// A file with answers for some of the controls, in one of three layouts; each answer in one of the forms that the layout allows.
fn file() -> impl Strategy<Value = String> {
    let part = (entries(), 0..4_u8, 0..4_u8, any::<bool>());
    let parts = proptest::collection::vec(proptest::option::of(part), CONTROLS.len());
    let file = (parts, 0..3_u8, any::<[bool; 3]>()).prop_map(|(parts, layout, [crlf, open, bom])| {
        let answers = CONTROLS.iter().zip(parts).filter_map(|(id, part)| Some((*id, part?))).collect::<Vec<_>>();
        let mut text = layout_of(layout, &answers);
        if open {
            text.truncate(text.trim_end().len());
        }
        let text = if crlf { text.replace('\n', "\r\n") } else { text };
        if bom { format!("\u{feff}{text}") } else { text }
    });
    // What is between braces cannot be added to below a header.
    file.prop_filter("the layout is no TOML", |text| text.trim_start_matches('\u{feff}').parse::<toml::Table>().is_ok())
}

fn layout_of(layout: u8, answers: &[(&str, Part)]) -> String {
    let quoted = |id: &str| if id.starts_with("other") { format!("\"{id}\"") } else { id.to_owned() };
    let one_line = |entries: &[String]| entries.iter().map(|entry| entry.replace('\n', " ")).collect::<Vec<_>>();
    // A comment or a note of several lines has no place in one line.
    let fits = |entries: &[String]| !entries.iter().any(|entry| entry.contains("\"\"\"") || entry.contains("# why"));
    if layout == 2 {
        let braces = |(id, (entries, ..)): &(&str, Part)| {
            format!("{} = {{ {} }}", id.trim_start_matches("KP."), one_line(entries).join(", "))
        };
        let keeper = |(id, part): &&(&str, Part)| id.starts_with("KP.") && !id.ends_with(".1") && fits(&part.0);
        let all: Vec<String> = answers.iter().filter(keeper).map(braces).collect();
        return format!("# one line\nKP = {{ {} }} # end\n", all.join(", "));
    }
    let (mut body, mut headers) = (String::new(), String::new());
    for (id, (entries, form, above, indented)) in answers {
        let (indent, short) = (if *indented { "  " } else { "" }, id.strip_prefix("KP.").filter(|_| layout == 1));
        let in_body = (layout == 0 || short.is_some()) && !id.ends_with("2.1") && *form < 2;
        let out = if in_body { &mut body } else { &mut headers };
        out.push_str(["", "\n", "# above\n", "\n# about it\n"][usize::from(*above)]);
        let name = short.map_or_else(|| quoted(id), str::to_owned);
        match form {
            0 if in_body => entries.iter().for_each(|entry| writeln!(out, "{indent}{name}.{entry}").unwrap()),
            1 if in_body && fits(entries) => {
                writeln!(out, "{indent}{name} = {{ {} }} # one line", one_line(entries).join(", ")).unwrap();
            }
            1 if in_body => entries.iter().for_each(|entry| writeln!(out, "{indent}{name} . {entry}").unwrap()),
            2 => writeln!(out, "{indent}[[{}.evidence]] # tables\n{indent}kind = \"test\"", quoted(id)).unwrap(),
            _ => {
                writeln!(out, "{indent}[{}]", quoted(id)).unwrap();
                entries.iter().for_each(|entry| writeln!(out, "{indent}{entry}").unwrap());
            }
        }
    }
    let head = if layout == 1 && !body.is_empty() { "[KP] # the keep\n" } else { "" };
    format!("{head}{body}\n# the rest\n\n{headers}")
}

/// The answers of a file.
fn answered(text: &str) -> Vec<&'static str> {
    let mut file = read(text);
    // A table that only leads to the one below it says nothing itself.
    let mut says =
        |control: &str| answer_in(&mut file, control).is_some_and(|answer| answer.keys().any(|key| key != "1"));
    CONTROLS.into_iter().filter(|control| says(control)).collect()
}

/// Whether `old` is `new` without some of its lines.
fn only_gained_lines(old: &str, new: &str) -> bool {
    let mut new = new.lines();
    old.lines().all(|line| new.any(|other| other == line))
}

/// Whether `old` is `new` without one stretch of it.
fn only_gained_one_stretch(old: &str, new: &str) -> bool {
    let same = old.bytes().zip(new.bytes()).take_while(|(old, new)| old == new).count();
    let same_end = old.bytes().rev().zip(new.bytes().rev()).take_while(|(old, new)| old == new).count();
    same + same_end >= old.len() && new.len() >= old.len()
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a\"'\\\\\n\r\t #:\\[\\]{},=]{0,20}"]
}

fn any_value() -> impl Strategy<Value = NewValue> {
    prop_oneof![
        any_text().prop_map(NewValue::Text),
        (0..9_000_000_000_i64).prop_map(NewValue::Number),
        any::<bool>().prop_map(NewValue::Boolean),
        (1..28_i8).prop_map(|day| NewValue::Day(date(2026, 2, day))),
        any_text().prop_map(|by| NewValue::Table(vec![("by".to_owned(), NewValue::Text(by))])),
    ]
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::with_cases(384) })]

    /// A key that was not there, and that goes again, leaves no trace.
    #[test]
    fn a_key_set_and_removed_leaves_the_same_bytes(file in file(), value in any_value(), fact in any::<bool>()) {
        for control in answered(&file) {
            let names: &[&str] = if fact { &["facts", "new"] } else { &["attested"] };
            // `{ }` has no place of its own for its blanks.
            let mut old = read(&file);
            let facts = answer_in(&mut old, control).unwrap().get("facts").cloned();
            let empty = facts.and_then(|facts| facts.as_table().map(toml::Table::is_empty)) == Some(true);
            let new = edited(&file, &[set(control, names, value.clone())]);
            prop_assert!(file.lines().count() <= new.lines().count());
            let again = edited(&new, &[remove(control, names)]);
            prop_assert!(again == file || (fact && empty), "{control}\n{file}\n---\n{new}\n---\n{again}");
        }
    }

    /// A value that is replaced, and comes back, leaves no trace, and no other key changes its value.
    #[test]
    fn a_value_replaced_twice_leaves_the_same_bytes(file in file(), level in 0..6_i64) {
        for control in answered(&file) {
            let mut old = read(&file);
            let answer = answer_in(&mut old, control).unwrap();
            if answer.get("level").and_then(toml::Value::as_integer) != Some(2) {
                continue;
            }
            let new = edited(&file, &[set(control, &["level"], NewValue::Number(level * 1_000_000))]);
            answer.insert("level".to_owned(), toml::Value::Integer(level));
            prop_assert_eq!(&read(&new), &old);
            prop_assert_eq!(edited(&new, &[set(control, &["level"], NewValue::Number(2_000_000))]), file.clone());
        }
    }

    /// A state can become another one, whatever the form.
    #[test]
    fn one_state_takes_the_place_of_another(file in file(), why in any_text()) {
        for control in answered(&file) {
            let mut edits: Vec<Edit> = ["level", "unknown", "not_applicable"].map(|key| remove(control, &[key])).into();
            edits.push(set(control, &["approved_by"], NewValue::Text(why.clone())));
            let mut old = read(&file);
            let answer = answer_in(&mut old, control).unwrap();
            answer.retain(|key, _| !["level", "unknown", "not_applicable"].contains(&key));
            answer.insert("approved_by".to_owned(), toml::Value::String(why.clone()));
            prop_assert_eq!(read(&edited(&file, &edits)), old);
        }
    }

    /// One more item: the others stay, and so does every other line.
    #[test]
    fn an_item_is_added_behind_the_others(file in file(), title in any_text()) {
        for control in answered(&file) {
            let new = edited(&file, &[add_item(control, &title)]);
            let (mut old, mut now) = (read(&file), read(&new));
            let list = answer_in(&mut now, control).unwrap().get_mut("evidence").unwrap().as_array_mut().unwrap();
            let last = list.pop().unwrap();
            prop_assert_eq!(last["title"].as_str(), Some(title.as_str()));
            if list.is_empty() && answer_in(&mut old, control).unwrap().get("evidence").is_none() {
                answer_in(&mut now, control).unwrap().remove("evidence");
            }
            prop_assert_eq!(old, now);
        }
    }

    /// An answer is one stretch of text, and all others say what they said.
    #[test]
    fn an_answer_is_added_in_one_stretch(file in file(), note in any_text(), at in 0..CONTROLS.len()) {
        let control = CONTROLS[at];
        let answered = answered(&file);
        if answered.contains(&control) {
            return Ok(());
        }
        let adds = [add(control, &[("level", NewValue::Number(2_000_000)), ("note", NewValue::Text(note))])];
        // Around an answer of another form, a new one may be no TOML.
        let is_around = answered.iter().any(|other| other.starts_with(&format!("{control}.")));
        let new = match edit(&file, &CONTROLS, &adds) {
            Err(EditRefusal::Form(refused)) if refused == control && is_around => return Ok(()),
            _ => edited(&file, &adds),
        };
        prop_assert!(only_gained_one_stretch(&file, &new), "{}\n---\n{}", &file, &new);
        // What stands in braces can only be added to between them.
        let in_braces = file.contains("KP = {") || (control == "KP.HU-2.1" && file.contains("HU-2 = {"));
        prop_assert!(in_braces || file.is_empty() || !file.ends_with('\n') || only_gained_lines(&file, &new), "{}", &new);
        let (old, now) = (read(&file), read(&new));
        for other in answered {
            let whole = |mut table: toml::Table| {
                let answer = answer_in(&mut table, other).cloned().unwrap();
                // The new one may stand inside it.
                answer.into_iter().filter(|(key, _)| key != "1").collect::<toml::Table>()
            };
            prop_assert_eq!(whole(old.clone()), whole(now.clone()));
        }
    }
}

/// The order of the answers' headers in a file.
#[test]
fn answers_stand_in_the_catalogs_order() {
    let level = |control: &str| add(control, &[("level", NewValue::Number(0))]);
    let edits = ["KP.HU-5", "KP.HU-1", "KP.HU-3", "KP.HU-2.1"].map(level);
    let old = "# The yard.\n\n# Doors.\n[KP.HU-2]\nlevel = 1\n# more of them\n\n# Lamps.\n[KP.HU-4]\nlevel = 1\n";
    assert_snapshot!("order", edited(old, &edits));
    assert_eq!(edited("", &edits[..2]), "[KP.HU-1]\nlevel = 0\n\n[KP.HU-5]\nlevel = 0\n");
}

/// Work that grew with the square of a file's size would take an hour here.
#[test]
fn work_on_a_large_file_is_bounded() {
    let ids: Vec<String> = (0..8_000).map(|at| format!("KP.HU-{at:05}")).collect();
    let controls: Vec<&str> = ids.iter().map(String::as_str).collect();
    let (old, new): (Vec<&str>, Vec<&str>) = controls.iter().partition(|id| id.ends_with(['0', '2', '4', '6', '8']));
    let note = "x".repeat(210);
    let headers: String = old.iter().map(|id| format!("[{id}]\nlevel = 1\nnote = \"{note}\"\n\n")).collect();
    let one = |id: &&str| format!("{} = {{ level = 1, note = \"{note}\" }}", &id[3..]);
    let braces = format!("KP = {{ {} }}", old.iter().map(one).collect::<Vec<_>>().join(", "));
    let dotted: String = old.iter().map(|id| format!("{id}.level = 1\n{id}.note = \"{note}\"\n")).collect();
    let remarks = format!("[{}]\nlevel = 1\n{}", old[0], "# remark\n\n".repeat(100_000));
    for (file, answered) in [(headers, &old[..]), (braces, &old), (dotted, &old), (remarks, &old[..1])] {
        assert!(file.len() > 950_000, "{} bytes", file.len());
        let mut edits: Vec<Edit> = new.iter().map(|id| add(id, &[("level", NewValue::Number(0))])).collect();
        for id in answered {
            edits.extend([remove(id, &["level"]), set(id, &["unknown"], text("a\nb")), add_item(id, "x")]);
        }
        assert!(edit(&file, &controls, &edits).unwrap().len() > file.len());
    }
}

#[test]
fn parts_of_an_evidence_item_change_and_no_other_byte_does() {
    let day = |month, day| Some(NewValue::Day(date(2026, month, day)));
    let item = |control: &str, index, entries: &[(&str, Option<NewValue>)]| Edit {
        control: control.to_owned(),
        change: AnswerEdit::SetItem(
            index,
            entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        ),
    };
    let edits = [
        item("KP.HU-2", 0, &[("date", day(9, 1)), ("url", Some(text("https://yard.example/1")))]),
        item("KP.HU-2", 1, &[("covers", Some(text("2026-05-01..2026-05-02"))), ("date", None)]),
        item("KP.HU-1", 0, &[("title", Some(text("Pump plan, read again")))]),
    ];
    for end in ["\n", "\r\n"] {
        let before = FORMS.replace('\n', end);
        let after = edit(&before, &CONTROLS, &edits).unwrap();
        let wanted = before
            .replace(
                "title = \"Doors shut in 20 s\", date = 2026-08-01 }",
                "title = \"Doors shut in 20 s\", date = 2026-09-01, url = \"https://yard.example/1\" }",
            )
            .replace("date = 2026-05-02 }", "covers = \"2026-05-01..2026-05-02\" }")
            .replace("\"Pump plan\"", "\"Pump plan, read again\"");
        assert_eq!(after, wanted);
    }
    for (control, index) in [("KP.HU-2", 2), ("KP.HU-3", 0), ("KP.HU-4", 0)] {
        let refused = edit(FORMS, &CONTROLS, &[item(control, index, &[("date", day(9, 1))])]);
        assert_eq!(refused, Err(EditRefusal::Form(control.to_owned())), "{control} {index}");
    }
}

//! Prints a seal as sorted text, always in the same form, and reads such text.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{FIGURES, Previous, Role, Seal, SealFault, SealedFigure, SealedFigures, SealedNode, SealedPart};
use crate::base::quarter::Quarter;
use crate::border::toml::quoted;
use crate::load::workspace::{keep_line_ends, sha256};
use crate::model::rule_key::RuleKey;
use crate::model::rules::RuleLines;

/// The version of the text format.
const FORMAT: i64 = 2;
/// The table that holds the rules in force, one a line.
const RULES: &str = "[rules]\n";
/// The table that holds the digest of all lines above it.
const DIGEST: &str = "[seal]\n";

/// The text of a seal.
pub fn print(seal: &Seal) -> String {
    let Seal { quarter, tool, previous, rules, inputs, figures } = seal;
    let head = if seal.is_of_reviews() {
        format!(
            "# The seal of the reviews of {quarter}, written by `milepost seal {quarter} --reviews`. Never edit it:\n\
             # `milepost verify {quarter}` compares it with what is there. Digests are SHA-256.\n"
        )
    } else {
        format!(
            "# The seal of {quarter}, written by `milepost seal {quarter}`. Never edit it: `milepost verify {quarter}` compares it with\n\
             # what is there. Digests are SHA-256; levels are millionths, as in `milepost score --format json`.\n"
        )
    };
    let mut out = head + &format!("\nformat = {FORMAT}\nquarter = \"{quarter}\"\ntool = {}\n", quoted(tool));
    out += &match previous {
        None => "previous = \"none\"\n".to_owned(),
        Some(Previous { quarter, sha256 }) => {
            format!("previous = {{ quarter = \"{quarter}\", sha256 = \"{sha256}\" }}\n")
        }
    };
    out += &format!("\n{RULES}");
    for (rule, value) in rules {
        out += &format!("{rule} = {value}\n");
    }
    let mut above = None;
    for ((role, path), digest) in inputs {
        if above.replace(role) != Some(role) {
            out += &format!("\n[{}]\n", role.name());
        }
        out += &format!("{} = \"{digest}\"\n", quoted(path));
    }
    let mut above = None;
    for (node, figures) in figures {
        let table = (&node.framework, node.part);
        if above.replace(table) != Some(table) {
            out += &format!("\n[scores.{}.{}]\n", quoted(&node.framework), node.part.name());
        }
        out += &format!("{} = {{ {} }}\n", quoted(&node.id), printed(figures));
    }
    out.push('\n');
    let digest = sha256(out.as_bytes());
    out + DIGEST + &format!("sha256 = \"{digest}\"\n")
}

fn printed(figures: &SealedFigures) -> String {
    let figures = FIGURES.iter().filter_map(|name| Some((name, figures.get(*name)?)));
    let figures = figures.map(|(name, value)| match value {
        SealedFigure::Whole(number) => format!("{name} = {number}"),
        SealedFigure::Truth(truth) => format!("{name} = {truth}"),
        SealedFigure::Counts(counts) => {
            let counts: Vec<String> = counts.iter().map(ToString::to_string).collect();
            format!("{name} = [{}]", counts.join(", "))
        }
    });
    figures.collect::<Vec<_>>().join(", ")
}

/// Reads the text of a seal: its content, if it can be read, and its faults.
pub fn read(text: &str) -> (Option<Seal>, Vec<SealFault>) {
    let tree = match DeTable::parse(text) {
        Ok(tree) => tree,
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            return (None, vec![wrong(span, format!("this is no seal: {}", error.message()))]);
        }
    };
    match format(tree.get_ref()).and_then(|()| seal(tree.get_ref(), text)) {
        Ok(seal) => (Some(seal), edited(text).into_iter().collect()),
        Err(fault) => (None, vec![fault]),
    }
}

/// The fault if the text does not match its own digest.
fn edited(text: &str) -> Option<SealFault> {
    let at = text.rfind(&format!("\n{DIGEST}")).map_or(text.len(), |newline| newline + 1);
    let (above, given) = text.split_at(at);
    let digest = format!("sha256 = \"{}\"\n", sha256(above.as_bytes()));
    if given.strip_prefix(DIGEST) == Some(&digest) {
        return None;
    }
    let span = at..at + given.trim_end().len();
    let other = text.replace("\r\n", "\n");
    if other.len() < text.len() && edited(&other).is_none() {
        let message = "only the line ends of this seal differ from what was sealed".to_owned();
        return Some(SealFault { message, help: keep_line_ends("content/"), span });
    }
    Some(wrong(span, "this seal was edited: it is not the text that its own digest was taken of".to_owned()))
}

fn wrong(span: Range<usize>, message: String) -> SealFault {
    let help = "bring back the file as `milepost seal` wrote it: git knows it".to_owned();
    SealFault { message, help, span }
}

fn format(table: &DeTable<'_>) -> Result<(), SealFault> {
    let value = entry(table, "format")?;
    match whole(value)? {
        FORMAT => Ok(()),
        ..FORMAT => {
            let message = "this seal is of a milepost in which rules had no quarter".to_owned();
            let help =
                "in a commit that says why, remove the seals of this form and seal their quarters again, oldest first";
            Err(SealFault { message, help: help.to_owned(), span: value.span() })
        }
        other => {
            let message = format!("this milepost does not know format {other} of seals, only {FORMAT}");
            let help = "use the version of milepost that wrote it, or a later one".to_owned();
            Err(SealFault { message, help, span: value.span() })
        }
    }
}

fn seal(table: &DeTable<'_>, text: &str) -> Result<Seal, SealFault> {
    let mut inputs = BTreeMap::new();
    let mut nodes = BTreeMap::new();
    for (name, value) in table {
        let role = Role::ALL.into_iter().find(|role| role.name() == name.get_ref());
        match (name.get_ref().as_ref(), role) {
            (_, Some(role)) => {
                for (path, digest) in inner(value)? {
                    inputs.insert((role, path.get_ref().to_string()), digest_of(digest)?);
                }
            }
            ("scores", None) => {
                for (framework, parts) in inner(value)? {
                    scores(framework.get_ref(), inner(parts)?, &mut nodes)?;
                }
            }
            ("format" | "quarter" | "tool" | "previous" | "rules" | "seal", None) => {}
            (other, None) => return Err(wrong(name.span(), format!("a seal holds no `{other}`"))),
        }
    }
    Ok(Seal {
        quarter: quarter(entry(table, "quarter")?)?,
        tool: words(entry(table, "tool")?)?.to_owned(),
        previous: previous(entry(table, "previous")?)?,
        rules: rules(entry(table, "rules")?, text)?,
        inputs,
        figures: nodes,
    })
}

/// The rules as the text writes them: a line each, up to the first empty one.
fn rules(table: &Spanned<DeValue<'_>>, text: &str) -> Result<RuleLines, SealFault> {
    inner(table)?;
    let start = text.find(&format!("\n{RULES}")).map_or(text.len(), |newline| newline + 1 + RULES.len());
    let mut at = start;
    let mut rules = RuleLines::new();
    for line in text[start..].lines().take_while(|line| !line.is_empty()) {
        let span = at..at + line.len();
        let (rule, value) =
            rule(line).ok_or_else(|| wrong(span, "a rule and its value stand here in a seal".to_owned()))?;
        rules.insert(RuleKey::read(rule), value.to_owned());
        at += line.len() + 1;
    }
    Ok(rules)
}

/// A rule's key and its value. A part of the key that is in quotes may hold anything.
fn rule(line: &str) -> Option<(&str, &str)> {
    let (mut quoted, mut escaped) = (false, false);
    let end = line.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        (c == '=' && !quoted).then_some(at)
    })?;
    Some((line[..end].strip_suffix(' ')?, line[end + 1..].strip_prefix(' ')?))
}

fn previous(value: &Spanned<DeValue<'_>>) -> Result<Option<Previous>, SealFault> {
    if value.get_ref().as_str() == Some("none") {
        return Ok(None);
    }
    let table = inner(value)?;
    let quarter = quarter(entry(table, "quarter")?)?;
    Ok(Some(Previous { quarter, sha256: digest_of(entry(table, "sha256")?)? }))
}

fn scores(
    framework: &str,
    parts: &DeTable<'_>,
    nodes: &mut BTreeMap<SealedNode, SealedFigures>,
) -> Result<(), SealFault> {
    for (name, ids) in parts {
        let part = SealedPart::ALL.into_iter().find(|part| part.name() == name.get_ref());
        let part = part.ok_or_else(|| wrong(name.span(), format!("a seal holds no scores of `{}`", name.get_ref())))?;
        for (id, figures) in inner(ids)? {
            let (framework, id) = (framework.to_owned(), id.get_ref().to_string());
            nodes.insert(SealedNode { framework, part, id }, read_figures(inner(figures)?)?);
        }
    }
    Ok(())
}

fn read_figures(table: &DeTable<'_>) -> Result<SealedFigures, SealFault> {
    let mut figures = SealedFigures::new();
    for (name, value) in table {
        if !FIGURES.contains(&name.get_ref().as_ref()) {
            return Err(wrong(name.span(), format!("a seal holds no figure `{}`", name.get_ref())));
        }
        let figure = match value.get_ref() {
            DeValue::Boolean(truth) => SealedFigure::Truth(*truth),
            DeValue::Array(counts) => SealedFigure::Counts(counts.iter().map(whole).collect::<Result<_, _>>()?),
            _ => SealedFigure::Whole(whole(value)?),
        };
        figures.insert(name.get_ref().to_string(), figure);
    }
    Ok(figures)
}

fn entry<'a>(table: &'a DeTable<'a>, name: &str) -> Result<&'a Spanned<DeValue<'a>>, SealFault> {
    table.get(name).ok_or_else(|| wrong(0..0, format!("this is no seal: it does not say its `{name}`")))
}

fn inner<'a>(value: &'a Spanned<DeValue<'a>>) -> Result<&'a DeTable<'a>, SealFault> {
    value.get_ref().as_table().ok_or_else(|| wrong(value.span(), "a table stands here in a seal".to_owned()))
}

fn words<'a>(value: &'a Spanned<DeValue<'a>>) -> Result<&'a str, SealFault> {
    value.get_ref().as_str().ok_or_else(|| wrong(value.span(), "a text stands here in a seal".to_owned()))
}

fn quarter(value: &Spanned<DeValue<'_>>) -> Result<Quarter, SealFault> {
    words(value)?.parse().map_err(|()| wrong(value.span(), "a quarter stands here in a seal".to_owned()))
}

fn digest_of(value: &Spanned<DeValue<'_>>) -> Result<String, SealFault> {
    let digest = words(value)?;
    let plain = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if plain {
        return Ok(digest.to_owned());
    }
    Err(wrong(value.span(), "a SHA-256 in lower-case hexadecimal stands here in a seal".to_owned()))
}

fn whole(value: &Spanned<DeValue<'_>>) -> Result<i64, SealFault> {
    let number = match value.get_ref() {
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix()).ok(),
        _ => None,
    };
    number.ok_or_else(|| wrong(value.span(), "a whole number stands here in a seal".to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn node(framework: &str, part: SealedPart, id: &str) -> SealedNode {
        SealedNode { framework: framework.to_owned(), part, id: id.to_owned() }
    }

    fn example() -> Seal {
        let digest = |text: &str| sha256(text.as_bytes());
        let figures =
            |pairs: &[(&str, SealedFigure)]| pairs.iter().map(|(name, v)| ((*name).to_owned(), v.clone())).collect();
        let measured: SealedFigures = figures(&[
            ("levels", SealedFigure::Counts(vec![0, 2, 1])),
            ("withheld", SealedFigure::Truth(false)),
            ("mean", SealedFigure::Whole(1_333_333)),
            ("assessed", SealedFigure::Whole(3)),
        ]);
        let inputs = [
            (Role::Policy, "milepost.toml"),
            (Role::Evidence, "content/2026-Q3/shore/b.toml"),
            (Role::Evidence, "content/2026-Q3/shore/a \"b\"\\\n\u{202e}.toml"),
        ];
        let rules = [("controls.\"a = \\\"b\".weight", "5"), ("evidence.max_age", "\"365d\"")];
        Seal {
            rules: rules.into_iter().map(|(rule, value)| (RuleKey::read(rule), value.to_owned())).collect(),
            quarter: "2026-Q3".parse().unwrap(),
            tool: "0.1.0".to_owned(),
            previous: Some(Previous { quarter: "2026-Q2".parse().unwrap(), sha256: digest("previous") }),
            inputs: inputs.into_iter().map(|(role, path)| ((role, path.to_owned()), digest(path))).collect(),
            figures: BTreeMap::from([
                (node("own", SealedPart::Controls, "A.X-1"), measured.clone()),
                (node("own", SealedPart::Overall, "own"), measured),
                (node("own", SealedPart::Functions, "A"), figures(&[("assessed", SealedFigure::Whole(0))])),
            ]),
        }
    }

    #[test]
    fn the_text_is_sorted_and_reads_like_this() {
        insta::assert_snapshot!(print(&example()));
    }

    #[test]
    fn what_is_printed_is_read_back() {
        for previous in [example().previous, None] {
            let seal = Seal { previous, ..example() };
            assert_eq!(read(&print(&seal)), (Some(seal), vec![]));
        }
    }

    #[test]
    fn any_other_byte_is_told() {
        let text = print(&example());
        for (at, byte) in text.bytes().enumerate() {
            let mut other = text.clone().into_bytes();
            other[at] = if byte == b'0' { b'1' } else { b'0' };
            let (_, faults) = read(&String::from_utf8(other).unwrap());
            assert!(!faults.is_empty(), "at {at}");
        }
        for other in [text.clone() + "\n", text.replace('\n', "\r\n"), "\u{feff}".to_owned() + &text, String::new()] {
            assert!(!read(&other).1.is_empty(), "{other}");
        }
    }

    /// The faults that are reported for the example's text with `from` replaced and the digest corrected.
    fn said(from: &str, to: &str) -> String {
        let text = print(&example());
        let (above, _) = text.split_once(DIGEST).unwrap();
        assert!(above.contains(from), "{from}");
        let above = above.replacen(from, to, 1);
        let digest = sha256(above.as_bytes());
        let (seal, faults) = read(&format!("{above}{DIGEST}sha256 = \"{digest}\"\n"));
        assert_eq!(seal.is_none(), !faults.is_empty());
        faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn a_text_of_another_shape_is_no_seal_even_with_a_digest_that_fits() {
        assert_eq!(said("0.1.0", "0.2.0"), "");
        assert_eq!(said("format = 2", "format = 3"), "this milepost does not know format 3 of seals, only 2");
        assert_eq!(said("format = 2", "format = 1"), "this seal is of a milepost in which rules had no quarter");
        assert_eq!(said("[rules]", "[rule]"), "a seal holds no `rule`");
        assert_eq!(said("evidence.max_age = ", "evidence.max_age="), "a rule and its value stand here in a seal");
        assert_eq!(said("tool = \"0.1.0\"", "tool = 1"), "a text stands here in a seal");
        assert_eq!(said("tool = \"0.1.0\"", ""), "this is no seal: it does not say its `tool`");
        assert_eq!(said("quarter = \"2026-Q3\"", "quarter = \"Q3\""), "a quarter stands here in a seal");
        assert_eq!(said("[policy]", "[polity]"), "a seal holds no `polity`");
        assert_eq!(said("withheld", "held"), "a seal holds no figure `held`");
        assert_eq!(said("1333333", "1.3"), "a whole number stands here in a seal");
        assert_eq!(said("1333333", &"9".repeat(40)), "a whole number stands here in a seal");
        assert_eq!(said("functions", "functoins"), "a seal holds no scores of `functoins`");
        let sha = sha256(b"milepost.toml");
        assert_eq!(said(&sha, &sha.to_uppercase()), "a SHA-256 in lower-case hexadecimal stands here in a seal");
    }

    proptest! {
        #[test]
        fn any_path_survives(path in "\\PC*|(?s).*") {
            let mut seal = example();
            seal.inputs.insert((Role::Artifacts, path), sha256(b""));
            prop_assert_eq!(read(&print(&seal)), (Some(seal), vec![]));
        }

        #[test]
        fn no_text_makes_it_panic(text in "(?s).*") {
            let (_, faults) = read(&text);
            prop_assert!(!faults.is_empty());
            for fault in faults {
                prop_assert!(fault.span.start <= fault.span.end && fault.span.end <= text.len());
            }
        }

        #[test]
        fn no_cut_or_insertion_goes_unseen(from in 0usize..900, length in 0usize..40, other in "[a-z0-9=\"\\[\\]\n]{0,6}") {
            let text = print(&example());
            let from = text.floor_char_boundary(from.min(text.len()));
            let to = text.floor_char_boundary((from + length).min(text.len()));
            let edited = format!("{}{other}{}", &text[..from], &text[to..]);
            prop_assert_eq!(read(&edited).1.is_empty(), edited == text);
        }
    }
}

//! JUnit XML as Jenkins' xUnit plugin describes it, which CI services show as tests: suites of cases, and diagnostics as such.

use std::collections::BTreeMap;

use super::diagnostics::{Unprinted, Where};
use super::{Diagnostic, Printed, Severity};
use crate::border::Shown;
use crate::border::xml::{self, XmlElement};
use crate::load::workspace::Entry;

/// A group of cases: a file, or the gates of a quarter.
#[derive(Debug)]
pub struct Suite {
    /// What it is called, also as the class of its cases.
    pub name: String,
    /// The file that it is about, relative to the repository, if it is one.
    pub file: Option<String>,
    /// Its cases. A number distinguishes two with the same name, because services keep only one of them.
    pub cases: Vec<Case>,
}

/// Something that was looked at.
#[derive(Debug)]
pub struct Case {
    /// What was looked for.
    pub name: String,
    /// What came of it.
    pub outcome: CaseResult,
}

/// What came of a case.
#[derive(Debug)]
pub enum CaseResult {
    /// Nothing is wrong.
    Passed {
        /// What there is to say; may be empty.
        said: String,
    },
    /// Something is wrong.
    Failed {
        /// One word for what kind of failure it is.
        kind: &'static str,
        /// One sentence that says what is wrong.
        message: String,
        /// The rest: where, and what to do.
        text: String,
    },
    /// It does not count.
    Skipped {
        /// Why not.
        why: String,
    },
}

/// Prints suites; `name` says what was run.
pub fn print(name: &str, suites: &[Suite]) -> Shown {
    let cases = || suites.iter().flat_map(|suite| &suite.cases);
    let root = counted(XmlElement::new("testsuites").with("name", name), cases());
    xml::print(&root.holding(suites.iter().map(suite)))
}

/// `element` with the number of cases, and of those that failed.
fn counted<'a>(element: XmlElement, cases: impl Iterator<Item = &'a Case> + Clone) -> XmlElement {
    let failed = cases.clone().filter(|case| matches!(case.outcome, CaseResult::Failed { .. })).count();
    element.with("tests", cases.count().to_string()).with("failures", failed.to_string()).with("errors", "0")
}

fn suite(suite: &Suite) -> XmlElement {
    let skipped = suite.cases.iter().filter(|case| matches!(case.outcome, CaseResult::Skipped { .. })).count();
    let element = counted(XmlElement::new("testsuite").with("name", &suite.name), suite.cases.iter());
    let element = element.with("skipped", skipped.to_string());
    let element = suite.file.iter().fold(element, |element, file| element.with("file", file));
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    element.holding(suite.cases.iter().map(|case| {
        let nth = named.entry(&case.name).or_default();
        *nth += 1;
        let name = if *nth == 1 { case.name.clone() } else { format!("{} ({nth})", case.name) };
        XmlElement::new("testcase").with("classname", &suite.name).with("name", name).holding(outcome(&case.outcome))
    }))
}

fn outcome(outcome: &CaseResult) -> Option<XmlElement> {
    match outcome {
        CaseResult::Passed { said } if said.is_empty() => None,
        CaseResult::Passed { said } => Some(XmlElement::new("system-out").text(said)),
        CaseResult::Failed { kind, message, text } => {
            Some(XmlElement::new("failure").with("type", *kind).with("message", message).text(text))
        }
        CaseResult::Skipped { why } => Some(XmlElement::new("skipped").with("message", why)),
    }
}

/// Diagnostics: a suite for each file, also for those in which nothing was found, which otherwise could also mean that nothing was
/// read.
pub(super) fn print_diagnostics(printed: &Printed<'_>) -> Shown {
    let mut suites: BTreeMap<&str, Vec<Case>> = BTreeMap::new();
    for diagnostic in &printed.diagnostics {
        suites.entry(&diagnostic.place.path).or_default().push(case(diagnostic, printed));
    }
    let mut others = Vec::new();
    for unprinted in &printed.unprinted {
        match &unprinted.place {
            Where::File(path) => suites.entry(path).or_default().push(more(unprinted, printed)),
            Where::OtherFiles(_) => others.push(more(unprinted, printed)),
        }
    }
    let is_own = |path: &str, entry: &Entry| matches!(entry, Entry::Text(_)) && !printed.workspace.is_embedded(path);
    let fine = || Case { name: "nothing found".to_owned(), outcome: CaseResult::Passed { said: String::new() } };
    // If not all diagnostics are printed, a file without one here may still have some.
    for (path, _) in printed.workspace.files.iter().filter(|(path, entry)| others.is_empty() && is_own(path, entry)) {
        suites.entry(path).or_insert_with(|| vec![fine()]);
    }
    let suite = |(path, cases): (&str, Vec<Case>)| {
        let path = printed.workspace.shown_in_repository(path);
        Suite { name: path.clone(), file: Some(path), cases }
    };
    let mut suites: Vec<Suite> = suites.into_iter().map(suite).collect();
    if !others.is_empty() {
        suites.push(Suite { name: "other files".to_owned(), file: None, cases: others });
    }
    print("milepost check", &suites)
}

/// The case that is called after a code.
fn case(diagnostic: &Diagnostic, printed: &Printed<'_>) -> Case {
    let (start, _) = printed.positions(&diagnostic.place);
    let place = format!("{}:{}:{}", printed.in_repository(&diagnostic.place), start.line, start.column);
    let lines = std::iter::once(place).chain(diagnostic.help.iter().cloned());
    let text = lines.collect::<Vec<_>>().join("\n");
    let message = diagnostic.message.clone();
    let outcome = match diagnostic.code.severity() {
        Severity::Error => CaseResult::Failed { kind: "error", message, text },
        Severity::Warning => CaseResult::Failed { kind: "warning", message, text },
        Severity::Finding => CaseResult::Passed { said: format!("{message}\n{text}") },
    };
    Case { name: diagnostic.code.name().to_owned(), outcome }
}

/// The case for diagnostics that have none of their own.
fn more(unprinted: &Unprinted, printed: &Printed<'_>) -> Case {
    let message = unprinted.message(printed.workspace);
    let outcome = if unprinted.has_mistakes() {
        CaseResult::Failed { kind: "more", message, text: String::new() }
    } else {
        CaseResult::Passed { said: message }
    };
    Case { name: "and-more".to_owned(), outcome }
}

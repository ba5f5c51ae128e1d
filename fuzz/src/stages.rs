//! Runs every stage that follows on a workspace, and panics where one of them breaks a promise.

use milepost::base::excerpt::Text;
use milepost::base::text::is_deceptive;
use milepost::check::{self, Checked};
use milepost::diagnostic::{self, Colour, DiagnosticFormat, Diagnostics, Severity};
use milepost::history::{opening, sealing};
use milepost::load::workspace::{Entry, Workspace};
use milepost::model::assessment::Assessment;
use milepost::model::seal;
use milepost::report::site::site;
use milepost::report::theme::Theme;
use milepost::report::view::Report;
use milepost::score::finding::{self, Finding};
use milepost::score::{self, Scored, ScoredQuarter, change, gate};

use crate::ground;

/// Checks a workspace and prints what was found; where it is valid, scores it, seals its newest quarter, opens the next one and
/// renders its site.
pub fn run(workspace: &mut Workspace) {
    at_length(workspace);
    let Checked { assessment, diagnostics } = check::check(workspace);
    let broken = diagnostics.iter().any(|diagnostic| diagnostic.code.severity() == Severity::Error);
    assert_eq!(assessment.is_none(), broken, "an assessment is there without errors, and not with them");
    judge(&diagnostics, workspace);
    let Some(assessment) = assessment else { return };
    let scored = score::score(assessment);
    judge(&findings(scored.newest()), workspace);
    seals(workspace, scored.newest());
    render(workspace, &scored);
    opened(workspace, &scored.assessment);
}

/// Checks the workspace with each of its files repeated, and prints what was found.
fn at_length(workspace: &mut Workspace) {
    let texts = workspace.files.iter().filter_map(|(path, entry)| match entry {
        Entry::Text(text @ Text::Read(_)) => Some((path.clone(), ground::at_length(text)?)),
        _ => None,
    });
    for (path, long) in texts.collect::<Vec<_>>() {
        let short = workspace.files.insert(path.clone(), Entry::Text(long.as_str().into())).expect("it was there");
        judge(&check::check(workspace).diagnostics, workspace);
        workspace.files.insert(path, short);
    }
}

/// The most bytes that may be printed about a workspace of a few small files.
const PRINTED: usize = 3_000_000;

/// Panics unless every place lies in its file, every format is short, and none prints a character that deceives.
pub fn judge(diagnostics: &Diagnostics, workspace: &Workspace) {
    for found in diagnostics.iter() {
        for place in std::iter::once(&found.place).chain(found.related.iter().map(|(place, _)| place)) {
            let text = workspace.text(&place.path).unwrap_or_default();
            let ends = [place.start, place.end];
            assert!(place.start <= place.end && ends.iter().all(|end| text.is_char_boundary(*end)), "{found:?}");
        }
    }
    for format in [DiagnosticFormat::Text, DiagnosticFormat::Json, DiagnosticFormat::Sarif, DiagnosticFormat::Github] {
        let printed = diagnostic::print(diagnostics, workspace, format, Colour::Plain);
        assert!(!printed.contains(is_deceptive), "{printed:?}");
        assert!(printed.len() < PRINTED, "{} bytes in {format:?}", printed.len());
        if matches!(format, DiagnosticFormat::Json | DiagnosticFormat::Sarif) {
            serde_json::from_str::<serde_json::Value>(&printed).expect("JSON");
        }
    }
}

fn findings(newest: ScoredQuarter<'_>) -> Diagnostics {
    let (words, verdicts) = (&newest.assessment.english, gate::evaluate(newest, &newest.assessment.english));
    let gates = verdicts.iter().filter_map(|verdict| verdict.diagnostic(words));
    finding::findings(newest, words).iter().map(Finding::diagnostic).chain(gates).collect()
}

/// Closes the newest quarter, and reads the seal again.
fn seals(workspace: &Workspace, newest: ScoredQuarter<'_>) {
    if let Ok(closing) = sealing::close(workspace, newest) {
        assert_eq!(seal::read(&closing.text), (Some(closing.seal), vec![]));
    }
}

fn render(workspace: &Workspace, scored: &Scored) {
    let Ok(theme) = Theme::new(workspace, &scored.assessment.settings.theme, &scored.assessment.strings) else {
        return;
    };
    let site = site(Report::new(scored, None, None), &theme);
    for file in site.files() {
        site.render(file).expect("the default theme shows every valid workspace");
    }
    for quarter in scored.quarters() {
        let Some(before) = quarter.quarter_before() else { continue };
        for framework in scored.assessment.frameworks.ids() {
            change::between(before, quarter, framework, None);
        }
    }
}

/// Opens the next quarter and checks it: what Milepost writes, it reads without an error.
fn opened(workspace: &mut Workspace, assessment: &Assessment) {
    let next = assessment.quarters[assessment.newest()].quarter.next();
    let Ok(rolled) = opening::roll(workspace, assessment, next) else { return };
    for folder in rolled.folders {
        for (name, text) in folder.files {
            workspace.files.insert(format!("{}/{name}", folder.path), Entry::Text(text.as_str().into()));
        }
    }
    let found = check::check(workspace).diagnostics;
    let wrong: Vec<_> = found.iter().filter(|found| found.code.severity() == Severity::Error).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

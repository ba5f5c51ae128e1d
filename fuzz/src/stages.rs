//! A workspace in, every stage that follows it run, a panic out where one of them breaks a promise.

use milepost::assessment::Assessment;
use milepost::change::Course;
use milepost::change::{self, Side};
use milepost::check::{self, Checked};
use milepost::diagnostic::{self, Colour, Diagnostic, Format, Severity};
use milepost::finding::{self, Finding};
use milepost::score::{self, Scorecard};
use milepost::site::site;
use milepost::text::is_deceptive;
use milepost::theme::Theme;
use milepost::view::Report;
use milepost::workspace::{Entry, Workspace};
use milepost::{closing, gate, roll, seal};

/// Checks a workspace and prints what was found; where it is valid, scores it, seals its newest quarter, opens the next one and
/// renders its site.
pub fn run(workspace: &mut Workspace) {
    let Checked { assessment, diagnostics } = check::check(workspace);
    let broken = diagnostics.iter().any(|diagnostic| diagnostic.code.severity() == Severity::Error);
    assert_eq!(assessment.is_none(), broken, "an assessment is there without errors, and not with them");
    judge(&diagnostics, workspace);
    let Some(assessment) = assessment else { return };
    let scorecard = score::score(&assessment);
    judge(&findings(&assessment, &scorecard), workspace);
    seals(workspace, &assessment, &scorecard);
    render(workspace, &assessment, &scorecard);
    opened(workspace, &assessment);
}

/// Panics unless every place lies in its file, and every format prints without a character that deceives.
pub fn judge(diagnostics: &[Diagnostic], workspace: &Workspace) {
    for found in diagnostics {
        for place in std::iter::once(&found.place).chain(found.related.iter().map(|(place, _)| place)) {
            let text = workspace.text(&place.path).unwrap_or_default();
            let ends = [place.start, place.end];
            assert!(place.start <= place.end && ends.iter().all(|end| text.is_char_boundary(*end)), "{found:?}");
        }
    }
    for format in [Format::Text, Format::Json, Format::Sarif, Format::Github] {
        let printed = diagnostic::print(diagnostics, workspace, format, Colour::Plain);
        assert!(!printed.contains(is_deceptive), "{printed:?}");
        if matches!(format, Format::Json | Format::Sarif) {
            serde_json::from_str::<serde_json::Value>(&printed).expect("JSON");
        }
    }
}

fn findings(assessment: &Assessment, scorecard: &Scorecard) -> Vec<Diagnostic> {
    let newest = assessment.newest();
    let verdicts = gate::evaluate(assessment, scorecard, newest);
    let gates = verdicts.iter().filter_map(gate::Verdict::diagnostic);
    let findings = finding::findings(assessment, scorecard, newest);
    findings.iter().map(Finding::diagnostic).chain(gates).collect()
}

/// Closes the newest quarter, and reads the seal again.
fn seals(workspace: &Workspace, assessment: &Assessment, scorecard: &Scorecard) {
    if let Ok(closing) = closing::close(workspace, assessment, scorecard, assessment.newest()) {
        assert_eq!(seal::read(&closing.text), (Some(closing.seal), vec![]));
    }
}

fn render(workspace: &Workspace, assessment: &Assessment, scorecard: &Scorecard) {
    let Ok(theme) = Theme::new(workspace, &assessment.settings.theme) else { return };
    let course = Course::of(assessment);
    let site = site(Report { assessment, scorecard, provenance: None, course: &course }, &theme);
    for file in site.files() {
        site.render(file).expect("the default theme shows every valid workspace");
    }
    for quarter in 1..assessment.quarters.len() {
        let side = |quarter| Side { assessment, scorecard, quarter };
        for framework in 0..assessment.frameworks.len() {
            change::between(side(quarter - 1), side(quarter), framework, None);
        }
    }
}

/// Opens the next quarter and checks it: what Milepost writes, it reads without an error.
fn opened(workspace: &mut Workspace, assessment: &Assessment) {
    let next = assessment.quarters[assessment.newest()].quarter.next();
    let Ok(rolled) = roll::roll(workspace, assessment, next) else { return };
    for folder in rolled.folders {
        for (name, text) in folder.files {
            workspace.files.insert(format!("{}/{name}", folder.path), Entry::Text(text.as_str().into()));
        }
    }
    let found = check::check(workspace).diagnostics;
    let wrong: Vec<_> = found.iter().filter(|found| found.code.severity() == Severity::Error).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

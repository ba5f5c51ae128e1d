//! What the codes mean, with cause and remedy, for a terminal, for SARIF and as Markdown.

use super::{Code, Severity};
use crate::border::Shown;

/// How help is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Layout {
    /// For a terminal.
    #[default]
    Text,
    /// Markdown, as in `docs/`.
    Markdown,
}

/// What a code means.
pub fn help(code: Code, layout: Layout) -> Shown {
    Shown::lines(&match layout {
        Layout::Text => text(code),
        Layout::Markdown => section(code),
    })
}

/// What all codes mean, the worst first.
pub fn help_of_all(layout: Layout) -> Shown {
    let codes = |severity: Severity| Code::ALL.iter().copied().filter(move |code| code.severity() == severity);
    let groups = [
        (Severity::Error, "Errors", "The workspace cannot be scored until they are mended."),
        (Severity::Warning, "Warnings", "They are worth a look. Scores and pages are still made."),
        (Severity::Finding, "Findings", "The workspace is right, and its numbers call for a look."),
    ];
    let group = |(severity, title, means): (Severity, &str, &str)| match layout {
        Layout::Text => codes(severity).map(|code| text(code) + "\n").collect::<String>(),
        Layout::Markdown => {
            let sections: String = codes(severity).map(|code| format!("\n{}", section(code))).collect();
            format!("\n## {title}\n\n{means}\n{sections}")
        }
    };
    let groups: String = groups.into_iter().map(group).collect();
    Shown::lines(&match layout {
        Layout::Text => groups,
        Layout::Markdown => format!("# Diagnostics\n\n{INTRODUCTION}\n{groups}"),
    })
}

const INTRODUCTION: &str = "Every code of `milepost check` and `milepost gate`: what it says, how it comes about, and what to do about it.\n\
     `milepost help CODE` prints the same.";

fn text(code: Code) -> String {
    let (name, severity, description) = (code.name(), code.severity(), code.description());
    let lines = [format!("{name}: {severity}"), format!("  {description}")];
    let [cause, remedy] = [code.cause(), code.remedy()].map(|text| text.replace('`', ""));
    lines
        .into_iter()
        .chain([format!("  Cause: {cause}"), format!("  Remedy: {remedy}")])
        .map(|line| line + "\n")
        .collect()
}

fn section(code: Code) -> String {
    format!("### `{}`\n\n{}\n\n{}\n", code.name(), code.description(), markdown(code))
}

/// Cause and remedy as plain text.
pub(super) fn plain(code: Code) -> String {
    format!("{} {}", code.cause(), code.remedy()).replace('`', "")
}

/// Cause and remedy as Markdown.
pub(super) fn markdown(code: Code) -> String {
    format!("**Cause.** {}\n\n**Remedy.** {}", code.cause(), code.remedy())
}

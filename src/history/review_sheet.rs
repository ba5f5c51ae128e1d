//! Makes the review file of a sample: a verdict to fill in for each answer, all commented out.

use crate::border::toml::quoted;
use crate::model::blank;
use crate::model::ids::AnswerId;
use crate::model::review::Drawn;
use crate::score::ScoredQuarter;
use crate::score::review::Stated;
use crate::score::sample::Sample;

/// The text of the review file in which `reviewer` looks at a sample. `sentence` says how it was drawn.
pub fn review_sheet(
    quarter: ScoredQuarter<'_>,
    sample: &Sample,
    how: &Drawn,
    reviewer: &str,
    sentence: &str,
) -> String {
    let mut out = remark(&format!("The review of {} by {reviewer}. {sentence}", quarter.name()));
    out += &remark(
        "Take away the `# ` before a verdict and its lines, and fill it in. What stays a comment is not reviewed. Write level = … for what you \
         found, or in its place says = \"agrees\", \"cannot_tell\" or \"not_applicable\".",
    );
    out += &remark(
        "What has to be mended is a finding: [[finding]] with id, control, team, severity, title, owner, due and retest. `milepost help \
         review.toml` describes every key.",
    );
    out += &format!("reviewer = {}\n\n[drawn]\n", quoted(reviewer));
    out += &format!(
        "size = {}\nby = \"{}\"\nseed = {}\nseal = \"{}\"\n",
        how.size,
        how.by.name(),
        quoted(&how.seed),
        how.seal
    );
    let parts =
        [("drawn", &sample.drawn), ("key control", &sample.keys), ("rose by two levels or more", &sample.rises)];
    for (why, id) in parts.into_iter().flat_map(|(why, ids)| ids.iter().map(move |id| (why, *id))) {
        out += &verdict(quarter, id, why);
    }
    out
}

/// One answer: what the team says, and the verdict on it.
fn verdict(quarter: ScoredQuarter<'_>, id: AnswerId, why: &str) -> String {
    let (named, team) = (quarter.control(id.control), quarter.team(id.team));
    let says = match (quarter.stated(id), quarter.levels(id)) {
        (Some(Stated::Level(_)), Some(levels)) => {
            format!("claims {}, supported {}", levels.claimed.shown(), levels.supported.shown())
        }
        _ => "says that it does not apply".to_owned(),
    };
    let at = quarter.answer(id).map(|answer| answer.origin.shown()).unwrap_or_default();
    let head = remark(&format!("{} {}: {} {says} ({why}). {at}", named.id, named.title, team.name));
    let lines = [
        "[[verdict]]".to_owned(),
        format!("control = {}", quoted(named.called.name())),
        format!("team = {}", quoted(&team.id)),
        "level = ".to_owned(),
        "date = ".to_owned(),
        "method = [\"examine\"]".to_owned(),
        "note = \"\"".to_owned(),
    ];
    let lines: String = lines.iter().map(|line| format!("# {line}\n")).collect();
    format!("\n{head}{lines}")
}

/// A text as lines that stay comments when the verdicts are uncommented: each starts with `##`.
fn remark(text: &str) -> String {
    blank::remark(text).lines().map(|line| format!("#{line}\n")).collect()
}

//! Tables for people: aligned text for the terminal, or Markdown.

use comfy_table::{CellAlignment, Table, presets};

use super::{ScoreRow, Selection};
use crate::base::number::{Level, Mean};
use crate::base::text::{cut, line};
use crate::border::{Shown, markdown};
use crate::model::catalog::{Framework, Node};
use crate::model::community::{Community, CommunityOutcome};
use crate::model::ids::ControlId;
use crate::model::profile::Priority;
use crate::model::settings::Basis;
use crate::score::gap::{Gap, Gaps};
use crate::score::review::Reviewed;
use crate::score::{ScoredQuarter, Withheld};

/// Where a table is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// In a terminal.
    Text,
    /// Where Markdown is rendered.
    Markdown,
}

impl Style {
    /// One line of text, or one paragraph in Markdown.
    pub fn line(self, text: &str) -> Shown {
        Shown::line(&self.inline(text))
    }

    /// The title at the top, and a blank line.
    pub fn title(self, text: &str) -> Shown {
        let mark = if self == Self::Markdown { "### " } else { "" };
        Shown::line(&format!("{mark}{}", self.inline(text))) + &Shown::line("")
    }

    /// The heading above a list.
    pub(super) fn head(self, text: &str) -> Shown {
        match self {
            Self::Text => Shown::line("") + &Shown::line(text),
            Self::Markdown => Shown::line("") + &Shown::line(&format!("**{}**", self.inline(text))) + &Shown::line(""),
        }
    }

    /// One row of a list.
    pub(super) fn item(self, text: &str) -> Shown {
        let mark = if self == Self::Markdown { "- " } else { "  " };
        Shown::line(&format!("{mark}{}", self.inline(text)))
    }

    /// A text that is part of a line.
    pub(super) fn inline(self, text: &str) -> String {
        match self {
            Self::Text => line(text),
            Self::Markdown => markdown::escape(text),
        }
    }
}

/// The scores as a table: down to the Categories, and to the controls where one Function is selected.
pub fn scores(selection: &Selection<'_>, style: Style) -> Shown {
    let is_shown = |row: &ScoreRow<'_>| !matches!(row.node, Node::Control(_)) || selection.function.is_some();
    let rows: Vec<ScoreRow<'_>> = selection.rows().into_iter().filter(is_shown).collect();
    let other = selection.quarter.settings().scoring.score.other().title();
    let mut header = vec!["", "Score", other, "Assessed", "Range", "Lowest answer", "Target", "Gap", "At target"];
    // Most quarters are not reviewed, and a terminal is narrow.
    header.extend((!selection.quarter.answers().reviews.is_empty()).then_some("Reviewed"));
    let footnotes = footnotes(selection, &rows, style);
    let rows = rows.iter().map(|row| score_row(row, selection, style));
    heading(selection, style) + &table(&header, rows, style) + &footnotes
}

fn score_row(row: &ScoreRow<'_>, selection: &Selection<'_>, style: Style) -> Vec<String> {
    let decimals = selection.decimals();
    let other = row.figures.mean_of(selection.quarter.settings().scoring.score.other());
    let (figures, counts) = (row.figures, &row.figures.counts);
    let shown = |mean: &Option<Mean>| mean.as_ref().map_or_else(dash, |mean| mean.shown(decimals));
    let indent = match (row.node, style) {
        (_, Style::Markdown) | (Node::Framework(_), _) => "",
        (Node::Function(_), _) => "  ",
        (Node::Category(_), _) => "    ",
        (Node::Control(control), _) => indent_of(selection.catalog(), control),
    };
    let share = counts.share_at_target();
    vec![
        format!("{indent}{} {}", row.id, row.title),
        figures
            .score(decimals)
            .unwrap_or_else(|| figures.why_withheld().map_or_else(dash, |why| why.word().to_owned())),
        other.filter(|_| figures.withheld.is_none()).map_or_else(dash, |mean| mean.shown(decimals)),
        format!("{} of {}", counts.assessed, counts.applicable()),
        if figures.low.is_none() { dash() } else { format!("{} to {}", shown(&figures.low), shown(&figures.high)) },
        counts.floor.map_or_else(dash, Level::shown),
        shown(&figures.target),
        figures.shown_gap(decimals).unwrap_or_else(dash),
        share.map_or_else(dash, |share| format!("{share} %")),
    ]
    .into_iter()
    .chain(reviewed(row.node, selection))
    .collect()
}

/// The lowest level that a reviewer found, and how many answers reviewers judged; `None` if the quarter is not reviewed.
fn reviewed(node: Node, selection: &Selection<'_>) -> Option<String> {
    let Reviewed { lowest, answers, .. } = selection.quarter.reviewed(node, selection.team);
    let shown = match (lowest, answers) {
        (_, 0) => dash(),
        (None, answers) => format!("{answers} n/a"),
        (Some(lowest), answers) => format!("{} in {answers}", lowest.shown()),
    };
    (!selection.quarter.answers().reviews.is_empty()).then_some(shown)
}

/// The indent of a control: below its Category, its Function, or the control that it is a sub-control of.
fn indent_of(catalog: &Framework, control: ControlId) -> &'static str {
    let depth = catalog.way_up(control).count();
    &"        "[..2 * depth.saturating_sub(1).min(4)]
}

/// What a sub-control stands below, in a list that is not in the catalog's order.
fn below(catalog: &Framework, control: ControlId) -> String {
    let parent = catalog.parent_of(control);
    parent.map(|parent| format!(", below {}", catalog.controls[parent].id)).unwrap_or_default()
}

/// The gap list as a table, at most `most` rows.
pub fn gaps(selection: &Selection<'_>, gaps: &Gaps, most: usize, style: Style) -> Shown {
    let catalog = selection.catalog();
    let decimals = selection.decimals();
    let (quarter, teams) = (selection.quarter, &selection.quarter.settings().teams);
    let priority = |control| quarter.target(control).and_then(|target| target.priority);
    let held: Vec<&Gap> = gaps.ranked.iter().filter(|gap| selection.holds(gap.control)).collect();
    // Most workspaces set none, and have no Community Profile.
    let with_priority = held.iter().any(|gap| priority(gap.control).is_some());
    let with_community = held.iter().any(|gap| quarter.said_of(gap.control).next().is_some());
    let rows = held.iter().take(most).map(|gap| {
        let control = &catalog.controls[gap.control];
        let figures = &selection.tree().controls[gap.control];
        let mut row = vec![
            gap.rank.to_string(),
            format!("{} {}{}", control.id, control.title, below(catalog, gap.control)),
            gap.gap.shown_half_down(decimals),
            figures.score(decimals).unwrap_or_else(dash),
            figures.target.as_ref().map_or_else(dash, |target| target.shown(decimals)),
            figures.counts.floor.map_or_else(dash, Level::shown),
            format!("{} of {}", figures.counts.assessed, figures.counts.applicable()),
            quarter
                .at_floor(gap.control, selection.team)
                .map(|team| teams[team].name.as_str())
                .collect::<Vec<_>>()
                .join(", "),
            quarter.planned(gap.control, selection.team).join("; "),
        ];
        row.extend(with_priority.then(|| priority(gap.control).map_or("", Priority::name).to_owned()));
        row.extend(with_community.then(|| communities(quarter, gap.control)));
        row
    });
    let mut header = vec!["#", "Control", "Gap", "Score", "Target", "Lowest answer", "Assessed", "Given by", "Plan"];
    header.extend(with_priority.then_some("Priority"));
    header.extend(with_community.then_some("Community Profile"));
    if selection.tree().overall.withheld == Some(Withheld::TeamLevel) {
        return heading(selection, style)
            + &Shown::line("The gaps here are those of one team each: choose one with --team ID.");
    }
    let mut out = heading(selection, style);
    out += &match (held.is_empty(), gaps.targets) {
        (false, _) => table(&header, rows, style),
        (true, true) => Shown::line("No control with a score is below its target."),
        (true, false) => Shown::line("No targets are set, so there are no gaps."),
    };
    let more = held.len().saturating_sub(most);
    if more > 0 {
        out += &Shown::lines(&format!("\n{more} more: --all shows them."));
    }
    let unscored = gaps.unscored.iter().filter(|control| selection.holds(**control)).count();
    out += &match unscored {
        0 => Shown::default(),
        1 => Shown::lines("\n1 control has a target but no score: too little of it is assessed."),
        n => Shown::lines(&format!("\n{n} controls have a target but no score: too little of them is assessed.")),
    };
    out
}

/// What Community Profiles say of a control, in words.
fn communities(quarter: ScoredQuarter<'_>, control: ControlId) -> String {
    let told = |(community, CommunityOutcome { priority, guidance }): (&Community, &CommunityOutcome)| {
        let said = [priority, &**guidance].into_iter().filter(|said| !said.is_empty()).collect::<Vec<_>>().join(", ");
        format!("{}: {said}", community.title)
    };
    quarter.said_of(control).map(told).collect::<Vec<_>>().join("; ")
}

fn heading(selection: &Selection<'_>, style: Style) -> Shown {
    let settings = selection.quarter.settings();
    let team = selection.only_team().map_or_else(String::new, |team| format!(", {}", team.name));
    style.title(&format!("{}, {}{team}", settings.title, selection.quarter.name()))
}

/// Notes that the reader of these rows needs.
fn footnotes(selection: &Selection<'_>, rows: &[ScoreRow<'_>], style: Style) -> Shown {
    let settings = selection.quarter.settings();
    let (bottom, top) = (settings.scale.bottom.shown(), settings.scale.top().shown());
    let mut lines = vec![format!(
        "Levels run from {bottom} to {top}. Assessed counts answers, one a team and control. Range: if all not assessed were {bottom}, or {top}. Gap: the mean of the controls' gaps, each at least 0."
    )];
    let basis = match settings.scoring.score {
        Basis::Supported => {
            "The score is what current evidence supports; claimed is what teams wrote, or what their facts make."
        }
        Basis::Claimed => "The score is what teams claim; supported is what current evidence carries.",
    };
    lines.insert(0, basis.to_owned());
    lines.splice(
        0..0,
        selection
            .quarter
            .open_notice(selection.framework, selection.team, &selection.quarter.assessment.english)
            .map(|notice| style.inline(&notice)),
    );
    if rows.iter().any(|row| row.figures.target_rests_on().is_some()) {
        lines.push("Target and gap are those of the assessed controls, as the score is.".to_owned());
    }
    if rows.iter().any(|row| row.figures.unweighted.is_some()) {
        lines.push("Weights are in use: milepost explain ID shows each mean without them too.".to_owned());
    }
    if rows.iter().any(|row| row.figures.why_withheld() == Some(Withheld::TeamLevel)) {
        lines.push(
            "By team: these figures speak of one team each and are never joined; choose one with --team ID.".to_owned(),
        );
    }
    if rows.iter().any(|row| row.figures.why_withheld() == Some(Withheld::Coverage)) {
        lines.push(format!(
            "Withheld: less than {} % of the applicable answers are assessed.",
            settings.scoring.minimum_coverage
        ));
    }
    if !selection.quarter.answers().reviews.is_empty() {
        lines.push(
            "Reviewed: the lowest level that a reviewer found, and in how many answers. It changes no score."
                .to_owned(),
        );
    }
    if selection.function.is_none() && style == Style::Text {
        lines.push("Controls: milepost score --function ID.".to_owned());
    }
    let separator = if style == Style::Markdown { "\n\n" } else { "\n" };
    Shown::lines(&format!("\n{}", lines.join(separator)))
}

fn dash() -> String {
    "-".to_owned()
}

/// The most characters of a text that a cell shows.
const WIDEST: usize = 200;

/// The heads of columns of words.
const WORDS: [&str; 19] = [
    "Action",
    "Approved by",
    "Accepted until",
    "Catalog",
    "Community Profile",
    "Control",
    "Due",
    "Exception",
    "Given by",
    "Id",
    "Ids",
    "Outcome",
    "Owner",
    "Plan",
    "Priority",
    "Relation",
    "Status",
    "Team",
    "Title",
];

/// Lays out rows. The first column and columns with these heads hold words, the others figures.
pub(super) fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>, style: Style) -> Shown {
    let mut table = Table::new();
    table.load_style(if style == Style::Markdown { presets::ASCII_MARKDOWN } else { presets::NOTHING });
    table.set_header(header);
    for row in rows {
        table.add_row(row.iter().map(|cell| style.inline(&cut(cell, WIDEST))).collect::<Vec<_>>());
    }
    for (index, name) in header.iter().enumerate() {
        let words = name.is_empty() || WORDS.contains(name);
        if let Some(column) = table.column_mut(index).filter(|_| !words) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    if let Some(column) = table.column_mut(0).filter(|_| style == Style::Text) {
        column.set_padding((0, 1));
    }
    table.lines().map(|line| Shown::line(line.trim_end())).collect()
}

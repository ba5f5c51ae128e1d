//! Tables for people: aligned text for the terminal, or Markdown.

use comfy_table::{CellAlignment, Table, presets};

use super::{Row, Selection};
use crate::base::number::{Level, Mean};
use crate::base::text::line;
use crate::model::catalog::Node;
use crate::model::settings::Basis;
use crate::score::Withheld;
use crate::score::gap::Gaps;

/// Where a table is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// In a terminal.
    Text,
    /// Where Markdown is rendered.
    Markdown,
}

/// The scores as a table: down to the Categories, and to the controls where one Function is selected.
pub fn scores(selection: &Selection<'_>, style: Style) -> String {
    let is_shown = |row: &Row<'_>| !matches!(row.node, Node::Control(_)) || selection.function.is_some();
    let rows: Vec<Row<'_>> = selection.rows().into_iter().filter(is_shown).collect();
    let other = selection.quarter.settings().scoring.score.other().title();
    let header = ["", "Score", other, "Assessed", "Range", "Floor", "Target", "Gap", "At target"];
    let footnotes = footnotes(selection, &rows, style);
    let rows = rows.iter().map(|row| score_row(row, selection, style));
    heading(selection, style) + &table(&header, rows, style) + &footnotes
}

fn score_row(row: &Row<'_>, selection: &Selection<'_>, style: Style) -> Vec<String> {
    let decimals = selection.decimals();
    let other = row.figures.mean_of(selection.quarter.settings().scoring.score.other());
    let (figures, counts) = (row.figures, &row.figures.counts);
    let shown = |mean: &Option<Mean>| mean.as_ref().map_or_else(dash, |mean| mean.shown(decimals));
    let indent = match (row.node, style) {
        (_, Style::Markdown) | (Node::Framework(_), _) => "",
        (Node::Function(_), _) => "  ",
        (Node::Category(_), _) => "    ",
        (Node::Control(_), _) => "      ",
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
        if figures.withheld.is_some() { dash() } else { shown(&figures.gap) },
        share.map_or_else(dash, |share| format!("{share} %")),
    ]
}

/// The gap list as a table, at most `most` rows.
pub fn gaps(selection: &Selection<'_>, gaps: &Gaps, most: usize, style: Style) -> String {
    let catalog = selection.catalog();
    let decimals = selection.decimals();
    let held: Vec<_> = gaps.ranked.iter().enumerate().filter(|(_, gap)| selection.holds(gap.control)).collect();
    let rows = held.iter().take(most).map(|(index, gap)| {
        let control = &catalog.controls[gap.control];
        let figures = &selection.tree().controls[gap.control];
        vec![
            (index + 1).to_string(),
            format!("{} {}", control.id, control.title),
            gap.gap.shown(decimals),
            figures.score(decimals).unwrap_or_else(dash),
            figures.target.as_ref().map_or_else(dash, |target| target.shown(decimals)),
            figures.counts.floor.map_or_else(dash, Level::shown),
            format!("{} of {}", figures.counts.assessed, figures.counts.applicable()),
        ]
    });
    let header = ["#", "Control", "Gap", "Score", "Target", "Floor", "Assessed"];
    let body = table(&header, rows, style);
    if selection.tree().overall.withheld == Some(Withheld::TeamLevel) {
        return heading(selection, style) + "The gaps here are those of one team each: choose one with --team ID.\n";
    }
    let more = held.len().saturating_sub(most);
    let more = if more > 0 { format!("\n{more} more: --all shows them.\n") } else { String::new() };
    let unscored = gaps.unscored.iter().filter(|control| selection.holds(**control)).count();
    let unscored = match unscored {
        0 => String::new(),
        1 => "\n1 control has a target but no score: too little of it is assessed.\n".to_owned(),
        n => format!("\n{n} controls have a target but no score: too little of them is assessed.\n"),
    };
    let none = if gaps.targets {
        "No control with a score is below its target.\n"
    } else {
        "No targets are set, so there are no gaps.\n"
    };
    heading(selection, style) + if held.is_empty() { none } else { &body } + &more + &unscored
}

fn heading(selection: &Selection<'_>, style: Style) -> String {
    let settings = selection.quarter.settings();
    let team = selection.only_team().map_or_else(String::new, |team| format!(", {}", team.name));
    let mark = if style == Style::Markdown { "### " } else { "" };
    let heading = format!("{}, {}{team}", settings.title, selection.quarter.name());
    let heading = if style == Style::Markdown { inert_markdown(&heading) } else { line(&heading) };
    format!("{mark}{heading}\n\n")
}

/// What the reader of these rows needs to know.
fn footnotes(selection: &Selection<'_>, rows: &[Row<'_>], style: Style) -> String {
    let settings = selection.quarter.settings();
    let (bottom, top) = (settings.scale.bottom.shown(), settings.scale.top().shown());
    let mut lines = vec![format!(
        "Levels run from {bottom} to {top}. Assessed counts answers, one a team and control. Range: if all not assessed were {bottom}, or {top}. Floor: the lowest answer. Gap: the mean of the controls' gaps, each at least 0."
    )];
    let basis = match settings.scoring.score {
        Basis::Supported => {
            "The score is what current evidence supports; claimed is what teams wrote, or what their facts make."
        }
        Basis::Claimed => "The score is what teams claim; supported is what current evidence carries.",
    };
    lines.insert(0, basis.to_owned());
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
    if selection.function.is_none() && style == Style::Text {
        lines.push("Controls: milepost score --function ID.".to_owned());
    }
    let separator = if style == Style::Markdown { "\n\n" } else { "\n" };
    format!("\n{}\n", lines.join(separator))
}

fn dash() -> String {
    "-".to_owned()
}

/// Lays out rows; the first column and one headed `Control` are words, the others figures.
pub(super) fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>, style: Style) -> String {
    let mut table = Table::new();
    table.load_style(if style == Style::Markdown { presets::ASCII_MARKDOWN } else { presets::NOTHING });
    table.set_header(header);
    for row in rows {
        let cells =
            row.into_iter().map(|cell| if style == Style::Markdown { inert_markdown(&cell) } else { line(&cell) });
        table.add_row(cells.collect::<Vec<_>>());
    }
    for (index, name) in header.iter().enumerate() {
        let words = name.is_empty() || *name == "Control";
        if let Some(column) = table.column_mut(index).filter(|_| !words) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    if let Some(column) = table.column_mut(0).filter(|_| style == Style::Text) {
        column.set_padding((0, 1));
    }
    let lines = table.lines().map(|line| line.trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// Text that cannot leave its cell or become markup.
pub fn inert_markdown(cell: &str) -> String {
    line(cell).replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace('[', "\\[").replace('`', "\\`")
}

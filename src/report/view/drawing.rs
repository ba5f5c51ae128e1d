//! Charts and badges as files for wikis and other pages.

use super::charts::{self, Chart};
use super::{Report, changes, figures, parts};
use crate::chart::{AnswerState, Badge, Sheet};
use crate::model::catalog::Node;
use crate::model::ids::{FrameworkId, FunctionId, QuarterId};
use crate::report::address::Drawing;

/// The badge of the overall score in the quarter of `home`, or of a Function's score.
pub fn badge(report: Report<'_>, function: Option<FunctionId>) -> Badge {
    let quarter = report.quarter(report.assessment().home());
    let settings = quarter.settings();
    let figures = quarter.figures(function.map_or(Node::Framework(FrameworkId::MAIN), Node::Function), None);
    let what = function.map_or("Overall", |function| &quarter.framework(FrameworkId::MAIN).functions[function].title);
    let of = format!("{} of {} assessed", figures.counts.assessed, figures.counts.applicable());
    let open = quarter.open_note().map(|note| format!(" · {note}")).unwrap_or_default();
    let decimals = settings.scoring.decimals;
    let reached = figures.shown_mean().map(|mean| figures::answer_state(mean.level_shown(decimals), &settings.scale));
    Badge {
        label: format!("{what} {}{}", quarter.name(), if quarter.is_open() { ", open" } else { "" }),
        // A mean is never shown alone.
        value: match figures.score(decimals) {
            Some(score) => format!("{score} of {} · {of}{open}", settings.scale.top().shown()),
            None => format!("no score · {of}"),
        },
        level: reached.map(AnswerState::class).unwrap_or_default(),
    }
}

/// The title of a chart.
pub(super) fn title(report: Report<'_>, drawing: Drawing) -> String {
    let function_title = |function: FunctionId| &report.assessment().framework().functions[function].title;
    match drawing {
        Drawing::Profile(None) => "Score by Function".to_owned(),
        Drawing::Profile(Some(function)) => {
            let (kind, _) = parts::kind_below(report.assessment().framework(), function);
            format!("{}: score by {kind}", function_title(function))
        }
        Drawing::Levels(None) => "Answers by level".to_owned(),
        Drawing::Levels(Some(function)) => format!("{}: answers by level", function_title(function)),
        Drawing::Trend => "Overall score by quarter".to_owned(),
        Drawing::Changes => "What moved the overall score".to_owned(),
    }
}

/// A chart of quarter `q`.
pub fn drawing(report: Report<'_>, q: QuarterId, drawing: Drawing) -> Sheet {
    let title = title(report, drawing);
    let chart = match drawing {
        Drawing::Profile(function) => Ok(charts::radar(report, &title, &of(report, q, function))),
        Drawing::Levels(function) => Ok(charts::distribution(report, &title, &of(report, q, function))),
        Drawing::Trend => Ok(charts::trend_to(report, q)),
        Drawing::Changes => changes::bridge(report, q),
    };
    let quarter = report.quarter(q);
    let open = quarter.open_note().map(|note| format!(", open: {note}")).unwrap_or_default();
    let whose = format!("{} · {}{open}", report.assessment().settings.title, quarter.name());
    match chart {
        Ok(Chart { svg, keys }) => {
            let keys = keys.into_iter().map(|key| (key.swatch.0, key.name)).collect();
            Sheet { title, note: whose, chart: svg.0, keys }
        }
        Err(why) => Sheet { title, note: format!("{whose} · {why}"), ..Sheet::default() },
    }
}

/// The Functions (`None`), or the Categories of one Function.
fn of(report: Report<'_>, q: QuarterId, function: Option<FunctionId>) -> Vec<charts::NodePart<'_>> {
    let quarter = report.quarter(q);
    let catalog = quarter.framework(FrameworkId::MAIN);
    let tree = quarter.tree(FrameworkId::MAIN, None);
    let before = quarter.quarter_before().map(|before| before.tree(FrameworkId::MAIN, None));
    match function {
        Some(function) => parts::below(catalog, function, tree, before, ""),
        None => parts::functions(catalog, tree, before, |_| String::new()),
    }
}

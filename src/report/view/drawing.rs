//! Charts and badges as files for wikis and other pages.

use super::charts::{self, Chart};
use super::{Report, changes, figures, parts};
use crate::base::number::Level;
use crate::chart::{AnswerState, Badge, Sheet};
use crate::model::catalog::Node;
use crate::model::ids::{FrameworkId, FunctionId, QuarterId};
use crate::report::address::Drawing;

/// The badge of the newest quarter's overall score, or of a Function's score.
pub fn badge(report: Report<'_>, function: Option<FunctionId>) -> Badge {
    let quarter = report.scored.newest();
    let settings = quarter.settings();
    let figures = quarter.figures(function.map_or(Node::Framework(FrameworkId::MAIN), Node::Function), None);
    let what = function.map_or("Overall", |function| &quarter.framework(FrameworkId::MAIN).functions[function].title);
    let of = format!("{} of {} assessed", figures.counts.assessed, figures.counts.applicable());
    let reached = figures
        .shown_mean()
        .map(|mean| figures::answer_state(Level::from_millionths(mean.millionths()), &settings.scale));
    Badge {
        label: format!("{what} {}", quarter.name()),
        // A mean is never shown alone.
        value: match figures.score(settings.scoring.decimals) {
            Some(score) => format!("{score} of {} · {of}", settings.scale.top().shown()),
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
        Drawing::Profile(Some(function)) => format!("{}: score by Category", function_title(function)),
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
        Drawing::Profile(function) => Ok(charts::radar(report, q, &title, &of(report, q, function))),
        Drawing::Levels(function) => Ok(charts::distribution(report, q, &title, &of(report, q, function))),
        Drawing::Trend => Ok(charts::trend_to(report, q)),
        Drawing::Changes => changes::bridge(report, q),
    };
    let whose = format!("{} · {}", report.assessment().settings.title, report.quarter(q).name());
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
    let before = quarter.before_on_this_scale().map(|before| before.tree(FrameworkId::MAIN, None));
    match function {
        Some(function) => parts::categories(catalog, function, tree, before, ""),
        None => parts::functions(catalog, tree, before, |_| String::new()),
    }
}

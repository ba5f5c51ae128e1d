//! Charts and badges as files for wikis and other pages.

use std::fmt;

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
    let strings = report.strings();
    let what = function.map_or_else(
        || strings.word("chart.overall"),
        |function| quarter.framework(FrameworkId::MAIN).functions[function].title.clone(),
    );
    let of = charts::assessed(strings, figures);
    let open = quarter.open_note(strings).map(|note| format!(" · {note}")).unwrap_or_default();
    let decimals = settings.scoring.decimals;
    let reached = figures.shown_mean().map(|mean| figures::answer_state(mean.level_reached(), &settings.scale));
    Badge {
        label: {
            let open = quarter.is_open().then(|| strings.word("chart.open"));
            let quarter = format!("{what} {}", quarter.name());
            strings.list(&[Some(quarter), open].into_iter().flatten().collect::<Vec<_>>())
        },
        // A mean is never shown alone.
        value: match figures.score(decimals) {
            Some(score) => {
                let values: [(&str, &dyn fmt::Display); 2] =
                    [("score", &strings.number(&score)), ("top", &settings.scale.top().shown())];
                format!("{} · {of}{open}", strings.say("chart.score_of_top", &values))
            }
            None => format!("{} · {of}", strings.word("chart.no_score")),
        },
        level: reached.map(AnswerState::class).unwrap_or_default(),
    }
}

/// The title of a chart.
pub(super) fn title(report: Report<'_>, drawing: Drawing) -> String {
    let framework = report.assessment().framework();
    let function_title = |function: FunctionId| &framework.functions[function].title;
    let strings = report.strings();
    match drawing {
        Drawing::Profile(None) => strings.word("chart.by_function"),
        Drawing::Profile(Some(function)) => {
            parts::kind_below(framework, function).chart_title(strings, function_title(function))
        }
        Drawing::Levels(None) => strings.word("levels.title"),
        Drawing::Levels(Some(function)) => strings.say("levels.title_of", &[("name", function_title(function))]),
        Drawing::Trend => strings.word("chart.trend"),
        Drawing::Changes => strings.word("chart.bridge"),
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
    let quarter = report.quarter(q);
    let strings = report.strings();
    let day = strings.day(quarter.closes());
    let open = quarter.is_open().then(|| strings.say("chart.open_quarter", &[("day", &day)]));
    let named: Vec<String> = [Some(quarter.name().to_string()), open].into_iter().flatten().collect();
    let whose = format!("{} · {}", report.assessment().settings.title, strings.list(&named));
    match chart {
        Ok(Chart { svg, keys, .. }) => {
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
        Some(function) => parts::below(catalog, function, tree, before, ""),
        None => parts::functions(catalog, tree, before, |_| String::new()),
    }
}

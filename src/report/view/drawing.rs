//! What is drawn in, the drawing that stands alone out: charts and badges for wikis and other pages.

use super::charts::{self, Chart};
use super::{Report, changes, members};
use crate::base::number::Level;
use crate::chart::{Badge, Sheet, State};
use crate::report::address::Drawing;

/// The badge of the newest quarter's overall score, or of a Function's.
pub fn badge(report: Report<'_>, function: Option<usize>) -> Badge {
    let settings = &report.assessment.settings;
    let q = report.assessment.newest();
    let tree = report.tree(q, 0);
    let figures = function.map_or(&tree.overall, |function| &tree.functions[function]);
    let what = function.map_or("Overall", |function| &report.assessment.framework().functions[function].title);
    let of = format!("{} of {} assessed", figures.counts.assessed, figures.counts.applicable());
    let reached =
        figures.shown_mean().map(|mean| charts::state(Level::from_millionths(mean.millionths()), &settings.scale));
    Badge {
        label: format!("{what} {}", report.quarter(q).quarter),
        // A mean never stands alone.
        value: match figures.score(settings.scoring.decimals) {
            Some(score) => format!("{score} of {} · {of}", settings.scale.top().shown()),
            None => format!("no score · {of}"),
        },
        level: reached.map(State::class).unwrap_or_default(),
    }
}

/// What a chart is about.
pub(super) fn title(report: Report<'_>, drawing: Drawing) -> String {
    let named = |function: usize| &report.assessment.framework().functions[function].title;
    match drawing {
        Drawing::Profile(None) => "Score by Function".to_owned(),
        Drawing::Profile(Some(function)) => format!("{}: score by Category", named(function)),
        Drawing::Levels(None) => "Answers by level".to_owned(),
        Drawing::Levels(Some(function)) => format!("{}: answers by level", named(function)),
        Drawing::Trend => "Overall score by quarter".to_owned(),
        Drawing::Changes => "What moved the overall score".to_owned(),
    }
}

/// A chart of quarter `q`.
pub fn drawing(report: Report<'_>, q: usize, drawing: Drawing) -> Sheet {
    let title = title(report, drawing);
    let chart = match drawing {
        Drawing::Profile(function) => Ok(charts::radar(report, &title, &of(report, q, function))),
        Drawing::Levels(function) => Ok(charts::distribution(report, &title, &of(report, q, function))),
        Drawing::Trend => Ok(charts::trend(report, q)),
        Drawing::Changes => changes::bridge(report, q),
    };
    let whose = format!("{} · {}", report.assessment.settings.title, report.quarter(q).quarter);
    match chart {
        Ok(Chart { svg, keys }) => {
            let keys = keys.into_iter().map(|key| (key.swatch.0, key.name)).collect();
            Sheet { title, note: whose, chart: svg.0, keys }
        }
        Err(why) => Sheet { title, note: format!("{whose} · {why}"), ..Sheet::default() },
    }
}

/// The Functions, or the Categories of one.
fn of(report: Report<'_>, q: usize, function: Option<usize>) -> Vec<members::Member<'_>> {
    let catalog = report.assessment.framework();
    let tree = report.tree(q, 0);
    let before = q.checked_sub(1).map(|q| report.tree(q, 0));
    match function {
        Some(function) => members::categories(catalog, function, tree, before, ""),
        None => members::functions(catalog, tree, before, |_| String::new()),
    }
}

//! A page at an address that names no quarter. It leads on to the page of the same name in the quarter of the front page.

use serde::Serialize;

use super::Report;
use crate::report::address::CurrentPage;

/// Where a page leads on to.
#[derive(Debug, Serialize)]
pub(super) struct Forward {
    /// The title of the page that it leads to.
    title: String,
    href: String,
}

/// Makes the page that leads on to `page`.
pub(super) fn view(report: Report<'_>, page: CurrentPage) -> Forward {
    let assessment = report.assessment();
    Forward { title: title(report, page), href: page.page(assessment.home()).path(assessment) }
}

/// The title of the page that `page` leads to.
pub(super) fn title(report: Report<'_>, page: CurrentPage) -> String {
    let assessment = report.assessment();
    match page {
        CurrentPage::Once(page) => report.strings().word(page.declaration().title),
        CurrentPage::Function(function) => assessment.framework().functions[function].title.clone(),
        CurrentPage::Framework(framework) => assessment.frameworks[framework].title.clone(),
        CurrentPage::Control(control) => {
            let control = assessment.control(control);
            format!("{} {}", control.id, control.title)
        }
        CurrentPage::Team(team) => assessment.team(team).name.clone(),
    }
}

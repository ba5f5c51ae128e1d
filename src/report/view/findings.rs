//! The findings page: what the numbers of a quarter call for.

use serde::Serialize;

use super::{Link, Report};
use crate::diagnostic::Code;
use crate::model::ids::QuarterId;
use crate::report::address::{Address, QuarterPage};
use crate::score::finding::{About, Finding, findings};

/// The findings of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct FindingsPage {
    groups: Vec<Group>,
    total: usize,
}

/// The findings of one kind.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    /// The name under which `milepost check` prints them.
    code: &'static str,
    title: String,
    /// Whether its findings are about controls and their decisions, not about teams.
    by_function: bool,
    rows: Vec<FindingRow>,
}

/// One finding.
#[derive(Debug, Serialize)]
pub(super) struct FindingRow {
    /// The page that the finding is about.
    link: Link,
    team: Option<Link>,
    message: String,
    source: String,
}

/// The kinds in the order of the page, each with the key of its heading.
const GROUPS: [(Code, &str); 10] = [
    (Code::VanishedAnswer, "findings.vanished_answer"),
    (Code::CopiedAnswer, "findings.copied_answer"),
    (Code::UnsupportedClaim, "findings.unsupported_claim"),
    (Code::ClaimBesideFacts, "findings.claim_beside_facts"),
    (Code::OverdueAction, "findings.overdue_action"),
    (Code::ActionRaisesNothing, "findings.action_raises_nothing"),
    (Code::ActionWithoutEffect, "findings.action_without_effect"),
    (Code::ExpiredException, "findings.expired_exception"),
    (Code::OpenTarget, "findings.open_target"),
    (Code::UnapprovedExclusion, "findings.unapproved_exclusion"),
];

/// Makes the findings page of quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> FindingsPage {
    let found = findings(report.quarter(q));
    let group = |(code, title): (Code, &str)| Group {
        code: code.name(),
        title: report.strings().word(title),
        by_function: !matches!(code, Code::VanishedAnswer | Code::CopiedAnswer),
        rows: found.iter().filter(|finding| finding.code == code).map(|finding| row(report, q, finding)).collect(),
    };
    FindingsPage { groups: GROUPS.map(group).into(), total: found.len() }
}

fn row(report: Report<'_>, q: QuarterId, finding: &Finding) -> FindingRow {
    let (link, team) = match &finding.about {
        About::Answer(id) => (report.control_link(q, id.control), Some(report.team_link(q, id.team))),
        About::Team(team) => (report.team_link(q, *team), None),
        About::Exception(control) => (report.control_link(q, *control), None),
        About::Decision(id) => {
            let targets = Address::Quarterly(q, QuarterPage::Targets).path(report.assessment());
            (Link::new(id, &super::targets::title(report, id), targets), None)
        }
    };
    // The page prints the link and the team before the text. They do not name an action or an exception.
    let actions = [Code::OverdueAction, Code::ActionRaisesNothing, Code::ActionWithoutEffect, Code::ExpiredException];
    let is_named = !actions.contains(&finding.code);
    let message = if is_named { finding.detail.clone() } else { finding.message() };
    FindingRow { link, team, message, source: finding.origin.shown() }
}

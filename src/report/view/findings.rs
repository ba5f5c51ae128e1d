//! A quarter in, what its numbers call for out: claims without evidence, claims beside facts, open targets, unapproved exclusions.

use serde::Serialize;

use super::{Link, Report};
use crate::diagnostic::Code;
use crate::report::address::Address;
use crate::score::finding::{About, Finding, findings};

/// The findings of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct FindingsPage {
    groups: Vec<Group>,
    total: usize,
}

/// The findings of one sort.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    /// The name under which `milepost check` prints them.
    code: &'static str,
    title: &'static str,
    rows: Vec<Row>,
}

/// One finding.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    /// What it is about.
    link: Link,
    team: Option<Link>,
    message: String,
    source: String,
}

/// The sorts in the order of the page, and what each is called there.
const GROUPS: [(Code, &str); 7] = [
    (Code::UnsupportedClaim, "Claimed, and not supported by current evidence"),
    (Code::ClaimBesideFacts, "Claimed beside facts that make another level"),
    (Code::OverdueAction, "Actions that are overdue"),
    (Code::ActionWithoutEffect, "Actions that were closed without reaching their level"),
    (Code::ExpiredException, "Exceptions that have expired"),
    (Code::OpenTarget, "Targets that lack a part of a decision"),
    (Code::UnapprovedExclusion, "Not applicable, and approved by nobody"),
];

/// Makes the findings page of quarter `q`.
pub(super) fn view(report: Report<'_>, q: usize) -> FindingsPage {
    let found = findings(report.assessment, report.scorecard, q);
    let group = |(code, title): (Code, &'static str)| Group {
        code: code.name(),
        title,
        rows: found.iter().filter(|finding| finding.code == code).map(|finding| row(report, q, finding)).collect(),
    };
    FindingsPage { groups: GROUPS.map(group).into(), total: found.len() }
}

fn row(report: Report<'_>, q: usize, finding: &Finding) -> Row {
    let (link, team) = match &finding.about {
        About::Answer(framework, control, team) => {
            (report.control_link(q, *framework, *control), Some(report.team_link(q, *team)))
        }
        About::Exception(framework, control) => (report.control_link(q, *framework, *control), None),
        About::Decision(id) => {
            (Link::new(id, &super::targets::title(report, id), Address::Targets(q).path(report.assessment)), None)
        }
    };
    // The link and the team stand before it.
    let message = finding.message.split_once(": ").map_or(finding.message.as_str(), |(_, rest)| rest);
    Row { link, team, message: message.to_owned(), source: finding.origin.shown() }
}

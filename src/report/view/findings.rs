//! The findings page: what the numbers of a quarter call for.

use serde::Serialize;

use super::register::{Listing, RegisterPart};
use super::{Link, Markup, Report};
use crate::diagnostic::Code;
use crate::model::ids::QuarterId;
use crate::report::address::{Address, LongPage, QuarterPage};
use crate::score::finding::{About, Finding};

/// The findings of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct FindingsPage {
    /// The findings of each kind that there is, under the name that `milepost check` prints.
    groups: Vec<RegisterPart<FindingRow>>,
    total: usize,
}

/// One finding.
#[derive(Debug, Serialize)]
pub(super) struct FindingRow {
    /// The page that the finding is about.
    link: Link,
    /// What filters call its Function; empty if it is in none.
    function: String,
    team: Option<Link>,
    message: String,
    source: Markup,
}

/// The kinds in the order of the page, each with the key of its heading.
const GROUPS: [(Code, &str); 12] = [
    (Code::VanishedAnswer, "findings.vanished_answer"),
    (Code::CopiedAnswer, "findings.copied_answer"),
    (Code::UnsupportedClaim, "findings.unsupported_claim"),
    (Code::ClaimBesideFacts, "findings.claim_beside_facts"),
    (Code::ReviewedLower, "findings.reviewed_lower"),
    (Code::RetestDue, "findings.retest_due"),
    (Code::OverdueAction, "findings.overdue_action"),
    (Code::ActionRaisesNothing, "findings.action_raises_nothing"),
    (Code::ActionWithoutEffect, "findings.action_without_effect"),
    (Code::ExpiredException, "findings.expired_exception"),
    (Code::OpenTarget, "findings.open_target"),
    (Code::UnapprovedExclusion, "findings.unapproved_exclusion"),
];

/// Makes the findings page of quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> FindingsPage {
    let page = LongPage::Quarterly(q, QuarterPage::Findings);
    let groups: Vec<_> = listings(report, q).into_iter().map(|group| group.part(report, page, 0)).collect();
    FindingsPage { total: groups.iter().map(RegisterPart::total).sum(), groups }
}

/// The findings of each kind that there is.
pub(super) fn listings(report: Report<'_>, q: QuarterId) -> Vec<Listing<'_, FindingRow>> {
    let mut kinds: Vec<Vec<&Finding>> = GROUPS.iter().map(|_| Vec::new()).collect();
    for finding in report.quarter(q).findings() {
        if let Some(kind) = GROUPS.iter().position(|(code, _)| *code == finding.code) {
            kinds[kind].push(finding);
        }
    }
    let groups = GROUPS.iter().zip(kinds).filter(|(_, found)| !found.is_empty());
    let titled = |((code, title), found): (&(Code, &str), _)| {
        let title = report.strings().word(title);
        Listing { title, ..listing(report, q, *code, found) }
    };
    groups.map(titled).collect()
}

/// The register of the findings of one kind, still without a title.
fn listing<'a>(report: Report<'a>, q: QuarterId, code: Code, found: Vec<&'a Finding>) -> Listing<'a, FindingRow> {
    let quarter = report.quarter(q);
    // These are about teams, all others about controls and their decisions.
    let by_function = !matches!(code, Code::VanishedAnswer | Code::CopiedAnswer);
    let by_team = found.iter().any(|finding| matches!(finding.about, About::Answer(_)));
    let label = |finding: &Finding| match &finding.about {
        About::Answer(id) => quarter.control(id.control).called.name().to_owned(),
        About::Team(team) => quarter.settings().teams[*team].name.clone(),
        About::Exception(control) => quarter.control(*control).called.name().to_owned(),
        About::Decision(id) => id.clone(),
    };
    let labels: Vec<String> = found.iter().copied().map(label).collect();
    let with = [by_function.then_some("function"), by_team.then_some("team")];
    Listing {
        name: code.name(),
        title: String::new(),
        with: with.into_iter().flatten().collect(),
        len: found.len(),
        row: Box::new(move |at| row(report, q, found[at])),
        label: Box::new(move |at| labels[at].clone()),
        choices: Vec::new(),
        anchor: None,
    }
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
    let actions = [
        Code::RetestDue,
        Code::OverdueAction,
        Code::ActionRaisesNothing,
        Code::ActionWithoutEffect,
        Code::ExpiredException,
        // One finding stands for all targets that lack the same.
        Code::OpenTarget,
    ];
    let is_named = !actions.contains(&finding.code);
    let message = if is_named { finding.detail.clone() } else { finding.message() };
    let function = match &finding.about {
        About::Answer(id) => report.function(q, id.control),
        About::Exception(control) => report.function(q, *control),
        About::Decision(id) => function_of(report, q, id),
        About::Team(_) => String::new(),
    };
    FindingRow { link, function, team, message, source: report.place(&finding.origin) }
}

/// What filters call the Function of the node that a decision is about; empty if it is about a whole framework.
fn function_of(report: Report<'_>, q: QuarterId, id: &str) -> String {
    let frameworks = report.assessment().frameworks.ids().map(|framework| report.quarter(q).framework(framework));
    let mut nodes = frameworks.filter_map(|framework| Some((framework, framework.find(id)?)));
    let function = nodes.next().and_then(|(framework, node)| Some(&framework.functions[framework.function_at(node)?]));
    function.map(|function| function.called.slug().to_owned()).unwrap_or_default()
}

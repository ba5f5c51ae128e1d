//! The page of the reviews of a quarter: how much was looked at, where reviewers disagree, and what became of their findings.

use std::collections::BTreeSet;

use serde::Serialize;

use super::answer::state_word;
use super::figures::ShownLevel;
use super::register::{Listing, RegisterPart};
use super::{Link, Markup, Report};
use crate::base::number::{percent, signed};
use crate::base::text::as_name;
use crate::model::catalog::Node;
use crate::model::ids::QuarterId;
use crate::model::review::{FindingSeverity, RetestResult, Review, Says, Verdict};
use crate::model::strings::Strings;
use crate::report::address::{Address, LongPage, QuarterPage, finding_anchor};
use crate::score::ScoredQuarter;
use crate::score::review::{Disagreement, KnownFinding, Reviewed, Stated};
use crate::score::sample::{Sample, draw};

/// The reviews of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct ReviewsPage {
    /// Who reviewed, each once.
    reviewers: Vec<String>,
    /// How each sample was drawn, in a sentence.
    samples: Vec<SampleView>,
    /// The SHA-256 of the seal of the reviews; empty if they are not sealed.
    sealed: String,
    /// What `all` is of: the framework, or all of them.
    of: String,
    all: ReviewShareRow,
    /// The frameworks and their Functions, then the teams.
    functions: Vec<ReviewShareRow>,
    teams: Vec<ReviewShareRow>,
    keys: Vec<ReviewShareRow>,
    disagreements: RegisterPart<DisagreementRow>,
    verdicts: RegisterPart<VerdictRow>,
    findings: RegisterPart<ReviewFindingRow>,
    quarters: Vec<ReviewQuarterRow>,
}

/// How a sample was drawn.
#[derive(Debug, Serialize)]
pub(super) struct SampleView {
    reviewer: String,
    sentence: String,
    /// How many of its answers have a verdict, in a sentence.
    judged: String,
}

/// How many answers of a part are reviewed.
#[derive(Debug, Serialize)]
pub(super) struct ReviewShareRow {
    of: Link,
    /// Whether it is a framework.
    whole: bool,
    /// The answers that can be reviewed.
    all: u32,
    reviewed: u32,
    undecided: u32,
    /// The reviewed share, in percent; empty if there is nothing to review.
    share: String,
}

/// A verdict that states something else than its answer.
#[derive(Debug, Serialize)]
pub(super) struct DisagreementRow {
    control: Link,
    function: String,
    team: Link,
    claimed: String,
    supported: String,
    /// What the answer states if that is no level; empty otherwise.
    stated_words: String,
    reviewed: Option<ShownLevel>,
    reviewed_words: String,
    /// The difference with its sign; empty if it is not a matter of levels.
    width: String,
    reviewer: String,
    day: String,
    note: Markup,
    source: Markup,
}

/// A verdict as a reviewer wrote it.
#[derive(Debug, Serialize)]
pub(super) struct VerdictRow {
    /// The control, or the Category.
    of: Link,
    function: String,
    team: Link,
    /// The level that was found; `None` if the verdict is in words.
    level: Option<ShownLevel>,
    words: String,
    /// How the reviewer looked; may be empty.
    how: String,
    reviewer: String,
    day: String,
    day_iso: String,
    source: Markup,
}

/// A finding of a review.
#[derive(Debug, Serialize)]
pub(super) struct ReviewFindingRow {
    id: String,
    anchor: String,
    control: Link,
    function: String,
    team: Link,
    severity: String,
    title: String,
    owner: String,
    due: String,
    due_iso: String,
    retest: String,
    retest_iso: String,
    /// `open`, `late` or `closed`.
    state: &'static str,
    words: String,
    /// What the last retest noted.
    note: Markup,
    source: Markup,
}

/// The findings of reviews as of the end of a quarter.
#[derive(Debug, Serialize)]
pub(super) struct ReviewQuarterRow {
    quarter: Link,
    raised: usize,
    closed: usize,
    open: usize,
    late: usize,
}

/// The names of the registers.
pub(super) const DISAGREEMENTS: &str = "disagreements";
pub(super) const VERDICTS: &str = "verdicts";
const FINDINGS: &str = "review-findings";

/// Makes the page of quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> ReviewsPage {
    let quarter = report.quarter(q);
    let page = LongPage::Quarterly(q, QuarterPage::Reviews);
    let reviews = &quarter.answers().reviews;
    let reviewers: BTreeSet<&str> = reviews.iter().map(|review| review.reviewer.as_str()).collect();
    let sealed = quarter.answers().seal.as_ref().and_then(|seal| seal.reviews.seal());
    ReviewsPage {
        reviewers: reviewers.into_iter().map(str::to_owned).collect(),
        samples: samples(report, quarter),
        sealed: sealed.map(|sealed| sealed.sha256.clone()).unwrap_or_default(),
        of: reviewed_of(report),
        all: ReviewShareRow::of(Link::new("", "", String::new()), true, quarter.reviewed_in_all(None)),
        functions: functions(report, q),
        teams: teams(report, q),
        keys: keys(report, q),
        disagreements: disagreements(report, q).part(report, page, 0),
        verdicts: verdicts(report, q).part(report, page, 0),
        findings: findings(report, q).part(report, page, 0),
        quarters: quarters(report, q),
    }
}

/// How far the reviews of a quarter are, in a line of other pages.
#[derive(Debug, Serialize)]
pub(super) struct ReviewStanding {
    /// What is counted: the answers of the framework, or of all of them.
    of: String,
    all: u32,
    reviewed: u32,
    /// How many findings are open at the end of the quarter.
    open: usize,
    href: String,
}

/// How far the reviews of quarter `q` are; `None` if nobody reviewed it and no finding is open.
pub(super) fn standing(report: Report<'_>, q: QuarterId) -> Option<ReviewStanding> {
    let quarter = report.quarter(q);
    let open = quarter.review_findings().iter().filter(|known| known.closed().is_none()).count();
    let Reviewed { all, answers, .. } = quarter.reviewed_in_all(None);
    let href = Address::Quarterly(q, QuarterPage::Reviews).path(report.assessment());
    let standing = ReviewStanding { of: reviewed_of(report), all, reviewed: answers, open, href };
    (!quarter.answers().reviews.is_empty() || open > 0).then_some(standing)
}

/// What is reviewed over all frameworks, by the framework's name if there is one only.
fn reviewed_of(report: Report<'_>) -> String {
    let frameworks = &report.assessment().frameworks;
    let only = frameworks.iter().next().filter(|_| frameworks.len() == 1);
    only.map_or_else(|| report.strings().word("reviews.all_frameworks"), |only| only.title.clone())
}

impl ReviewShareRow {
    fn of(of: Link, whole: bool, reviewed: Reviewed) -> Self {
        Self::counting(of, whole, reviewed, reviewed.answers)
    }

    /// A key control, which only a verdict of its own reviews.
    fn of_key(of: Link, reviewed: Reviewed) -> Self {
        Self::counting(of, false, reviewed, reviewed.by_themselves())
    }

    fn counting(of: Link, whole: bool, Reviewed { all, undecided, .. }: Reviewed, reviewed: u32) -> Self {
        let share = percent(reviewed, all).map(|share| share.to_string()).unwrap_or_default();
        Self { of, whole, all, reviewed, undecided, share }
    }
}

/// How the samples were drawn that can be drawn again.
fn samples(report: Report<'_>, quarter: ScoredQuarter<'_>) -> Vec<SampleView> {
    let drawn = quarter.answers().reviews.iter().filter_map(|review| Some((review, review.drawn.as_ref()?)));
    let view = drawn.filter_map(|(review, how)| {
        let sample = draw(quarter, how).ok()?;
        let (judged, all) = (judged(quarter, &sample, review), sample.answers().count());
        let strings = report.strings();
        Some(SampleView {
            reviewer: review.reviewer.clone(),
            sentence: sample.sentence(quarter, how, strings),
            judged: strings.say("reviews.judged", &[("all", &all), ("n", &judged)]),
        })
    });
    view.collect()
}

/// How many answers of a sample have a verdict of their own by its reviewer.
fn judged(quarter: ScoredQuarter<'_>, sample: &Sample, of: &Review) -> usize {
    let named = as_name(&of.reviewer);
    let is_own =
        |(review, verdict): (&Review, &Verdict)| as_name(&review.reviewer) == named && !verdict.is_on_category();
    sample.answers().filter(|id| quarter.verdicts(*id).any(is_own)).count()
}

/// Each framework and each of its Functions.
fn functions(report: Report<'_>, q: QuarterId) -> Vec<ReviewShareRow> {
    let share = |(node, link, whole)| ReviewShareRow::of(link, whole, report.quarter(q).reviewed(node, None));
    report.wholes_and_functions(q).map(share).collect()
}

/// Each team that is asked, over all frameworks.
fn teams(report: Report<'_>, q: QuarterId) -> Vec<ReviewShareRow> {
    let quarter = report.quarter(q);
    let row = |team| ReviewShareRow::of(report.team_name(q, team), false, quarter.reviewed_in_all(Some(team)));
    quarter.teams_listed().map(row).collect()
}

/// The key controls of every framework.
fn keys(report: Report<'_>, q: QuarterId) -> Vec<ReviewShareRow> {
    let quarter = report.quarter(q);
    let controls = report.assessment().frameworks.iter().flat_map(|framework| framework.controls.ids());
    let keys = controls.filter(|control| quarter.control(*control).rules.key);
    let reviewed = |control| quarter.reviewed(Node::Control(control), None);
    keys.map(|control| ReviewShareRow::of_key(report.control_link(q, control), reviewed(control))).collect()
}

/// What a verdict or an answer states, in words.
pub(super) fn stated_words(strings: &Strings, stated: Option<Stated>) -> String {
    match stated {
        Some(Stated::Level(level)) => strings.level(level),
        Some(Stated::NotApplicable) => strings.word("state.not_applicable"),
        None => strings.word("reviews.cannot_tell"),
    }
}

/// How a reviewer looked: the methods, and what was looked at.
pub(super) fn how(report: Report<'_>, verdict: &Verdict) -> String {
    let strings = report.strings();
    let methods = verdict.methods.iter().map(|method| {
        strings.word(match method {
            crate::model::review::ReviewMethod::Examine => "reviews.examine",
            crate::model::review::ReviewMethod::Interview => "reviews.interview",
            crate::model::review::ReviewMethod::Test => "reviews.test",
        })
    });
    let mut parts: Vec<String> = methods.collect();
    let looked_at = &verdict.looked_at;
    let amounts = [
        ("reviews.population", &looked_at.population),
        ("reviews.sample", &looked_at.sample),
        ("reviews.deviations", &looked_at.deviations),
    ];
    let said = amounts.into_iter().filter(|(_, amount)| !amount.is_empty());
    parts.extend(said.map(|(key, amount)| strings.say(key, &[("amount", amount)])));
    strings.list(&parts)
}

/// Where reviewers disagree, the widest difference first.
pub(super) fn disagreements(report: Report<'_>, q: QuarterId) -> Listing<'_, DisagreementRow> {
    let all = report.quarter(q).disagreements();
    let controls: Vec<String> =
        all.iter().map(|one| report.quarter(q).control(one.answer.control).called.name().to_owned()).collect();
    Listing {
        name: DISAGREEMENTS,
        title: report.strings().word("reviews.disagreements"),
        with: Vec::new(),
        len: all.len(),
        row: Box::new(move |at| disagreement(report, q, &all[at])),
        label: Box::new(move |at| controls[at].clone()),
        choices: Vec::new(),
        anchor: None,
    }
}

fn disagreement(report: Report<'_>, q: QuarterId, one: &Disagreement<'_>) -> DisagreementRow {
    let (quarter, strings) = (report.quarter(q), report.strings());
    let levels = quarter.levels(one.answer);
    let decimals = quarter.settings().scale.step.shown().split('.').nth(1).map_or(0, str::len);
    DisagreementRow {
        control: report.control_link(q, one.answer.control),
        function: report.function(q, one.answer.control),
        team: report.team_link(q, one.answer.team),
        claimed: levels.map(|levels| strings.level(levels.claimed)).unwrap_or_default(),
        supported: levels.map(|levels| strings.level(levels.supported)).unwrap_or_default(),
        stated_words: if levels.is_some() { String::new() } else { state_word(strings, quarter.answer(one.answer)) },
        reviewed: one.reviewed.level().map(|level| report.level(q, level)),
        reviewed_words: stated_words(strings, Some(one.reviewed)),
        width: one
            .width()
            .map(|width| strings.number(&signed(width, u32::try_from(decimals).unwrap_or_default())))
            .unwrap_or_default(),
        reviewer: one.review.reviewer.clone(),
        day: strings.day(one.verdict.date),
        note: report.line(&one.verdict.note),
        source: report.place(&one.verdict.origin),
    }
}

/// Every verdict of the quarter, in the order of the catalogs and teams.
pub(super) fn verdicts(report: Report<'_>, q: QuarterId) -> Listing<'_, VerdictRow> {
    let quarter = report.quarter(q);
    let reviews = quarter.answers().reviews.iter();
    let mut all: Vec<(&Review, &Verdict)> =
        reviews.flat_map(|review| review.verdicts.iter().map(move |verdict| (review, verdict))).collect();
    all.sort_by_key(|(review, verdict)| (verdict.node, verdict.team, &review.reviewer, verdict.date));
    let name = |(_, verdict): &(&Review, &Verdict)| {
        quarter.framework(verdict.node.framework()).called(verdict.node).name().to_owned()
    };
    let names: Vec<String> = all.iter().map(name).collect();
    Listing {
        name: VERDICTS,
        title: report.strings().word("reviews.verdicts"),
        with: Vec::new(),
        len: all.len(),
        row: Box::new(move |at| verdict(report, q, all[at])),
        label: Box::new(move |at| names[at].clone()),
        choices: Vec::new(),
        anchor: None,
    }
}

fn verdict(report: Report<'_>, q: QuarterId, (review, verdict): (&Review, &Verdict)) -> VerdictRow {
    let strings = report.strings();
    let catalog = report.quarter(q).framework(verdict.node.framework());
    let function =
        catalog.function_at(verdict.node).map(|function| catalog.functions[function].called.slug().to_owned());
    let (level, words) = match verdict.says {
        Says::Level(level) => (Some(report.level(q, level)), String::new()),
        Says::Agrees => (None, strings.word("reviews.agrees")),
        Says::CannotTell => (None, strings.word("reviews.cannot_tell")),
        Says::NotApplicable => (None, strings.word("state.not_applicable")),
    };
    VerdictRow {
        of: report.node_link(q, verdict.node),
        function: function.unwrap_or_default(),
        team: report.team_link(q, verdict.team),
        level,
        words,
        how: how(report, verdict),
        reviewer: review.reviewer.clone(),
        day: strings.day(verdict.date),
        day_iso: verdict.date.to_string(),
        source: report.place(&verdict.origin),
    }
}

/// The findings of the reviews up to quarter `q`: those that are late first, then the others that are open, then the closed ones.
pub(super) fn findings(report: Report<'_>, q: QuarterId) -> Listing<'_, ReviewFindingRow> {
    let mut all = report.quarter(q).review_findings();
    all.sort_by_key(|known| {
        (known.closed().is_some(), !known.is_late, known.finding.severity, known.finding.last_day())
    });
    let ids: Vec<String> = all.iter().map(|known| known.finding.id.clone()).collect();
    let anchors: Vec<String> = ids.iter().map(|id| finding_anchor(id)).collect();
    Listing {
        name: FINDINGS,
        title: report.strings().word("reviews.findings"),
        with: Vec::new(),
        len: all.len(),
        row: Box::new(move |at| finding(report, q, &all[at])),
        label: Box::new(move |at| ids[at].clone()),
        choices: Vec::new(),
        anchor: Some(Box::new(move |at| anchors[at].clone())),
    }
}

fn finding(report: Report<'_>, q: QuarterId, known: &KnownFinding<'_>) -> ReviewFindingRow {
    let strings = report.strings();
    let (finding, raised) = (known.finding, report.quarter(known.raised).name());
    let (state, words) = match known.closed() {
        Some((quarter, retest)) => {
            let (quarter, day) = (report.quarter(quarter).name(), strings.day(retest.date));
            ("closed", strings.say("reviews.closed", &[("quarter", &quarter), ("day", &day)]))
        }
        None if known.is_late => ("late", strings.say("reviews.late", &[("quarter", &raised)])),
        None => ("open", strings.say("reviews.open", &[("quarter", &raised)])),
    };
    let retested = known.retests.last().filter(|(_, retest)| retest.result == RetestResult::Open);
    let retested = retested.map(|(_, retest)| strings.say("reviews.retested", &[("day", &strings.day(retest.date))]));
    let closes = report.quarter(q).closes();
    let overdue = finding.due.filter(|due| *due < closes && state != "closed");
    let overdue = overdue.map(|due| strings.say("reviews.overdue", &[("day", &strings.day(due))]));
    let words = strings.list(&[Some(words), overdue, retested].into_iter().flatten().collect::<Vec<_>>());
    let day = |day: Option<jiff::civil::Date>| day.map(|day| strings.day(day)).unwrap_or_default();
    let iso = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    ReviewFindingRow {
        id: finding.id.clone(),
        anchor: finding_anchor(&finding.id),
        control: report.control_link(q, known.answer.control),
        function: report.function(q, known.answer.control),
        team: report.team_link(q, known.answer.team),
        severity: strings.word(match finding.severity {
            FindingSeverity::High => "reviews.high",
            FindingSeverity::Medium => "reviews.medium",
            FindingSeverity::Low => "reviews.low",
        }),
        title: finding.title.clone(),
        owner: finding.owner.clone(),
        due: day(finding.due),
        due_iso: iso(finding.due),
        retest: day(finding.retest),
        retest_iso: iso(finding.retest),
        state,
        words,
        note: known.retests.last().map(|(_, retest)| report.line(&retest.note)).unwrap_or_default(),
        source: report.place(&finding.origin),
    }
}

/// How many findings were raised, closed, open and late in each quarter up to `q`.
fn quarters(report: Report<'_>, q: QuarterId) -> Vec<ReviewQuarterRow> {
    let near = report.scored.quarters_near(q).filter(|quarter| quarter.id <= q);
    let row = |quarter: ScoredQuarter<'_>| {
        let known = quarter.review_findings();
        let count = |is: &dyn Fn(&KnownFinding<'_>) -> bool| known.iter().filter(|known| is(known)).count();
        let page = Address::Quarterly(quarter.id, QuarterPage::Reviews).path(report.assessment());
        ReviewQuarterRow {
            quarter: Link::new("", &quarter.name().to_string(), page),
            raised: count(&|known| known.raised == quarter.id),
            closed: count(&|known| known.closed().is_some_and(|(at, _)| at == quarter.id)),
            open: count(&|known| known.closed().is_none()),
            late: count(&|known| known.is_late),
        }
    };
    near.map(row).collect()
}

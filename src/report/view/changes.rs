//! What changed between two quarters, for the page of a quarter since the one before. Each difference is a sum of causes; each cause lists its answers.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::charts::{self, Chart};
use super::figures::ShownLevel;
use super::register::{Listing, RegisterPart};
use super::{Link, Report};
use crate::base::number::{self, Mean, largest_first, signed};
use crate::model::catalog::Node;
use crate::model::ids::{AnswerId, ControlId, FrameworkId, QuarterId, TeamId};
use crate::model::settings::Scale;
use crate::model::strings::Strings;
use crate::report::address::{Address, Data, LongPage, QuarterPage, QuarterPair};
use crate::report::paging;
use crate::score::change::{
    AnswerChange, Cause, CauseEffect, Change, NodeChange, SideState, TargetChange, WhyNot, between, overall,
};
use crate::score::review::KnownFinding;
use crate::score::{ScoredQuarter, Tree};

/// What changed between two quarters.
#[derive(Debug, Serialize)]
pub(super) struct ChangesPage {
    heading: String,
    /// The pairs of quarters that have a page.
    pairs: Vec<PairsTo>,
    /// If the two are a year apart, the causes of each step from quarter to quarter.
    year: Year,
    /// The quarter before; `None` for the first quarter.
    before: Option<Link>,
    /// Why the overall score has no difference to show; empty if it has one.
    why_not: String,
    /// The overall score: before, now and the difference.
    from: String,
    to: String,
    change: String,
    /// How many answers changed.
    answers: usize,
    chart: Option<Chart>,
    nodes: ChangeTable,
    causes: Vec<CauseSection>,
    /// Whether a decision on rules lies between the two quarters: the method page tells it.
    decided: bool,
    teams: ChangeTable,
    others: Vec<OtherFramework>,
    targets: Vec<TargetRow>,
    /// The findings of reviews that a retest closed between the two quarters.
    closed: Vec<ClosedFinding>,
    data: String,
    command: String,
}

/// The pages that compare a quarter with earlier ones.
#[derive(Debug, Serialize)]
pub(super) struct PairsTo {
    to: String,
    from: Vec<Link>,
}

/// A year, quarter by quarter.
#[derive(Debug, Default, Serialize)]
struct Year {
    steps: Vec<QuarterStep>,
    /// The same steps as a table. One that cannot be compared has no row.
    table: ChangeTable,
}

/// The causes of the change from one quarter to the next.
#[derive(Debug, Serialize)]
struct QuarterStep {
    title: Link,
    chart: Option<Chart>,
    why_not: String,
}

/// Nodes or teams, each with its difference and the causes of it.
#[derive(Debug, Default, Serialize)]
struct ChangeTable {
    /// The causes that changed any row, as column headings.
    causes: Vec<String>,
    rows: Vec<ChangeRow>,
}

/// A node or a team.
#[derive(Debug, Serialize)]
struct ChangeRow {
    /// Its id on the page.
    anchor: String,
    rank: &'static str,
    link: Link,
    from: String,
    to: String,
    change: String,
    /// The amount of each cause, in the order of the headings; empty if the cause changed nothing.
    parts: Vec<String>,
    /// Why there is no difference to show; empty if there is one.
    why_not: String,
}

/// A cause and the controls that it changed.
#[derive(Debug, Serialize)]
struct CauseSection {
    name: &'static str,
    title: String,
    explains: String,
    /// The effect on the overall score; empty if that has no difference to show.
    amount: String,
    rows: RegisterPart<MovedControl>,
}

/// A control that changed.
#[derive(Debug, Serialize)]
pub(super) struct MovedControl {
    control: Link,
    anchor: String,
    /// Its contribution to the overall score; empty if there is none.
    amount: String,
    answers: Vec<MovedAnswer>,
}

/// An answer that changed.
#[derive(Debug, Serialize)]
struct MovedAnswer {
    team: Link,
    from: AnswerSide,
    to: AnswerSide,
    why: String,
}

/// An answer before or now: the level, and the claimed level if it differs; or words.
#[derive(Debug, Serialize)]
struct AnswerSide {
    level: Option<ShownLevel>,
    claimed: String,
    words: String,
}

/// A framework other than the main one.
#[derive(Debug, Serialize)]
struct OtherFramework {
    id: String,
    link: Link,
    why_not: String,
    /// Whether its figures are for one team each.
    team_level: bool,
    table: ChangeTable,
}

/// A target that changed.
#[derive(Debug, Serialize)]
struct TargetRow {
    control: Link,
    from: Option<ShownLevel>,
    to: Option<ShownLevel>,
}

/// A finding of a review that a retest closed.
#[derive(Debug, Serialize)]
struct ClosedFinding {
    id: String,
    /// Its row on the page of reviews.
    href: String,
    title: String,
    control: Link,
    team: Link,
    /// When it was raised and closed, in words.
    words: String,
}

/// What changed since the quarter before, in one line.
#[derive(Debug, Serialize)]
pub(super) struct SinceLine {
    quarter: String,
    href: String,
    change: String,
    /// The causes, the largest first, each with its amount.
    parts: Vec<String>,
    why_not: String,
}

/// Makes the page of quarter `q`: what changed since the quarter before, in every framework.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> ChangesPage {
    let heading = report.strings().word("changes.title");
    let page = LongPage::Quarterly(q, QuarterPage::Changes);
    let Some(pair) = pair_of(report, page) else {
        return ChangesPage { heading, ..ChangesPage::empty() };
    };
    let [from, to] = sides(report, pair);
    let beside = report.assessment().frameworks.ids().skip(1);
    let beside: Vec<(FrameworkId, Change)> =
        beside.map(|framework| (framework, between(from, to, framework, None))).collect();
    let mut view = pair_view(report, pair, page);
    view.targets.extend(beside.iter().flat_map(|(framework, change)| targets(report, to, *framework, change)));
    ChangesPage {
        heading,
        data: Address::Data(q, Data::ChangesJson).path(report.assessment()),
        others: beside.iter().map(|(f, change)| other(report, [from, to], *f, change)).collect(),
        ..view
    }
}

/// Makes the page of two quarters.
pub(super) fn compared(report: Report<'_>, pair: QuarterPair) -> ChangesPage {
    ChangesPage { year: year(report, pair), ..pair_view(report, pair, LongPage::Compared(pair)) }
}

fn pair_view(report: Report<'_>, pair: QuarterPair, page: LongPage) -> ChangesPage {
    let (assessment, strings) = (report.assessment(), report.strings());
    let [earlier, quarter] = sides(report, pair);
    let main = change(report, pair);
    let whole = main.nodes.first();
    let digits = quarter.settings().scoring.change_decimals();
    let before = earlier.name().to_string();
    ChangesPage {
        heading: title(report, pair),
        pairs: pairs(report, Some(page)),
        year: Year::default(),
        command: format!("milepost diff {before} {}", quarter.name()),
        chart: bridge_of(report, pair, &main, "").ok(),
        from: whole.map(|whole| side_shown(strings, whole.from, &whole.shown_from, digits)).unwrap_or_default(),
        to: whole.map(|whole| side_shown(strings, whole.to, &whole.shown_to, digits)).unwrap_or_default(),
        change: whole.and_then(NodeChange::total).map(|total| amount(strings, total, digits)).unwrap_or_default(),
        before: Some(Link::new("", &before, Address::Quarterly(earlier.id, QuarterPage::Dashboard).path(assessment))),
        answers: main.answers.len(),
        nodes: nodes(report, quarter, FrameworkId::MAIN, &main),
        decided: quarter.since().len() > earlier.since().len(),
        causes: causes(report, pair, &main, page),
        teams: teams(report, [earlier, quarter], FrameworkId::MAIN),
        others: Vec::new(),
        targets: targets(report, quarter, FrameworkId::MAIN, &main),
        closed: closed(report, pair),
        why_not: why_not_of(strings, &main),
        data: Address::ComparedData(pair).path(assessment),
    }
}

/// The two quarters that a page compares; `None` for the first quarter's page.
pub(super) fn pair_of(report: Report<'_>, page: LongPage) -> Option<QuarterPair> {
    match page {
        LongPage::Compared(pair) => Some(pair),
        LongPage::Quarterly(to, _) => report.quarter(to).quarter_before().map(|from| QuarterPair { from: from.id, to }),
    }
}

/// What a page that compares two quarters is called.
pub(super) fn title(report: Report<'_>, pair: QuarterPair) -> String {
    let [from, to] = sides(report, pair).map(|quarter| quarter.name());
    report.strings().say("changes.pair", &[("from", &from), ("to", &to)])
}

/// What changed between two quarters in the main framework.
pub(super) fn change<'a>(report: Report<'a>, pair: QuarterPair) -> Cow<'a, Change> {
    let [from, to] = sides(report, pair);
    to.change_from(from, FrameworkId::MAIN, None)
}

fn sides(report: Report<'_>, pair: QuarterPair) -> [ScoredQuarter<'_>; 2] {
    [pair.from, pair.to].map(|q| report.quarter(q))
}

/// The pages that compare two quarters, by the later of them; `here` is the page that shows them, if it is one.
pub(super) fn pairs(report: Report<'_>, here: Option<LongPage>) -> Vec<PairsTo> {
    let mut all: Vec<PairsTo> = Vec::new();
    // A page of a quarter names those near it: it shall not grow with all the others.
    let quarter = match here {
        Some(LongPage::Quarterly(q, _)) => Some(q),
        Some(LongPage::Compared(pair)) => Some(pair.to),
        None => None,
    };
    let near: Option<Vec<QuarterId>> = quarter.map(|q| report.scored.quarters_near(q).map(|near| near.id).collect());
    let is_near =
        |pair: &QuarterPair| near.as_ref().is_none_or(|near| near.contains(&pair.from) && near.contains(&pair.to));
    for pair in QuarterPair::all(report.assessment()).into_iter().filter(is_near) {
        let [from, to] = sides(report, pair).map(|quarter| quarter.name().to_string());
        let page = Address::Compared(pair).path(report.assessment());
        let link = Link { current: here == Some(LongPage::Compared(pair)), ..Link::new("", &from, page) };
        match all.last_mut().filter(|last| last.to == to) {
            Some(last) => last.from.push(link),
            None => all.push(PairsTo { to, from: vec![link] }),
        }
    }
    all
}

/// The steps of a year, the first first; none if the two quarters are not a year apart.
fn year(report: Report<'_>, pair: QuarterPair) -> Year {
    if !pair.is_year(report.assessment()) {
        return Year::default();
    }
    let quarters = report.scored.quarters().filter(|quarter| pair.from < quarter.id && quarter.id <= pair.to);
    let (mut steps, mut rows) = (Vec::new(), Vec::new());
    for quarter in quarters {
        let Some(from) = quarter.id.before() else { continue };
        let step = QuarterPair { from, to: quarter.id };
        let page = Address::Quarterly(quarter.id, QuarterPage::Changes).path(report.assessment());
        let change = change(report, step);
        let chart = bridge_of(report, step, &change, &page);
        let title = Link::new("", &title(report, step), page);
        if let Some(whole) = change.nodes.first() {
            rows.push((format!("step-{}", quarter.name()), title.clone(), whole.clone()));
        }
        steps.push(QuarterStep {
            title,
            why_not: chart.as_ref().err().cloned().unwrap_or_default(),
            chart: chart.ok(),
        });
    }
    let digits = report.quarter(pair.to).settings().scoring.change_decimals();
    Year { steps, table: table(report.strings(), rows, |_| "step", digits) }
}

impl ChangesPage {
    fn empty() -> Self {
        Self {
            heading: String::new(),
            pairs: Vec::new(),
            year: Year::default(),
            before: None,
            why_not: String::new(),
            from: String::new(),
            to: String::new(),
            change: String::new(),
            answers: 0,
            chart: None,
            nodes: ChangeTable::default(),
            causes: Vec::new(),
            decided: false,
            teams: ChangeTable::default(),
            others: Vec::new(),
            targets: Vec::new(),
            closed: Vec::new(),
            data: String::new(),
            command: String::new(),
        }
    }
}

/// What changed in quarter `q` since the quarter before, in one line; `None` for the first quarter.
pub(super) fn since(report: Report<'_>, q: QuarterId) -> Option<SinceLine> {
    let (earlier, strings) = (report.quarter(q).quarter_before()?, report.strings());
    let whole = whole(report, q);
    let digits = few_digits(report, q);
    let parts = whole.into_iter().flat_map(|whole| strongest(whole, digits));
    let shown = |(part, amount): (&CauseEffect, String)| {
        let (cause, amount) = (strings.word(part.cause.key()), strings.number(&amount));
        strings.say("changes.part", &[("cause", &cause), ("amount", &amount)])
    };
    Some(SinceLine {
        quarter: earlier.name().to_string(),
        href: Address::Quarterly(q, QuarterPage::Changes).path(report.assessment()),
        change: whole.and_then(NodeChange::total).map(|total| amount(strings, total, digits)).unwrap_or_default(),
        parts: parts.map(shown).collect(),
        why_not: why_not(report, q),
    })
}

/// Why quarter `q` shows no difference of the overall score; empty if it does, and in the first quarter.
pub(super) fn why_not(report: Report<'_>, q: QuarterId) -> String {
    report.quarter(q).change().map(|change| why_not_of(report.strings(), change)).unwrap_or_default()
}

/// The findings of reviews that a retest closed after the earlier quarter, up to the later one.
fn closed(report: Report<'_>, pair: QuarterPair) -> Vec<ClosedFinding> {
    let row = |known: KnownFinding<'_>| {
        let (quarter, retest) = known.closed()?;
        let [raised, quarter] = [known.raised, quarter].map(|q| report.quarter(q).name());
        let values: [(&str, &dyn fmt::Display); 3] =
            [("raised", &raised), ("quarter", &quarter), ("day", &report.strings().day(retest.date))];
        Some(ClosedFinding {
            id: known.finding.id.clone(),
            href: paging::found(report.paging, report.assessment(), pair.to, &known.finding.id),
            title: known.finding.title.clone(),
            control: report.control_link(pair.to, known.answer.control),
            team: report.team_link(pair.to, known.answer.team),
            words: report.strings().say("changes.closed_words", &values),
        })
    };
    let [from, to] = sides(report, pair);
    to.closed_since(from).into_iter().filter_map(row).collect()
}

fn why_not_of(strings: &Strings, change: &Change) -> String {
    let of_whole = || change.nodes.first().and_then(|whole| whole.why_not.as_ref());
    said(strings, change.incomparable.as_ref().or_else(of_whole))
}

/// Why there is no difference, in words; empty if there is one.
fn said(strings: &Strings, why_not: Option<&WhyNot>) -> String {
    why_not.map(|why| why.said(strings)).unwrap_or_default()
}

/// One digit more than scores have, for summaries. The changes page shows all digits.
pub(super) fn few_digits(report: Report<'_>, q: QuarterId) -> u32 {
    report.quarter(q).settings().scoring.decimals + 1
}

/// The parts of a node that are not zero when rounded to `digits`, each with its amount, the largest first.
pub(super) fn strongest(node: &NodeChange, digits: u32) -> Vec<(&CauseEffect, String)> {
    let amounts = node.parts.iter().map(|part| (part, signed(part.amount, digits)));
    let mut parts: Vec<(&CauseEffect, String)> = amounts.filter(|(_, amount)| amount.starts_with(['+', '−'])).collect();
    largest_first(&mut parts, digits, |(part, _)| part.amount.abs());
    parts
}

/// What changed the main framework's score in quarter `q`; `None` for the first quarter or if nothing can be compared.
pub(super) fn whole(report: Report<'_>, q: QuarterId) -> Option<&NodeChange> {
    report.quarter(q).change()?.nodes.first()
}

/// The causes of that change as a chart, or why there is nothing to draw.
pub(super) fn bridge(report: Report<'_>, q: QuarterId) -> Result<Chart, String> {
    let quarter = report.quarter(q);
    let none = || report.strings().say("changes.no_quarter", &[("quarter", &quarter.name())]);
    let pair = pair_of(report, LongPage::Quarterly(q, QuarterPage::Changes)).ok_or_else(none)?;
    bridge_of(report, pair, &change(report, pair), "")
}

/// The same of two quarters; its bars lead to the causes on `page`.
fn bridge_of(report: Report<'_>, pair: QuarterPair, change: &Change, page: &str) -> Result<Chart, String> {
    let [from, to] = sides(report, pair);
    match change.nodes.first() {
        Some(whole) if whole.total().is_some() => {
            let names = [from, to].map(|quarter| quarter.name().to_string());
            Ok(charts::bridge(report, pair.to, &names, whole, page))
        }
        whole => {
            let why = change.incomparable.as_ref().or_else(|| whole?.why_not.as_ref());
            let strings = report.strings();
            Err(why.map_or_else(|| strings.word("changes.incomparable"), |why| why.said(strings)))
        }
    }
}

/// The value before or now, with as many digits as the difference; or why there is none.
fn side_shown(strings: &Strings, millionths: Option<i64>, shown: &str, digits: u32) -> String {
    let mean = |millionths| Mean::from(number::Level::from_millionths(millionths)).shown(digits);
    millionths.map_or_else(|| shown.to_owned(), |millionths| strings.number(&mean(millionths)))
}

/// A difference with its sign.
fn amount(strings: &Strings, millionths: i64, digits: u32) -> String {
    strings.number(&signed(millionths, digits))
}

/// The whole framework, every Function, and every Category that changed; also every control in no Category that changed.
fn nodes(report: Report<'_>, quarter: ScoredQuarter<'_>, framework: FrameworkId, change: &Change) -> ChangeTable {
    let listed = change.nodes.iter().filter(|change| match change.node {
        Node::Framework(_) | Node::Function(_) => true,
        Node::Category(_) => change.has_moved(),
        Node::Control(control) => quarter.framework(framework).category_of(control).is_none() && change.has_moved(),
    });
    let rows = listed.map(|change| {
        let anchor = anchor("node", quarter, framework, quarter.framework(framework).called(change.node).slug());
        (anchor, report.node_link(quarter.id, change.node), change.clone())
    });
    table(report.strings(), rows.collect(), |change| change.node.rank(), quarter.settings().scoring.change_decimals())
}

/// The row's anchor on the page. It names the framework, because two frameworks may hold the same ids.
fn anchor(rows: &str, quarter: ScoredQuarter<'_>, framework: FrameworkId, id: &str) -> String {
    match framework {
        FrameworkId::MAIN => format!("{rows}-{id}"),
        _ => format!("{rows}-{}:{id}", quarter.framework(framework).id),
    }
}

/// Each team that must answer something in either quarter.
fn teams(report: Report<'_>, [before, now]: [ScoredQuarter<'_>; 2], framework: FrameworkId) -> ChangeTable {
    let asked = |tree: &Tree| tree.overall.counts.applicable() + tree.overall.counts.not_applicable > 0;
    let is_asked = |team: &TeamId| [now, before].iter().any(|side| asked(side.tree(framework, Some(*team))));
    let row = |team: TeamId| {
        let change = overall(before, now, framework, Some(team))?;
        let link = report.team_link(now.id, team);
        Some((anchor("team", now, framework, &link.id), Link { id: String::new(), ..link }, change))
    };
    let rows = now.settings().teams.ids().filter(is_asked).filter_map(row);
    table(report.strings(), rows.collect(), |_| "team", now.settings().scoring.change_decimals())
}

fn table(
    strings: &Strings,
    rows: Vec<(String, Link, NodeChange)>,
    rank: fn(&NodeChange) -> &'static str,
    digits: u32,
) -> ChangeTable {
    let part = |node: &NodeChange, cause: Cause| node.parts.iter().find(|part| part.cause == cause).cloned();
    let used: Vec<Cause> =
        Cause::ALL.into_iter().filter(|cause| rows.iter().any(|(_, _, node)| part(node, *cause).is_some())).collect();
    let row = |(anchor, link, node): (String, Link, NodeChange)| ChangeRow {
        anchor,
        rank: rank(&node),
        link,
        from: side_shown(strings, node.from, &node.shown_from, digits),
        to: side_shown(strings, node.to, &node.shown_to, digits),
        change: node.total().map(|total| amount(strings, total, digits)).unwrap_or_default(),
        parts: used
            .iter()
            .map(|cause| part(&node, *cause).map(|part| amount(strings, part.amount, digits)).unwrap_or_default())
            .collect(),
        why_not: said(strings, node.why_not.as_ref()),
    };
    let causes = used.iter().map(|cause| strings.word(&format!("{}_short", cause.key()))).collect();
    ChangeTable { causes, rows: rows.into_iter().map(row).collect() }
}

/// Each cause that changed anything, with its controls.
fn causes(report: Report<'_>, pair: QuarterPair, change: &Change, page: LongPage) -> Vec<CauseSection> {
    let digits = report.quarter(pair.to).settings().scoring.change_decimals();
    let strings = report.strings();
    let section = |cause: Cause| {
        let (part, listing) = (part_of(change, cause), listing(report, pair, change, cause));
        (part.is_some() || listing.len > 0).then(|| CauseSection {
            name: cause.name(),
            title: strings.word(cause.key()),
            explains: strings.word(&format!("{}_help", cause.key())),
            amount: part.map(|part| amount(strings, part.amount, digits)).unwrap_or_default(),
            rows: listing.part(report, page, 0),
        })
    };
    Cause::ALL.into_iter().filter_map(section).collect()
}

/// What a cause changed in the whole framework.
fn part_of(change: &Change, cause: Cause) -> Option<&CauseEffect> {
    change.nodes.first().and_then(|whole| whole.parts.iter().find(|part| part.cause == cause))
}

/// The controls of each cause.
pub(super) fn listings<'a>(
    report: Report<'a>,
    pair: QuarterPair,
    change: &'a Change,
) -> Vec<Listing<'a, MovedControl>> {
    Cause::ALL.into_iter().map(|cause| listing(report, pair, change, cause)).collect()
}

/// The controls of a cause, the largest contribution first.
fn listing<'a>(report: Report<'a>, pair: QuarterPair, change: &'a Change, cause: Cause) -> Listing<'a, MovedControl> {
    let [_, quarter] = sides(report, pair);
    let (digits, strings) = (quarter.settings().scoring.change_decimals(), report.strings());
    let controls = quarter.framework(FrameworkId::MAIN).controls.entries();
    let by_id: BTreeMap<&str, ControlId> = controls.map(|(at, control)| (control.id.as_str(), at)).collect();
    let mut answers: BTreeMap<ControlId, Vec<&AnswerChange>> = BTreeMap::new();
    for answer in change.answers.iter().filter(|answer| answer.cause == cause) {
        if let Some(control) = by_id.get(answer.control.as_str()) {
            answers.entry(*control).or_default().push(answer);
        }
    }
    let amounts: BTreeMap<ControlId, i64> = part_of(change, cause)
        .iter()
        .flat_map(|part| &part.controls)
        .filter_map(|(id, amount)| Some((*by_id.get(id.as_str())?, *amount)))
        .collect();
    let moved: BTreeSet<ControlId> = amounts.keys().chain(answers.keys()).copied().collect();
    let mut order: Vec<ControlId> = moved.into_iter().collect();
    largest_first(&mut order, digits, |control| amounts.get(control).map_or(0, |amount| amount.abs()));
    let labels = order.clone();
    let teams = quarter.settings().teams.entries();
    let teams: BTreeMap<&str, TeamId> = teams.map(|(at, team)| (team.id.as_str(), at)).collect();
    let row = move |at: usize| {
        let control = order[at];
        let moved = answers.get(&control).into_iter().flatten();
        MovedControl {
            control: report.control_link(quarter.id, control),
            anchor: quarter.control(control).called.slug().to_owned(),
            amount: amounts.get(&control).map(|moved| amount(strings, *moved, digits)).unwrap_or_default(),
            answers: moved
                .filter_map(|moved| Some(answer(report, pair, control.of(*teams.get(moved.team.as_str())?), moved)))
                .collect(),
        }
    };
    Listing {
        name: cause.name(),
        title: strings.word(cause.key()),
        with: (cause == Cause::Evidence).then_some("reasons").into_iter().collect(),
        len: labels.len(),
        row: Box::new(row),
        label: Box::new(move |at| quarter.control(labels[at]).called.name().to_owned()),
        choices: Vec::new(),
        anchor: None,
    }
}

fn answer(report: Report<'_>, pair: QuarterPair, id: AnswerId, moved: &AnswerChange) -> MovedAnswer {
    let scale = &report.quarter(pair.to).settings().scale;
    let why = if moved.cause == Cause::Evidence { reason(report, pair, id) } else { String::new() };
    let state = |side| AnswerSide::of(report.strings(), side, scale);
    MovedAnswer { team: report.team_link(pair.to, id.team), from: state(moved.from), to: state(moved.to), why }
}

/// Why evidence supports another level than before: what is missing now if the level fell, what was missing before if it rose.
fn reason(report: Report<'_>, pair: QuarterPair, id: AnswerId) -> String {
    let [before, quarter] = sides(report, pair);
    let why = |side: ScoredQuarter<'_>| Some(side.shortfall(id, side.levels(id)?, report.strings())?.why);
    let supported = |side: ScoredQuarter<'_>| side.levels(id).map(|levels| levels.supported);
    if supported(quarter) < supported(before) {
        return why(quarter).unwrap_or_default();
    }
    let then = |why| report.strings().say("changes.reason_before", &[("quarter", &before.name()), ("why", &why)]);
    why(before).map(then).unwrap_or_default()
}

impl AnswerSide {
    fn of(strings: &Strings, side: SideState, scale: &Scale) -> Self {
        let words = |key| Self { level: None, claimed: String::new(), words: strings.word(key) };
        match side {
            SideState::Level { claimed, score } => Self {
                level: Some(ShownLevel::of(strings, score, scale)),
                claimed: if claimed == score { String::new() } else { strings.level(claimed) },
                words: String::new(),
            },
            SideState::New => words("state.new"),
            SideState::NotAsked => words("state.not_asked"),
            SideState::NotApplicable => words("state.not_applicable"),
            SideState::Unknown => words("state.unknown"),
            SideState::Unanswered => words("state.unanswered"),
        }
    }
}

fn other(report: Report<'_>, sides: [ScoredQuarter<'_>; 2], framework: FrameworkId, change: &Change) -> OtherFramework {
    let now = sides[1];
    let catalog = now.framework(framework);
    let table =
        if catalog.team_level { teams(report, sides, framework) } else { nodes(report, now, framework, change) };
    OtherFramework {
        id: catalog.id.clone(),
        link: Link::new("", &catalog.title, Address::Framework(now.id, framework).path(report.assessment())),
        why_not: said(report.strings(), change.incomparable.as_ref()),
        team_level: catalog.team_level,
        table,
    }
}

fn targets(report: Report<'_>, quarter: ScoredQuarter<'_>, framework: FrameworkId, change: &Change) -> Vec<TargetRow> {
    let controls = &quarter.framework(framework).controls;
    let level = |level: Option<number::Level>| level.map(|level| report.level(quarter.id, level));
    let row = |moved: &TargetChange| {
        let control = controls.find(|control| control.id == moved.control)?;
        let control = report.control_link(quarter.id, control);
        Some(TargetRow { control, from: level(moved.from), to: level(moved.to) })
    };
    change.targets.iter().filter_map(row).collect()
}

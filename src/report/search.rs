//! Makes what the search on every page looks through: scripts with rows of data, since a page opened from a folder may load a script
//! and no data.
//!
//! The first script holds pages, controls, teams, guides, actions and findings; the answers and their evidence follow. Each is small
//! enough to load at once, so a large report has many.

use std::ops::Range;

use serde::Serialize;

use crate::base::markdown::{self, BLOCK};
use crate::base::text::line;
use crate::border::script;
use crate::model::assessment::{Assessment, InQuarter};
use crate::model::catalog::{Framework, Node};
use crate::model::evidence::{Answer, Item};
use crate::model::ids::{AnswerId, ControlId, FrameworkId, FunctionId, GuideId, TeamId};
use crate::model::plan::{Action, Exception};
use crate::model::profile::Risk;
use crate::model::review::ReviewFinding;
use crate::report::address::{Address, Data, QuarterPage, answer, menu, risk_anchors};
use crate::report::ids::{ForeignId, LinkedIds};
use crate::report::paging::{self, Paging, found, planned};

/// Kind, id, title, address, and the texts that find the row, one a line.
#[derive(Serialize)]
struct SearchRow(&'static str, String, String, String, String);

/// What a reader may look for.
enum SearchSubject<'a> {
    Page(Address),
    Function(FunctionId),
    Framework(FrameworkId),
    Control(ControlId),
    Team(TeamId),
    Guide(GuideId),
    Action(&'a Action),
    Exception(&'a Exception),
    Finding(&'a ReviewFinding),
    Answer(AnswerId, &'a Answer),
    Evidence(AnswerId, &'a Item),
    Foreign(&'a ForeignId),
    /// A risk, with its id and the anchor of its section.
    Risk(&'a str, &'a Risk, String),
}

/// About so many bytes of texts go into one script. Written as a script they are not twice as many.
const PART: usize = 450_000;

/// The scripts of a quarter's search, each with the range of its rows.
pub fn parts(quarter: InQuarter<'_>, ids: &LinkedIds) -> Vec<Range<usize>> {
    paging::parts(subjects(quarter, ids).map(|subject| size(quarter, &subject)), PART)
}

/// One of these scripts: which it is, of how many, and its rows.
pub fn script(quarter: InQuarter<'_>, ids: &LinkedIds, paging: &Paging, parts: &[Range<usize>], part: usize) -> String {
    let range = parts.get(part).cloned().unwrap_or_default();
    let rows = subjects(quarter, ids).skip(range.start).take(range.len()).map(|subject| row(quarter, paging, subject));
    format!("milepostSearch({part}, {}, {});\n", parts.len(), script::rows(rows))
}

fn subjects<'a>(quarter: InQuarter<'a>, ids: &'a LinkedIds) -> impl Iterator<Item = SearchSubject<'a>> {
    let assessment = quarter.assessment;
    let (plan, closes) = (&assessment.plan, quarter.closes());
    let pages = menu(quarter.id).into_iter().filter(|page| page.is_there(assessment)).map(SearchSubject::Page);
    let nodes = assessment.frameworks.iter().flat_map(nodes);
    let teams = quarter.settings().teams.ids().map(SearchSubject::Team);
    let guides = assessment.guides.ids().map(SearchSubject::Guide);
    let actions = plan.actions.iter().filter(move |action| action.was_known(closes)).map(SearchSubject::Action);
    let exceptions =
        plan.exceptions.iter().filter(move |exception| exception.was_known(closes)).map(SearchSubject::Exception);
    let risks = quarter.profile().risks.iter().zip(risk_anchors(quarter.profile()));
    let risks = risks.map(|((id, risk), anchor)| SearchSubject::Risk(id, risk, anchor));
    let past = assessment.quarters.entries().filter(move |(at, _)| *at <= quarter.id);
    let reviews = past.flat_map(|(_, answers)| &answers.reviews);
    let findings = reviews.flat_map(|review| &review.findings).map(SearchSubject::Finding);
    let answers = quarter.all_answers().map(|(id, answer)| SearchSubject::Answer(id, answer));
    let evidence = quarter.all_evidence().map(|(id, item)| SearchSubject::Evidence(id, item));
    let foreign = ids.all_foreign().iter().map(SearchSubject::Foreign);
    pages
        .chain(nodes)
        .chain(foreign)
        .chain(teams)
        .chain(guides)
        .chain(actions)
        .chain(exceptions)
        .chain(risks)
        .chain(findings)
        .chain(answers)
        .chain(evidence)
}

/// The Functions of the main framework, or another framework as a whole; then the controls.
fn nodes(framework: &Framework) -> impl Iterator<Item = SearchSubject<'_>> {
    let is_main = framework.at == FrameworkId::MAIN;
    let whole = (!is_main).then_some(SearchSubject::Framework(framework.at));
    let functions = framework.functions.ids().filter(move |_| is_main).map(SearchSubject::Function);
    whole.into_iter().chain(functions).chain(framework.controls.ids().map(SearchSubject::Control))
}

/// About how many bytes the row of a subject takes.
fn size(quarter: InQuarter<'_>, subject: &SearchSubject<'_>) -> usize {
    const ROW: usize = 160;
    let all = |texts: &[String]| texts.iter().map(String::len).sum::<usize>();
    ROW + match subject {
        SearchSubject::Control(control) => {
            let control = quarter.control(*control);
            control.title.len() + control.outcome.len() + all(&control.examples) + 8 * control.references.len()
        }
        SearchSubject::Guide(guide) => quarter.assessment.guides[*guide].text.len(),
        SearchSubject::Answer(_, answer) => answer.note.len() + answer.reason().len(),
        SearchSubject::Evidence(_, item) => item.title.len(),
        SearchSubject::Action(action) => action.title.len(),
        SearchSubject::Exception(exception) => exception.reason.len(),
        SearchSubject::Finding(finding) => finding.title.len(),
        SearchSubject::Risk(_, risk, _) => risk.title.len() + risk.appetite.len(),
        SearchSubject::Page(_)
        | SearchSubject::Function(_)
        | SearchSubject::Framework(_)
        | SearchSubject::Team(_)
        | SearchSubject::Foreign(_) => 0,
    }
}

impl SearchRow {
    /// A row: its kind, its id and title, where it leads, and the other texts that are searched.
    fn of(kind: &'static str, named: (&str, &str), at: String, texts: Vec<String>) -> Self {
        let texts = texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n");
        Self(kind, line(named.0), line(named.1), at, texts)
    }
}

fn row(quarter: InQuarter<'_>, paging: &Paging, subject: SearchSubject<'_>) -> SearchRow {
    let assessment = quarter.assessment;
    let to = |address: Address| address.href(assessment);
    let row = SearchRow::of;
    match subject {
        SearchSubject::Page(page) => {
            row("page", ("", &title_of(assessment, page)), to(page), parts_of(assessment, page))
        }
        SearchSubject::Function(function) => {
            let named = &assessment.framework().functions[function];
            let at = to(Address::Function(quarter.id, function));
            row("function", (&named.id, &named.title), at, vec![line(&named.purpose)])
        }
        SearchSubject::Framework(framework) => {
            let named = &assessment.frameworks[framework];
            let at = to(Address::Framework(quarter.id, framework));
            row("framework", (&named.id, &named.title), at, vec![line(&named.purpose)])
        }
        SearchSubject::Control(control) => {
            let named = quarter.control(control);
            let at = to(Address::Control(quarter.id, control));
            row("control", (named.called.name(), &named.title), at, texts_of(quarter, control))
        }
        SearchSubject::Foreign(ForeignId { id, part, anchor }) => {
            let title = &assessment.foreign_catalogs[part.catalog].title;
            let at = format!("{}#{anchor}", to(Address::Crosswalk(quarter.id, *part)));
            row("mapping", (id, title), at, Vec::new())
        }
        SearchSubject::Team(team) => {
            let named = &quarter.settings().teams[team];
            row("team", ("", &named.name), to(Address::Team(quarter.id, team)), vec![line(&named.id)])
        }
        SearchSubject::Guide(guide) => {
            let named = &assessment.guides[guide];
            row("guide", ("", &named.title), to(Address::Guide(guide)), vec![line(&named.summary), plain(&named.text)])
        }
        SearchSubject::Action(action) => {
            let control = quarter.control(action.answer.control).called.name();
            let at = planned(Some(paging), assessment, quarter.id, &action.id);
            row("action", (&action.id, &plain(&action.title)), at, vec![format!("{control} {}", line(&action.owner))])
        }
        SearchSubject::Exception(exception) => {
            let control = quarter.control(exception.control).called.name();
            let at = planned(Some(paging), assessment, quarter.id, &exception.id);
            row("exception", (&exception.id, &plain(&exception.reason)), at, vec![control.to_owned()])
        }
        SearchSubject::Risk(id, risk, anchor) => risk_row(quarter, id, risk, &anchor),
        SearchSubject::Finding(finding) => {
            let (at, text) = finding_at(quarter, paging, finding);
            row("finding", (&finding.id, &finding.title), at, vec![text, line(&finding.owner)])
        }
        SearchSubject::Answer(id, given) => {
            let texts = vec![plain(&given.note), plain(given.reason())];
            row("answer", (control(quarter, id), team(quarter, id)), answer(quarter, id), texts)
        }
        SearchSubject::Evidence(id, item) => {
            let texts = vec![team(quarter, id).to_owned()];
            row("evidence", (control(quarter, id), &item.title), answer(quarter, id), texts)
        }
    }
}

fn risk_row(quarter: InQuarter<'_>, id: &str, risk: &Risk, anchor: &str) -> SearchRow {
    let page = Address::Quarterly(quarter.id, QuarterPage::Risks).href(quarter.assessment);
    let texts = vec![plain(&risk.appetite), line(&risk.owner)];
    SearchRow::of("risk", (id, &plain(&risk.title)), format!("{page}#{anchor}"), texts)
}

/// Where a reviewer's finding stands, and what it is about.
fn finding_at(quarter: InQuarter<'_>, paging: &Paging, finding: &ReviewFinding) -> (String, String) {
    let team = &quarter.assessment.team(finding.answer.team).name;
    let at = found(Some(paging), quarter.assessment, quarter.id, &finding.id);
    (at, format!("{} {team}", control(quarter, finding.answer)))
}

fn title_of(assessment: &Assessment, page: Address) -> String {
    page.declaration().map(|declared| assessment.strings.word(declared.title)).unwrap_or_default()
}

/// What a page is also looked for by: what its chapters are called.
fn parts_of(assessment: &Assessment, page: Address) -> Vec<String> {
    let chapters: &[&str] = match page {
        Address::Quarterly(_, QuarterPage::Reviews) => {
            &["reviews.disagreements", "reviews.verdicts", "reviews.findings"]
        }
        Address::Quarterly(_, QuarterPage::Gates) => &["gates.lead"],
        Address::Quarterly(_, QuarterPage::Evidence) => &["dashboard.stale"],
        Address::Quarterly(_, QuarterPage::Exclusions) => &["dashboard.keys_caption"],
        Address::Quarterly(_, QuarterPage::Findings) => &["findings.lead"],
        Address::Quarterly(_, QuarterPage::Dashboard) => &["dashboard.data", "dashboard.reliable"],
        Address::Quarterly(_, QuarterPage::Method) => {
            &["method.levels", "method.states", "method.arithmetic", "method.policy", "seal.title", "method.embeds"]
        }
        _ => &[],
    };
    let data = matches!(page, Address::Quarterly(_, QuarterPage::Dashboard));
    let files = Data::ALL.map(|file| file.name().to_owned()).into_iter().chain([Address::LongTable.path(assessment)]);
    let files = files.filter(|_| data);
    chapters.iter().map(|chapter| assessment.strings.word(chapter)).chain(files).collect()
}

fn control<'a>(quarter: InQuarter<'a>, id: AnswerId) -> &'a str {
    quarter.control(id.control).called.name()
}

fn team<'a>(quarter: InQuarter<'a>, id: AnswerId) -> &'a str {
    &quarter.settings().teams[id.team].name
}

/// The texts of a control: its outcome, its examples, other words for it, and the ids of other catalogs.
fn texts_of(quarter: InQuarter<'_>, control: ControlId) -> Vec<String> {
    let framework = quarter.framework(control.framework());
    let named = &framework.controls[control];
    let references = named.references.iter().map(|(catalog, ids)| {
        let catalog = framework.references.get(catalog).unwrap_or(catalog);
        format!("{catalog}: {}", ids.join(", "))
    });
    let examples = named.examples.iter().map(|example| plain(example));
    let other_words = framework.synonyms.iter().filter(|(_, nodes)| nodes.contains(&Node::Control(control)));
    let other_words: Vec<&str> = other_words.map(|(word, _)| word.as_str()).collect();
    let outcome = [plain(&named.outcome), other_words.join(", ")].into_iter();
    outcome.chain(examples).chain(references).collect()
}

/// What a reader sees of a text in Markdown, one block a line.
fn plain(text: &str) -> String {
    let glyphs = markdown::read(text).glyphs;
    let text: String = glyphs.iter().map(|glyph| glyph.c).collect();
    let lines = text.split(BLOCK).map(line).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

//! Reads the reviews of each quarter. A verdict is for an answer that was asked, of one reviewer who is no team, and on a day after
//! the quarter; a retest names a finding of an earlier quarter.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use toml::de::DeValue;

use super::evidence;
use super::fields::{At, Fields};
use super::finds::Finds;
use super::names::{EvidenceContext, Names};
use super::notes;
use super::seals::SealedQuarters;
use super::syntax::Parsed;
use super::terms::{TEAM_HELP, header, named_team, report_level};
use crate::base::excerpt::{Excerpt, Text};
use crate::base::layout::{SEAL_FILE, name_of, quarter_of_folder};
use crate::base::number::grouped;
use crate::base::quarter::Quarter;
use crate::base::text::as_name;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::workspace::{Entry, Workspace};
use crate::model::assessment::{Assessment, InQuarter};
use crate::model::catalog::Node;
use crate::model::evidence::{Answer, State};
use crate::model::ids::{ControlId, TeamId};
use crate::model::measure::age;
use crate::model::review::{
    Drawn, FindingSeverity, LookedAt, Retest, RetestResult, Review, ReviewFinding, ReviewMethod, Says, Strata, Verdict,
};
use crate::model::seal;

/// The most review files of a quarter. Each may judge every answer.
const REVIEWS: usize = 100;
/// The most days between the end of a quarter and a verdict on it. More is a wrong year.
const FARTHEST: i32 = 366;

/// The tables and keys of a review file.
const TABLES: [&str; 5] = ["reviewer", "drawn", "verdict", "finding", "retest"];

/// Gives each quarter its reviews.
pub(super) fn read(finds: &mut Finds<'_>, assessment: &mut Assessment, names: &Names) {
    let Finds { workspace, found, artifacts, .. } = finds;
    misplaced_folders(workspace, found);
    let sealed = SealedQuarters::of(workspace);
    let mut findings: BTreeMap<String, (Quarter, Place)> = BTreeMap::new();
    for (quarter, paths) in seal::review_files(workspace) {
        let first = paths.first().copied().unwrap_or_default();
        let Some(at) = assessment.quarters.find(|answers| answers.quarter == quarter) else {
            let message = format!("there is no {quarter} to review: no team has a file in it");
            found.push(
                Diagnostic::new(Code::BadQuarter, Place::file(first), message).help("move the review to its quarter"),
            );
            continue;
        };
        if paths.len() > REVIEWS {
            let message =
                format!("{quarter} has {} review files, and at most {REVIEWS} are read", grouped(paths.len()));
            found.push(
                Diagnostic::new(Code::BadValue, Place::file(first), message).help("join the files of a reviewer"),
            );
        }
        let context = EvidenceContext { workspace, names, sealed: &sealed, assessment };
        let mut reader = ReviewReader::new(&context, assessment.in_quarter(at), found, &mut findings);
        let reviews: Vec<Review> = paths.iter().take(REVIEWS).filter_map(|path| reader.file(path, found)).collect();
        artifacts.append(&mut reader.artifacts);
        judged_twice(assessment.in_quarter(at), &reviews, found);
        assessment.quarters[at].reviews = reviews;
    }
    retested(assessment, &findings, found);
}

/// Reports folders of reviews whose own folder is no quarter.
fn misplaced_folders(workspace: &Workspace, found: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    for path in workspace.files.keys() {
        let folder = workspace.patterns.reviewed_folder(path).filter(|folder| seen.insert(*folder));
        let misplaced = folder.filter(|folder| quarter_of_folder(folder).is_none());
        found.extend(misplaced.map(|folder| {
            let message = format!("the folder `{}` is not a quarter", name_of(folder));
            Diagnostic::new(Code::BadQuarter, Place::file(path), message)
                .help("quarters are called 2026-Q1 to 2026-Q4; reviews lie in QUARTER/reviews/")
        }));
    }
}

/// Reports an answer, or a Category's answers, that one reviewer judges twice.
fn judged_twice(quarter: InQuarter<'_>, reviews: &[Review], found: &mut Diagnostics) {
    let mut judged: BTreeMap<(String, Node, TeamId), &Place> = BTreeMap::new();
    for review in reviews {
        for Verdict { node, team, origin, .. } in &review.verdicts {
            let key = (as_name(&review.reviewer), *node, *team);
            let Some(first) = judged.get(&key) else {
                judged.insert(key, &origin.place);
                continue;
            };
            let (id, team) = (named(quarter, *node), &quarter.assessment.team(*team).name);
            let message = format!("{} judges `{id}` of {team} twice", review.reviewer);
            let twice = Diagnostic::new(Code::DuplicateVerdict, origin.place.clone(), message).label("again here");
            found.push(
                twice
                    .related((*first).clone(), "first here")
                    .help("keep one: a reviewer has one verdict on an answer in a quarter"),
            );
        }
    }
}

/// Reports retests of what is no finding of an earlier quarter, and retests before it.
fn retested(assessment: &Assessment, findings: &BTreeMap<String, (Quarter, Place)>, found: &mut Diagnostics) {
    for quarter in &assessment.quarters {
        for Retest { finding, date, origin, .. } in quarter.reviews.iter().flat_map(|review| &review.retests) {
            let report = |code, message: String| Diagnostic::new(code, origin.place.clone(), message);
            let Some((raised, place)) = findings.get(finding) else {
                let near = crate::diagnostic::nearest(finding, findings.keys().map(String::as_str));
                let unknown =
                    report(Code::UnknownFinding, format!("no review has a finding `{finding}`")).nearest(near);
                found.push(unknown.help("a retest names the id of a [[finding]] in the reviews of an earlier quarter"));
                continue;
            };
            let closes = assessment.quarters.iter().find(|known| known.quarter == *raised).map(|known| known.closes);
            let late = age(quarter.closes, *date);
            if *raised >= quarter.quarter {
                let message =
                    format!("`{finding}` is a finding of {raised}, and {} is no later quarter", quarter.quarter);
                let early = report(Code::UnknownFinding, message).related(place.clone(), "found here");
                found.push(early.help("put the retest in the reviews of the quarter in which it was made"));
            } else if closes.is_some_and(|closes| *date < closes) {
                let message = format!("the retest of {date} is older than the finding, which is of {raised}");
                found.push(
                    report(Code::VerdictDay, message).related(place.clone(), "found here").help("correct the day"),
                );
            } else if late > FARTHEST {
                let days = grouped(late.unsigned_abs() as usize);
                let message =
                    format!("{date} is {days} days after the end of {}, on {}", quarter.quarter, quarter.closes);
                let far = report(Code::VerdictDay, message);
                found.push(far.help("correct the day, or move the retest to the reviews of its quarter"));
            }
        }
    }
}

/// What a node is called.
fn named(quarter: InQuarter<'_>, node: Node) -> &str {
    quarter.framework(node.framework()).called(node).name()
}

struct ReviewReader<'a, 'k> {
    context: &'a EvidenceContext<'a>,
    quarter: InQuarter<'a>,
    /// Whether all answers are read: one with a mistake is missing.
    is_whole: bool,
    /// The findings read so far, by id.
    findings: &'k mut BTreeMap<String, (Quarter, Place)>,
    artifacts: BTreeSet<String>,
}

impl<'a, 'k> ReviewReader<'a, 'k> {
    fn new(
        context: &'a EvidenceContext<'a>,
        quarter: InQuarter<'a>,
        found: &Diagnostics,
        findings: &'k mut BTreeMap<String, (Quarter, Place)>,
    ) -> Self {
        Self { context, quarter, is_whole: !found.has_errors(), findings, artifacts: BTreeSet::new() }
    }

    /// Reads the review file at `path`; `None` if it does not say who reviews.
    fn file(&mut self, path: &str, found: &mut Diagnostics) -> Option<Review> {
        let Some(Entry::Text(text)) = self.context.workspace.files.get(path) else { return None };
        Parsed::part(path, text).read(found, |mut fields| {
            let answers = self.answers_in(&mut fields);
            let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
            let mut fields = fields.without(&answers);
            let reviewer = self.reviewer(&mut fields);
            let drawn = fields.table("drawn").and_then(|table| self.drawn(table));
            let verdicts = fields.tables("verdict", |table| self.verdict(text, table));
            let findings = fields.tables("finding", |table| self.finding(table));
            let retests = fields.tables("retest", |table| self.retest(text, table));
            fields.finish();
            Some(Review { reviewer: reviewer?, drawn, verdicts, findings, retests })
        })
    }

    /// Reports the answers in a reviewer's file. Returns their keys.
    fn answers_in(&self, fields: &mut Fields<'_, '_>) -> Vec<String> {
        let names = self.context.names;
        let is_answer = |key: &str| names.control(key).is_some() || names.leads_to_control(key) || key == "attested";
        let mut keys = Vec::new();
        for (key, _) in fields.rest(&TABLES) {
            let name = key.get_ref().as_ref();
            if is_answer(name) {
                let message = format!("`{name}` belongs to an answer, and a reviewer's file holds none");
                let report = fields.report(Code::MisplacedVerdict, &key.span(), message);
                report.help.push(
                    "a team answers in its own folder; a reviewer writes [[verdict]] with `control` and `team`"
                        .to_owned(),
                );
                keys.push(name.to_owned());
            }
        }
        keys
    }

    fn reviewer(&self, fields: &mut Fields<'_, '_>) -> Option<String> {
        let given = fields.required_text("reviewer", "give the role that reviews: reviewer = \"Internal audit\"")?;
        let name = given.value.trim();
        let named = as_name(name);
        let teams = &self.quarter.assessment.settings.teams;
        if let Some(team) = teams.iter().find(|team| team.names().any(|other| as_name(other) == named)) {
            let message = format!("{name} is the team `{}`, and no team reviews itself or another one here", team.id);
            let report = fields.report(Code::TeamAsReviewer, &given.span, message);
            report.help.push(
                "name the role that looked, such as \"Internal audit\"; a reviewer answers for nothing in here"
                    .to_owned(),
            );
        }
        Some(name.to_owned())
    }

    fn drawn(&self, mut fields: Fields<'_, '_>) -> Option<Drawn> {
        let size = fields.integer("size", 1..=1_000_000);
        fields.require("size", "say how many answers were drawn");
        let by = fields.choice("by", &Strata::WORDS).unwrap_or_default();
        let seed = fields.required_text("seed", "say from which seed it was drawn");
        let seal = fields.required_text("seal", "give the SHA-256 of the quarter's seal from which it was drawn");
        let is_other = seal.as_ref().filter(|seal| self.seal_of_quarter().as_ref() != Some(&seal.value));
        if let Some(At { span, .. }) = is_other {
            let message = format!("this sample was not drawn from the seal that {} has", self.quarter.name());
            let report = fields.report(Code::OtherSample, span, message);
            report.help.push("draw it again with `milepost sample`, or bring the seal back".to_owned());
        }
        fields.finish();
        Some(Drawn { size: size?, by, seed: seed?.value, seal: seal?.value })
    }

    /// The SHA-256 of the quarter's seal; `None` if it has none.
    fn seal_of_quarter(&self) -> Option<String> {
        let workspace = self.context.workspace;
        let is_seal = |path: &&String| {
            name_of(path) == SEAL_FILE && workspace.patterns.quarter_of(path) == Some(self.quarter.name())
        };
        workspace.digest(workspace.files.keys().find(is_seal)?)
    }

    fn verdict(&mut self, text: &Text, mut fields: Fields<'_, '_>) -> Option<Verdict> {
        let node = self.node(&mut fields);
        let team = self.team(&mut fields);
        let says = self.says(&mut fields, node);
        let date = self.day(&mut fields);
        let methods = methods(&mut fields);
        let looked_at = looked_at(&mut fields);
        let note = self.note(text, &mut fields);
        let (evidence, artifacts) = evidence::items(self.context, text, &mut fields);
        self.artifacts.extend(artifacts);
        let place = fields.place();
        let origin = fields.origin(&(place.start..place.end));
        if let (Some(node), Some(team)) = (node, team) {
            self.is_asked(&mut fields, node, team, says);
        }
        fields.finish();
        let (node, team, says, date) = (node?, team?, says?, date?);
        Some(Verdict { node, team, says, date, methods, looked_at, note, evidence, origin })
    }

    /// The control or the Category that a verdict is on.
    fn node(&self, fields: &mut Fields<'_, '_>) -> Option<Node> {
        let given = fields.required_text("control", "name the control, or a whole Category, that the verdict is on")?;
        let node = self.context.names.node_in(&given.value, self.quarter);
        match node {
            Some(Node::Control(_) | Node::Category(_)) => return node,
            Some(Node::Function(_) | Node::Framework(_)) => {
                let message = format!("`{}` is neither a control nor a Category", given.value);
                let report = fields.report(Code::BadVerdict, &given.span, message);
                report.help.push("judge its controls, or its Categories, one by one".to_owned());
            }
            None => {
                let place = fields.at(&given.span);
                self.context.names.not_an_id(&given.value, place, fields.found);
            }
        }
        None
    }

    fn control(&self, fields: &mut Fields<'_, '_>) -> Option<ControlId> {
        let given = fields.required_text("control", "name the control that the finding is about")?;
        let known = self.context.names.control_in(&given.value, Some(self.quarter));
        if known.is_none() {
            let place = fields.at(&given.span);
            self.context.names.not_a_control(&given.value, place, fields.found);
        }
        known
    }

    fn team(&self, fields: &mut Fields<'_, '_>) -> Option<TeamId> {
        let given = fields.required_text("team", "name the team whose answer it is about, by its id")?;
        named_team(fields, &given, &self.quarter.assessment.settings.teams, TEAM_HELP)
    }

    /// What a verdict says: a level, or one of the words.
    fn says(&self, fields: &mut Fields<'_, '_>, node: Option<Node>) -> Option<Says> {
        let keys = [fields.key_span("level"), fields.key_span("says")];
        let level = fields.level("level", Code::BadLevel);
        let words = fields.choice("says", &Says::WORDS);
        let scale = &self.quarter.settings().scale;
        if let Some(level) = level.as_ref().filter(|level| !scale.holds(level.value)) {
            report_level(fields, level, scale);
            return None;
        }
        let path = fields.path;
        let of_category = matches!(node, Some(Node::Category(_)));
        let (at, message, help) = match keys {
            [Some(_), Some(says)] => {
                (Place::new(path, says), "a verdict gives a level or says something, not both", "keep one of them")
            }
            [None, None] if fields.is_misspelt("level") || fields.is_misspelt("says") => return None,
            [None, None] => {
                let help = "add level = …, or says = \"agrees\", \"cannot_tell\" or \"not_applicable\"";
                (fields.place(), "this verdict says nothing", help)
            }
            [Some(level), None] if of_category => {
                let help = "judge its controls one by one, or write says = \"agrees\"";
                (Place::new(path, level), "a Category has no level of its own", help)
            }
            [None, Some(says)] if of_category && words == Some(Says::NotApplicable) => {
                let message = "not applicable is said of controls, not of a Category";
                (Place::new(path, says), message, "say it of its controls one by one")
            }
            [Some(_), None] => return level.map(|level| Says::Level(level.value)),
            [None, Some(_)] => return words,
        };
        fields.found.push(Diagnostic::new(Code::BadVerdict, at, message).help(help));
        None
    }

    /// The day of a verdict, in the time in which a quarter is reviewed.
    fn day(&self, fields: &mut Fields<'_, '_>) -> Option<Date> {
        let date = fields.date("date");
        fields.require("date", "give the day of the verdict: date = 2026-10-12");
        let (date, closes) = (date?, self.quarter.closes());
        let late = age(closes, date.value);
        let wrong = if date.value < closes {
            Some(format!("{} is before the end of {}, on {closes}", date.value, self.quarter.name()))
        } else if late > FARTHEST {
            let days = grouped(late.unsigned_abs() as usize);
            Some(format!("{} is {days} days after the end of {}, on {closes}", date.value, self.quarter.name()))
        } else {
            None
        };
        if let Some(message) = wrong {
            let report = fields.report(Code::VerdictDay, &date.span, message);
            report.help.push("a verdict is on what a quarter says at its end, and is given within a year: correct the day, or move it to its quarter".to_owned());
        }
        Some(date.value)
    }

    fn note(&self, text: &Text, fields: &mut Fields<'_, '_>) -> Excerpt {
        let Some(note) = fields.lent_text("note") else { return Excerpt::default() };
        let lost = notes::losses(note.value, fields.at(&note.span));
        fields.found.extend(lost);
        Excerpt::of_toml(text, &note.span, note.value)
    }

    /// Reports a verdict on what nobody was asked, and agreement with an answer that says nothing.
    fn is_asked(&self, fields: &mut Fields<'_, '_>, node: Node, team: TeamId, says: Option<Says>) {
        let quarter = self.quarter;
        let controls = quarter.framework(node.framework()).controls_of(node);
        let mut asked = controls
            .iter()
            .map(|control| control.of(team))
            .filter(|id| quarter.is_asked(*id) && quarter.exclusion(id.control).is_none());
        let (id, place) = (named(quarter, node), fields.place());
        let name = &quarter.assessment.team(team).name;
        let is_control = matches!(node, Node::Control(_));
        let Some(first) = asked.next() else {
            let message =
                format!("{name} was not asked for `{id}` in {}, so there is no answer to judge", quarter.name());
            let wrong = Diagnostic::new(Code::VerdictNotAsked, place, message);
            fields
                .found
                .push(wrong.help("name the team that was asked: see its `scope` and its quarters in milepost.toml"));
            return;
        };
        let says_nothing =
            |answer: Option<&Answer>| answer.is_none_or(|answer| matches!(answer.state, State::Unknown { .. }));
        if self.is_whole && is_control && says == Some(Says::Agrees) && says_nothing(quarter.answer(first)) {
            let message = format!("{name} gives no level for `{id}`, so there is nothing to agree with");
            let wrong = Diagnostic::new(Code::BadVerdict, place, message);
            fields.found.push(wrong.help(format!(
                "write the level that you found, or says = \"cannot_tell\"; the team answers in {}",
                header(id)
            )));
        }
    }

    fn finding(&mut self, mut fields: Fields<'_, '_>) -> Option<ReviewFinding> {
        let id = fields.required_text("id", "retests and reports name it by its id");
        let control = self.control(&mut fields);
        let team = self.team(&mut fields);
        let severity = fields.choice("severity", &FindingSeverity::WORDS);
        fields.require("severity", "say how bad it is: severity = \"high\", \"medium\" or \"low\"");
        let title = fields.required_text("title", "say what was found");
        let owner = fields.text_or_empty("owner");
        let due = fields.date("due").map(|due| due.value);
        let retest = fields.date("retest");
        let early = retest.as_ref().zip(due).filter(|(retest, due)| retest.value < *due);
        if let Some((retest, due)) = early {
            let message = format!("the retest on {} comes before the finding is due, on {due}", retest.value);
            fields.report(Code::BadValue, &retest.span, message).help.push("mend `due` or `retest`".to_owned());
        }
        let place = fields.place();
        let origin = fields.origin(&(place.start..place.end));
        if let (Some(control), Some(team)) = (control, team) {
            self.is_asked(&mut fields, Node::Control(control), team, None);
        }
        let id = id.filter(|id| self.is_new(&mut fields, id));
        fields.finish();
        let answer = control?.of(team?);
        let retest = retest.map(|retest| retest.value);
        Some(ReviewFinding {
            id: id?.value,
            answer,
            severity: severity?,
            title: title?.value,
            owner,
            due,
            retest,
            origin,
        })
    }

    /// Whether no other finding of the workspace has this id.
    fn is_new(&mut self, fields: &mut Fields<'_, '_>, id: &At<String>) -> bool {
        let place = fields.at(&id.span);
        if let Some((_, first)) = self.findings.get(&id.value) {
            let twice = Diagnostic::new(Code::DuplicateId, place, format!("`{}` is given twice", id.value));
            let twice = twice.label("again here").related(first.clone(), "first here");
            fields.found.push(twice.help("a finding's id is unique over all quarters, since retests name it"));
            return false;
        }
        self.findings.insert(id.value.clone(), (self.quarter.name(), place));
        true
    }

    fn retest(&self, text: &Text, mut fields: Fields<'_, '_>) -> Option<Retest> {
        let finding = fields.required_text("finding", "name the finding that was looked at again");
        let date = fields.date("date").map(|date| date.value);
        fields.require("date", "give the day of the retest");
        let result = fields.choice("result", &RetestResult::WORDS);
        fields.require("result", "say result = \"closed\" or \"open\"");
        let note = self.note(text, &mut fields);
        let place = fields.place();
        let origin = fields.origin(&(place.start..place.end));
        fields.finish();
        Some(Retest { finding: finding?.value, date: date?, result: result?, note, origin })
    }
}

/// How a reviewer looked: one word or several.
fn methods(fields: &mut Fields<'_, '_>) -> Vec<ReviewMethod> {
    let Some(value) = fields.raw("method") else { return Vec::new() };
    let texts: Vec<At<String>> = match value.get_ref() {
        DeValue::Array(list) => list.iter().filter_map(|word| fields.as_text(word, "method").map(At::owned)).collect(),
        DeValue::String(_) => fields.as_text(value, "method").map(At::owned).into_iter().collect(),
        _ => {
            fields.mistyped(value, "method", "text or a list of texts");
            return Vec::new();
        }
    };
    let mut methods = Vec::new();
    for text in texts {
        match ReviewMethod::WORDS.iter().find(|(word, _)| *word == text.value) {
            Some((_, method)) if !methods.contains(method) => methods.push(*method),
            Some(_) => {}
            None => {
                let near = fields.nearest(&text.value, ReviewMethod::WORDS.map(|(word, _)| word));
                let place = fields.at(&text.span);
                let bad =
                    Diagnostic::new(Code::BadValue, place, format!("`{}` is no method", text.value)).nearest(near);
                fields.found.push(bad.help("methods: examine, interview, test"));
            }
        }
    }
    methods
}

/// What a reviewer looked at. A sample is no larger than what it is taken of.
fn looked_at(fields: &mut Fields<'_, '_>) -> LookedAt {
    let [population, sample, deviations] = ["population", "sample", "deviations"].map(|key| amount(fields, key));
    let count = |amount: &Option<At<String>>| amount.as_ref().and_then(|amount| amount.value.parse::<u64>().ok());
    for (part, whole, names) in
        [(&sample, &population, ["sample", "population"]), (&deviations, &sample, ["deviations", "sample"])]
    {
        if let (Some(at), Some(few), Some(many)) = (part, count(part), count(whole))
            && few > many
        {
            let message = format!("`{}` is {few}, and `{}` is only {many}", names[0], names[1]);
            fields.report(Code::BadValue, &at.span, message).help.push("correct one of them".to_owned());
        }
    }
    let text = |amount: Option<At<String>>| amount.map(|amount| amount.value.as_str().into()).unwrap_or_default();
    LookedAt { population: text(population), sample: text(sample), deviations: text(deviations) }
}

/// A count, or words for it.
fn amount(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<At<String>> {
    let value = fields.raw(key)?;
    match value.get_ref() {
        DeValue::String(_) => fields.as_text(value, key).map(At::owned),
        DeValue::Integer(_) => {
            let number = fields.as_integer(value, key, 0..=u32::MAX)?;
            Some(At { value: number.to_string(), span: value.span() })
        }
        _ => {
            fields.mistyped(value, key, "a whole number or text");
            None
        }
    }
}

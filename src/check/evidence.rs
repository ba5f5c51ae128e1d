//! Checks one evidence file: every control is known, every state is clear, and every item has a date in the valid period.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use toml::de::{DeTable, DeValue};

use super::artifact;
use super::fields::{At, Fields, KeyValue, in_file_order, unknown_key};
use super::measure::{self, FactReader};
use super::names::{EvidenceContext, Names};
use super::notes;
use super::seals::Sealing;
use super::syntax::{Parsed, SyntaxError, level_in_words};
use super::terms::{TEAM_HELP, header, known_kind, named_team, report_level};
use crate::base::excerpt::{Excerpt, Text};
use crate::base::layout::{COLLECTED_FILE, REVIEWS, is_collected};
use crate::base::number::{Level, grouped};
use crate::base::place::{Lines, Origin};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::workspace::{Entry, keep_line_ends};
use crate::model::assessment::InQuarter;
use crate::model::catalog::Control;
use crate::model::collected::{self, Collected, Collection};
use crate::model::collector::Collector;
use crate::model::evidence::{Answer, Artifact, Attestation, By, Claim, Inherited, Item, Kind, Period, Renewal, State};
use crate::model::ids::{ControlId, TeamId};
use crate::model::measure::{Value, age};
use crate::model::settings::Scale;

/// The content of one evidence file.
pub(super) struct FileRead {
    pub(super) given: Vec<GivenAnswer>,
    /// What collectors found, in their own file.
    pub(super) collected: Vec<(ControlId, Collected)>,
    /// What the collectors' own file says of itself.
    pub(super) collection: Option<Collection>,
    /// The path of each artifact that the evidence names, whether the file exists or not.
    pub(super) artifacts: Vec<String>,
    pub(super) found: Diagnostics,
}

/// Reads the evidence of a reviewer in a table of the file with this `text`: the items, and the path of each artifact that they name.
pub(super) fn items<'a, 'f: 'a>(
    context: &'a EvidenceContext<'a>,
    text: &'a Text,
    fields: &mut Fields<'f, '_>,
) -> (Vec<Item>, Vec<String>) {
    let (path, scale) = (Arc::clone(fields.path), &context.assessment.settings.scale);
    let mut reader = EvidenceReader {
        context,
        scale,
        quarter: None,
        team: None,
        days: None,
        sealing: Sealing::Open,
        by_machine: false,
        text,
        lines: fields.lines,
        attested: None,
        path,
        given: Vec::new(),
        collected: Vec::new(),
        artifacts: Vec::new(),
    };
    let items = fields.tables("evidence", |item| reader.item(item));
    (items, reader.artifacts)
}

/// One answer and the control it is for.
pub(super) struct GivenAnswer {
    pub(super) control: ControlId,
    /// The place of the `carried` mark, if there is one.
    pub(super) mark: Option<Place>,
    pub(super) answer: Answer,
}

/// Reads the evidence file at `path`, of `team` in `quarter` if they are known, into `found`.
pub(super) fn read(
    context: &EvidenceContext<'_>,
    path: &str,
    quarter: Option<InQuarter<'_>>,
    team: Option<TeamId>,
    mut found: Diagnostics,
) -> FileRead {
    let days = quarter.map(|quarter| Period { from: quarter.answers().opens, to: quarter.closes() });
    let scale = &quarter.map_or(&context.assessment.settings, InQuarter::settings).scale;
    let Some(Entry::Text(text)) = context.workspace.files.get(path) else {
        return FileRead { given: Vec::new(), collected: Vec::new(), collection: None, artifacts: Vec::new(), found };
    };
    let by_machine = is_collected(path);
    let sealing = context.sealed.sealing(path);
    let mut parsed = Parsed::part(path, text);
    found.extend(answered_twice(&mut parsed, context.names));
    let shared = Arc::clone(&parsed.path);
    let (given, collected, collection, artifacts) = parsed.read(&mut found, |mut fields| {
        let collection = by_machine.then(|| collection(&mut fields, text));
        let attested = fields.table("attested").filter(|_| !by_machine);
        let attested = attested.map(|table| Arc::new(attestation(table, days, Attests::File)));
        let (given, collected, artifacts, lines) = (Vec::new(), Vec::new(), Vec::new(), fields.lines);
        let mut reader = EvidenceReader {
            context,
            scale,
            quarter,
            team,
            days,
            sealing,
            by_machine,
            text,
            lines,
            attested,
            path: shared,
            given,
            collected,
            artifacts,
        };
        let own: &[&str] = if by_machine { &[collected::HEADER] } else { &["attested"] };
        reader.descend(&fields.rest(own), "", &mut fields);
        // `[PR.DS-02]` stands below `PR`, and `["PR.DS-02"]` beside it.
        reader.given.sort_by_key(|given| given.answer.origin.place.start);
        let collectors = &context.assessment.collectors;
        let collection = collection.map(|collection| compared(collection, &reader.collected, collectors));
        (reader.given, reader.collected, collection, reader.artifacts)
    });
    FileRead { given, collected, collection, artifacts, found }
}

/// What the collectors' file says of itself.
fn collection(fields: &mut Fields<'_, '_>, text: &str) -> Collection {
    let origin = fields.origin(&(0..0));
    let (gone, changed) = (Vec::new(), Vec::new());
    let Some(mut table) = fields.table(collected::HEADER) else {
        return Collection { rules: BTreeMap::new(), gone, changed, is_edited: false, origin };
    };
    let digest = table.text("sha256").map(|digest| digest.value);
    let rules = table.table("by").map(Fields::lists).unwrap_or_default();
    let rules = rules.into_iter().filter_map(|(name, digests)| Some((name.value, digests.into_iter().next()?)));
    let rules = rules.collect();
    table.finish();
    let is_edited = digest.is_some_and(|digest| digest != collected::digest(text));
    Collection { rules, gone, changed, is_edited, origin }
}

/// What of a file is not as its collectors are now.
fn compared(collection: Collection, found: &[(ControlId, Collected)], collectors: &[Collector]) -> Collection {
    let now = |name: &str| collectors.iter().find(|collector| collector.name == name);
    let items = found.iter().flat_map(|(_, collected)| &collected.evidence).filter_map(|item| item.collected.as_ref());
    let by: BTreeSet<&str> = items.map(|by| by.collector.as_str()).collect();
    let gone = by.into_iter().filter(|name| now(name).is_none()).map(str::to_owned).collect();
    let changed = collection.rules.iter().filter(|(name, rules)| now(name).is_some_and(|now| now.rules != **rules));
    let changed = changed.map(|(name, _)| name.clone()).collect();
    Collection { gone, changed, ..collection }
}

/// Duplicate answers: replaces the TOML error with one in the words of this file.
fn answered_twice(parsed: &mut Parsed<'_>, names: &Names) -> Vec<Diagnostic> {
    let text = parsed.text;
    let control = |error: &SyntaxError| {
        error.first.as_ref()?;
        let header = text[super::syntax::line_of(text, error.span.start)].trim();
        let id = path_of(header)?;
        names.control(&id).map(|_| id)
    };
    let (twice, other): (Vec<_>, Vec<_>) =
        std::mem::take(&mut parsed.errors).into_iter().partition(|e| control(e).is_some());
    parsed.errors = other;
    let path = &parsed.path;
    twice
        .iter()
        .filter_map(|error| {
            Some(duplicate(
                &control(error)?,
                Place::new(path, error.span.clone()),
                Place::new(path, error.first.clone()?),
            ))
        })
        .collect()
}

/// The joined path of the table that a line of TOML opens; `None` if it opens none.
fn path_of(header: &str) -> Option<String> {
    let (tree, _) = DeTable::parse_recoverable(header);
    let mut below = Some(tree.get_ref()).filter(|_| header.starts_with('['));
    let mut path: Option<String> = None;
    while let Some((key, value)) = below.and_then(|table| table.iter().next()) {
        path = Some(path.map_or_else(|| key.get_ref().to_string(), |path| format!("{path}.{}", key.get_ref())));
        below = value.get_ref().as_table();
    }
    path
}

/// The same control answered twice by one team in one quarter.
pub(super) fn duplicate(id: &str, again: Place, first: Place) -> Diagnostic {
    Diagnostic::new(Code::DuplicateAnswer, again, format!("`{id}` is answered twice"))
        .label("again here")
        .related(first, "first here")
        .help("keep one answer: one answer is one table, which holds all that a team says of a control in a quarter")
}

/// The most days between a quarter and the day of an attestation in it. More is no late or early signature but a wrong date.
const FARTHEST: i32 = 183;

/// What an attestation is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attests {
    File,
    Answer,
}

/// Reads `attested` of a file of the quarter with these days, or of an answer in it.
fn attestation(mut fields: Fields<'_, '_>, days: Option<Period>, what: Attests) -> Attestation {
    let (name, them) = if what == Attests::File { ("file", "these answers") } else { ("answer", "this answer") };
    let by = fields.required_text("by", &format!("give the role that stands behind this {name}")).map(|by| by.value);
    let on = fields.date("on");
    if let Some((days, on)) = days.zip(on.as_ref()) {
        let (before, after) = (age(on.value, days.from), days.age(on.value));
        let far = [(before, "before the quarter opens"), (after, "after the quarter ends")];
        if let Some((distance, where_from)) = far.into_iter().find(|(distance, _)| *distance > FARTHEST) {
            let message = format!("{} lies {} days {where_from}", on.value, grouped(distance.unsigned_abs() as usize));
            let report = fields.report(Code::AttestationDay, &on.span, message);
            let last = Attestation::last_day(days.to);
            report.help.push(format!("give the day on which the role looked at {them}, from {} to {last}", days.from));
        }
    }
    fields.finish();
    let of_answer = what == Attests::Answer;
    Attestation { of_answer, by: by.unwrap_or_default(), on: on.map(|on| on.value) }
}

/// The keys of an answer. A table with one of these keys is meant as an answer.
const ANSWER_KEYS: &[&str] =
    &["level", "facts", "not_applicable", "unknown", "note", "evidence", "carried", "attested", "inherited_from"];

/// The keys of a review file.
const REVIEW_KEYS: &[&str] = &["reviewer", "verdict", "finding", "retest", "drawn"];

/// The longest path, in bytes, that can lead to a control. Tables below a longer path are not read.
const LONGEST: usize = 400;

struct EvidenceReader<'a> {
    context: &'a EvidenceContext<'a>,
    /// The scale of the quarter.
    scale: &'a Scale,
    /// The quarter, if it is known.
    quarter: Option<InQuarter<'a>>,
    /// The team, if it is known.
    team: Option<TeamId>,
    /// The days of the quarter.
    days: Option<Period>,
    sealing: Sealing,
    /// Whether collectors wrote the file.
    by_machine: bool,
    text: &'a Text,
    lines: &'a Lines<'a>,
    /// Who attests the file.
    attested: Option<Arc<Attestation>>,
    path: Arc<str>,
    given: Vec<GivenAnswer>,
    collected: Vec<(ControlId, Collected)>,
    artifacts: Vec<String>,
}

impl EvidenceReader<'_> {
    /// Walks down to the answers. A table is an answer if its joined path is a control's id.
    fn descend<'t>(&mut self, entries: &[KeyValue<'t>], above: &str, fields: &mut Fields<'t, '_>) {
        for (key, value) in entries {
            let name = key.get_ref().as_ref();
            let id = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
            let place = Place::new(&self.path, key.span());
            let table = value.get_ref().as_table();
            match (self.control(&id), table) {
                (Some(control), Some(table)) => {
                    let below = self.answers_inside(&id, table);
                    // Headers of other answers alone make no answer: TOML gives such a table the place of its key.
                    if value.span() != key.span() || below.len() < table.len() {
                        let inside: Vec<&str> = below.iter().map(|(key, _)| key.get_ref().as_ref()).collect();
                        self.take(control, place, fields.inner(table, value.span()).without(&inside));
                    }
                    self.descend(&below, &id, fields);
                }
                (Some(_), None) => fields.found.push(
                    Diagnostic::new(
                        Code::WrongType,
                        Place::new(&self.path, value.span()),
                        format!("`{id}` is not a table"),
                    )
                    .help(format!("write {} and level = … below it", header(&id))),
                ),
                (None, Some(_)) if above.is_empty() && ANSWER_KEYS.contains(&name) => {
                    fields.found.push(outside(name, place));
                }
                (None, _) if above.is_empty() && REVIEW_KEYS.contains(&name) => {
                    fields.found.push(of_reviewer(name, place));
                }
                (None, Some(table)) if self.context.names.leads_to_control(&id) => {
                    if is_answer(table) {
                        self.not_a_control(&id, place, fields.found);
                    }
                    let mut below = in_file_order(table);
                    below.retain(|(key, _)| !ANSWER_KEYS.contains(&key.get_ref().as_ref()));
                    self.descend(&below, &id, fields);
                }
                // `[id.am-01]` is one unknown id, not the unknown id `id`.
                (None, Some(table))
                    if id.len() < LONGEST
                        && !is_answer(table)
                        && table.values().any(|below| below.get_ref().is_table()) =>
                {
                    self.descend(&in_file_order(table), &id, fields);
                }
                (None, _) if above.is_empty() && ANSWER_KEYS.contains(&name) => {
                    fields.found.push(outside(name, place));
                }
                (None, _) => self.not_a_control(&id, place, fields.found),
            }
        }
    }

    /// The control that `id` means in the quarter.
    fn control(&self, id: &str) -> Option<ControlId> {
        self.context.names.control_in(id, self.quarter)
    }

    /// Reports why `id` is not the id of a control. In a sealed file it was one.
    fn not_a_control(&self, id: &str, place: Place, found: &mut Diagnostics) {
        let EvidenceContext { names, sealed, .. } = self.context;
        match sealed.last().filter(|_| self.sealing == Sealing::Sealed) {
            Some(last) => found.extend(names.no_control_any_more(id, place, last)),
            None => names.not_a_control(id, place, found),
        }
    }

    /// The tables inside the answer `id` that are answers themselves, or lead to some: `[A.5.1.1]` stands inside `[A.5.1]`.
    fn answers_inside<'t>(&self, id: &str, table: &'t DeTable<'t>) -> Vec<KeyValue<'t>> {
        let names = self.context.names;
        let is_answer = |key: &str| {
            let joined = format!("{id}.{key}");
            names.control(&joined).is_some() || (!ANSWER_KEYS.contains(&key) && names.leads_to_control(&joined))
        };
        if !names.leads_to_control(id) {
            return Vec::new();
        }
        let mut inside = in_file_order(table);
        inside.retain(|(key, value)| value.get_ref().is_table() && is_answer(key.get_ref()));
        inside
    }

    /// Reads the answer for a control, whose id is written at `place`.
    fn take(&mut self, control: ControlId, place: Place, mut fields: Fields<'_, '_>) {
        if self.by_machine {
            self.take_collected(control, place, fields);
            return;
        }
        let state = self.state(&mut fields, control);
        let note = fields.lent_text("note");
        let lost = note.as_ref().filter(|_| self.sealing == Sealing::Open);
        let lost = lost.and_then(|note| notes::losses(note.value, fields.at(&note.span)));
        fields.found.extend(lost);
        let note = note.map(|note| self.excerpt(&note)).unwrap_or_default();
        let evidence = fields.tables("evidence", |item| self.item(item));
        let inherited = self.inherited(&mut fields, state.as_ref());
        let own = fields.table("attested").map(|table| Arc::new(attestation(table, self.days, Attests::Answer)));
        let attested = own.or_else(|| self.attested.clone());
        let carried = fields.boolean("carried") == Some(true);
        let mark = fields.key_span("carried").filter(|_| carried).map(|span| fields.at(&span));
        fields.finish();
        let Some(state) = state else { return };
        let origin = self.origin(place);
        let renewal = if carried { Renewal::Carried } else { Renewal::Given };
        let answer = Answer { state, note, evidence, inherited, attested, renewal, origin };
        self.given.push(GivenAnswer { control, mark, answer });
    }

    /// Reads what collectors found for a control. Only a person says more of it.
    fn take_collected(&mut self, id: ControlId, place: Place, mut fields: Fields<'_, '_>) {
        let control = self.context.assessment.control(id);
        for key in ANSWER_KEYS.iter().chain(&["approved_by"]).filter(|key| !matches!(**key, "facts" | "evidence")) {
            if let Some(span) = fields.key_span(key) {
                let report = fields.report(Code::CollectedClaim, &span, format!("`{key}` is for a person to say"));
                let below = header(control.called.name());
                report.help.push(format!(
                    "write it in another file, below {below}; {COLLECTED_FILE} has facts and evidence alone"
                ));
                let _ = fields.raw(key);
            }
        }
        let facts = fields.table("facts").map(|table| self.facts(table, control, &|_| true)).unwrap_or_default();
        let evidence = fields.tables("evidence", |item| self.item(item));
        fields.finish();
        let origin = self.origin(place);
        self.collected.push((id, Collected { facts, evidence, origin }));
    }

    /// What collectors found for a control of the same team and quarter.
    fn found_by_machine(&self, control: ControlId) -> Option<&Collected> {
        let (quarter, team) = self.quarter.zip(self.team)?;
        quarter.collected(control.of(team))
    }

    fn state(&self, fields: &mut Fields<'_, '_>, id: ControlId) -> Option<State> {
        let control = self.context.assessment.control(id);
        let collected = self.found_by_machine(id).filter(|found| !found.facts.is_empty());
        let measured = control.measure.as_ref();
        // With criteria, the facts decide the level and a given level is only a remark. Without criteria, the given level counts.
        let facts_count = measured.is_some() && (control.is_measured() || fields.key_span("level").is_none());
        let states = if facts_count {
            ["facts", "not_applicable", "unknown"].as_slice()
        } else {
            ["level", "not_applicable", "unknown"].as_slice()
        };
        let said: Vec<At<&str>> =
            states.iter().filter_map(|key| Some(At { value: *key, span: fields.key_span(key)? })).collect();
        let given = fields.key_span("facts").and_then(|_| {
            let elsewhere = |name: &str| collected.is_some_and(|found| found.facts.contains_key(name));
            fields.table("facts").map(|table| self.facts(table, control, &elsewhere))
        });
        let level = fields.key_span("level").and_then(|_| claim(fields, self.scale));
        let without_level = without_level(fields);
        // All of them are known here, whichever was given.
        for key in states {
            fields.raw(key);
        }
        let borrows = measured
            .filter(|_| control.is_measured())
            .is_some_and(|measure| measure.facts.values().all(|fact| fact.given_for.is_some()));
        match said.as_slice() {
            // All facts of this control are given with other controls. It may still have a note or evidence of its own.
            // A person takes on the facts that collectors found.
            [] if control.is_measured() && collected.is_some() => {
                Some(State::Assessed { claim: measured_claim(level, BTreeMap::new()) })
            }
            [] if borrows => Some(State::Assessed { claim: measured_claim(level, BTreeMap::new()) }),
            [] if states.iter().any(|state| fields.is_misspelt(state)) => None,
            // Their mistakes are already reported.
            [] if measured.is_none() && fields.key_span("facts").is_some() => None,
            [] => self.without_state(fields, control),
            [At { value: "facts", .. }] if !control.is_measured() => self.without_state(fields, control),
            [At { value: "facts", .. }] => given.map(|given| State::Assessed { claim: measured_claim(level, given) }),
            [_] => {
                let level = level.filter(|_| !facts_count).map(|claim| match measured {
                    Some(_) => measured_claim(Some(claim), given.unwrap_or_default()),
                    None => claim,
                });
                level.map(|claim| State::Assessed { claim }).or(without_level)
            }
            [one, two, ..] => {
                let message = format!("`{}` and `{}` cannot both be true", one.value, two.value);
                let conflict = Diagnostic::new(Code::ConflictingStates, fields.at(&two.span), message);
                let conflict = conflict.label("and this").related(fields.at(&one.span), "this");
                fields.found.push(conflict.help("keep one of them"));
                None
            }
        }
    }

    /// Reports an answer without a state.
    fn without_state(&self, fields: &mut Fields<'_, '_>, control: &Control) -> Option<State> {
        let place = fields.place();
        let part = ["note", "evidence"].into_iter().find(|key| fields.key_span(key).is_some());
        let missing = "this answer has no `level`, `unknown` or `not_applicable`";
        let missing = Diagnostic::new(Code::MissingState, place.clone(), missing);
        let missing = match &control.measure {
            Some(measure) if control.is_measured() => Some(measure::without_facts(measure, place)),
            // Its criteria may be in a part that could not be read.
            Some(_) if !self.context.names.are_all_known() => None,
            Some(_) => Some(missing.help("add level = …: the facts of this control serve others, and make no level here")),
            None => Some(missing.help("add level = …, unknown = \"why\" or not_applicable = \"why\"; or remove the table to leave the control unanswered")),
        };
        let one =
            |part| format!("one answer is one table: if the level or the facts stand elsewhere, move `{part}` there");
        fields
            .found
            .extend(missing.map(|missing| part.into_iter().fold(missing, |missing, part| missing.help(one(part)))));
        None
    }

    /// Reads `inherited_from` of an answer that says `state`.
    fn inherited(&self, fields: &mut Fields<'_, '_>, state: Option<&State>) -> Option<Box<Inherited>> {
        let span = fields.key_span("inherited_from");
        if let (Some(span), Some(State::Unknown { .. } | State::NotApplicable { .. })) = (&span, state) {
            let none = fields.report(Code::BadInheritance, span, "an answer without a level inherits nothing");
            none.help.push("give the level that the team claims, or remove `inherited_from`".to_owned());
        }
        let mut table = fields.table("inherited_from")?;
        let team = table.required_text("team", "name the team whose answer this one stands on, by its id");
        let control = table.required_text("control", "name the control for which that team answers");
        let remains = table.required_lent_text("remains", "say what the team itself still has to do");
        let team =
            team.and_then(|name| named_team(&mut table, &name, &self.context.assessment.settings.teams, TEAM_HELP));
        let control = control.and_then(|id| {
            let known = self.control(&id.value);
            if known.is_none() {
                self.not_a_control(&id.value, table.at(&id.span), table.found);
            }
            known
        });
        let origin = table.origin(&span?);
        table.finish();
        Some(Box::new(Inherited { from: control?.of(team?), remains: self.excerpt(&remains?), origin }))
    }

    /// Reads facts. Those that are given `elsewhere` may be absent.
    fn facts(
        &self,
        table: Fields<'_, '_>,
        control: &Control,
        elsewhere: &dyn Fn(&str) -> bool,
    ) -> BTreeMap<String, Value> {
        match &control.measure {
            Some(measure) => {
                let (context, closes, sealing) = (self.context, self.closes(), self.sealing);
                FactReader { context, measure, closes, sealing }.read(table, elsewhere)
            }
            None => {
                let place = table.place();
                let none = Diagnostic::new(Code::UnknownFact, place, format!("`{}` measures no facts", control.id));
                table.found.push(none.help("give a level, or declare the facts in the control's catalog"));
                BTreeMap::new()
            }
        }
    }

    fn item(&mut self, mut fields: Fields<'_, '_>) -> Option<Item> {
        let kind = kind(&mut fields);
        let title = fields.required_lent_text("title", "name the thing so that an auditor can ask for it");
        let period = self.period(&mut fields);
        let url = fields.lent_text("url").inspect(|url| check_link(&mut fields, url));
        let artifact = self.artifact(&mut fields);
        let collected = self.by_machine.then(|| by(&mut fields)).flatten();
        let place = fields.place();
        fields.finish();
        Some(Item {
            kind: kind?,
            title: self.excerpt(&title?),
            period: period?,
            url: url.map(|url| self.excerpt(&url)).unwrap_or_default(),
            artifact,
            collected,
            origin: self.origin(place),
        })
    }

    fn period(&self, fields: &mut Fields<'_, '_>) -> Option<Period> {
        let given = (fields.key_span("date"), fields.key_span("covers"));
        let date = fields.date("date");
        let covers = fields.text("covers").and_then(|covers| covered(fields, covers));
        let period = match given {
            (Some(_), None) => {
                date.map(|date| At { value: Period { from: date.value, to: date.value }, span: date.span })?
            }
            (None, Some(_)) => covers?,
            _ => {
                let place = fields.place();
                let (message, help) = if given.0.is_some() {
                    ("this evidence has both `date` and `covers`", "keep `date` for one day, or `covers` for a period")
                } else {
                    (
                        "this evidence has no date",
                        "add date = 2026-09-30, or covers = \"2026-07-01..2026-09-30\" for a period",
                    )
                };
                fields.found.push(Diagnostic::new(Code::UndatedEvidence, place, message).help(help));
                return None;
            }
        };
        if let Some(closes) = self.closes().filter(|closes| period.value.to > *closes) {
            let message =
                format!("evidence of {} is younger than the quarter, which ends on {closes}", period.value.to);
            fields
                .report(Code::LateEvidence, &period.span, message)
                .help
                .push("it belongs to a later quarter".to_owned());
        }
        Some(period.value)
    }

    fn artifact(&mut self, fields: &mut Fields<'_, '_>) -> Option<Box<Artifact>> {
        let given = fields.text("sha256");
        let Some(file) = fields.text("file") else {
            if let (Some(given), None) = (given, fields.key_span("file")) {
                let report = fields.report(Code::MissingKey, &given.span, "`sha256` is given without `file`");
                report.help.push("name the artifact whose digest it is: file = \"artifacts/…\"".to_owned());
            }
            return None;
        };
        let resolved = artifact::resolve(&self.path, &file.value);
        self.artifacts.extend(resolved.as_ref().ok().cloned());
        let checked =
            resolved.and_then(|path| artifact::digest(self.context.workspace, &path).map(|sha256| (path, sha256)));
        let (path, sha256) = match checked {
            Ok(checked) => checked,
            Err(refusal) => {
                let mut found = refusal.diagnostic(&file.value, fields.at(&file.span));
                if let Some(found) = found.as_mut().filter(|_| self.by_machine) {
                    found.help = vec![COLLECT_AGAIN.to_owned()];
                }
                fields.found.extend(found);
                return None;
            }
        };
        let artifact = Artifact { path, sha256 };
        self.is_attested(fields, &artifact, &file, given).then(|| Box::new(artifact))
    }

    /// Whether the digest that is `given` with a `file` is that of the artifact. Reports it if not.
    fn is_attested(
        &self,
        fields: &mut Fields<'_, '_>,
        Artifact { path, sha256 }: &Artifact,
        file: &At<String>,
        given: Option<At<String>>,
    ) -> bool {
        let line = format!("sha256 = \"{sha256}\"");
        let Some(given) = given else {
            let message = format!("`{}` is given without its sha256", file.value);
            fields.report(Code::ArtifactDigest, &file.span, message).help.push(format!("add {line}"));
            return false;
        };
        let exchanged = self.context.workspace.digest_exchanged(path);
        if exchanged.is_some_and(|other| given.value.eq_ignore_ascii_case(&other)) {
            let message = format!("only the line ends of `{}` differ from the file that was attested", file.value);
            let report = fields.report(Code::ArtifactDigest, &given.span, message);
            report.help.push(keep_line_ends(path));
            return false;
        }
        if given.value.eq_ignore_ascii_case(sha256) {
            return true;
        }
        let is_digest = given.value.len() == 64 && given.value.bytes().all(|b| b.is_ascii_hexdigit());
        let (message, help) = if is_digest {
            (format!("`{}` is not the file that was attested", file.value), "bring the file back, or if it is right")
        } else {
            ("this is not a SHA-256, which has 64 hexadecimal digits".to_owned(), "if the file is right")
        };
        let report = fields.report(Code::ArtifactDigest, &given.span, message);
        report.label = "does not match".to_owned();
        report.help.push(if self.by_machine { COLLECT_AGAIN.to_owned() } else { format!("{help} write {line}") });
        false
    }

    /// The last day of the quarter.
    fn closes(&self) -> Option<Date> {
        self.days.map(|days| days.to)
    }

    fn excerpt(&self, text: &At<&str>) -> Excerpt {
        Excerpt::of_toml(self.text, &text.span, text.value)
    }

    fn origin(&self, place: Place) -> Origin {
        Origin { line: self.lines.number(place.start), place }
    }
}

/// What to do about a file that a collector kept and that is lost or another one. Nobody writes a digest into the collectors' file.
const COLLECT_AGAIN: &str = "bring it back from git, or run `milepost collect` with the file in the inbox";

/// Reports a key of an answer that stands outside of every answer.
fn outside(name: &str, place: Place) -> Diagnostic {
    let message = format!("`{name}` belongs to an answer, and stands outside of one");
    let help = match name {
        "evidence" => "write [[PR.DS-11.evidence]], or evidence = [{ … }] below [PR.DS-11]".to_owned(),
        "attested" => {
            "write attested = { by = \"…\" } below [PR.DS-11], or at the top of the file for all its answers".to_owned()
        }
        "facts" => "write [PR.DS-11.facts], or facts = { … } below [PR.DS-11]".to_owned(),
        "inherited_from" => {
            "write inherited_from = { team = \"…\", control = \"…\", remains = \"…\" } below [PR.DS-11]".to_owned()
        }
        name => format!("put it below the control that it is about: [PR.DS-11], then {name} = …"),
    };
    Diagnostic::new(Code::UnknownControl, place, message).help(help)
}

/// Reports what only a reviewer may write in a team's file.
fn of_reviewer(name: &str, place: Place) -> Diagnostic {
    let message = format!("`{name}` belongs to a review, and a team's file holds none");
    let misplaced = Diagnostic::new(Code::MisplacedVerdict, place, message);
    misplaced.help(format!("move it to a file of the reviewer's own: content/QUARTER/{REVIEWS}/REVIEWER.toml"))
}

fn is_answer(table: &DeTable<'_>) -> bool {
    ANSWER_KEYS.iter().any(|key| table.contains_key(*key))
}

/// Reads `level`: one level, or one level for each dimension.
fn claim(fields: &mut Fields<'_, '_>, scale: &Scale) -> Option<Claim> {
    if scale.dimensions.is_empty() {
        let word = fields.raw("level").filter(|value| level_is_a_word(value.get_ref()));
        if let Some(value) = word {
            let word = value.get_ref().as_str().unwrap_or_default().trim();
            let named = scale.levels.iter().position(|level| level.name.eq_ignore_ascii_case(word));
            let help = match named.map(|index| scale.whole(index).shown()) {
                Some(number) => format!("write the level's number, without quotes: level = {number}"),
                None => level_in_words(word),
            };
            fields.mistyped(value, "level", "a number").help.push(help);
            return None;
        }
        let level = fields.level("level", Code::BadLevel)?;
        return on_scale(fields, &level, scale).map(Claim::Level);
    }
    let names: Vec<&str> = scale.dimensions.iter().map(|dimension| dimension.name.as_str()).collect();
    let shape = || names.iter().map(|name| format!("{name} = …")).collect::<Vec<_>>().join(", ");
    let value = fields.raw("level")?;
    if !value.get_ref().is_table() {
        let report = fields.report(Code::WrongType, &value.span(), "this workspace gives a level for each dimension");
        report.help.push(format!("write level = {{ {} }}", shape()));
        return None;
    }
    let mut table = fields.table("level")?;
    let mut levels: Vec<Option<Level>> = vec![None; names.len()];
    let entries = table.rest(&[]);
    for (key, value) in &entries {
        match names.iter().position(|name| *name == key.get_ref().as_ref()) {
            Some(index) => {
                let level = table.as_level(value, names[index], Code::BadLevel);
                levels[index] = level.and_then(|level| on_scale(&mut table, &level, scale));
            }
            None => {
                let place = table.at(&key.span());
                let near = table.nearest(key.get_ref(), names.iter().copied());
                table.found.push(unknown_key(key.get_ref(), place, &names, near));
            }
        }
    }
    let given = |name: &str| {
        entries.iter().any(|(key, _)| key.get_ref() == name || table.nearest(key.get_ref(), [name]).is_some())
    };
    if let Some(name) = names.iter().find(|name| !given(name)) {
        let place = table.place();
        let missing = Diagnostic::new(Code::MissingKey, place, format!("`{name}` is missing"));
        table.found.push(missing.help(format!("give every dimension: level = {{ {} }}", shape())));
    }
    levels.into_iter().collect::<Option<_>>().map(Claim::Dimensions)
}

/// Whether a level is text, and not a number between quotation marks.
fn level_is_a_word(value: &DeValue<'_>) -> bool {
    value.as_str().is_some_and(|text| Level::parse(text.trim()).is_none() && !text.trim().ends_with('%'))
}

fn measured_claim(said: Option<Claim>, given: BTreeMap<String, Value>) -> Claim {
    let said = said.and_then(|said| if let Claim::Level(level) = said { Some(level) } else { None });
    Claim::Facts { given, said }
}

fn on_scale(fields: &mut Fields<'_, '_>, level: &At<Level>, scale: &Scale) -> Option<Level> {
    if scale.holds(level.value) {
        return Some(level.value);
    }
    report_level(fields, level, scale);
    None
}

/// The state that `not_applicable` or `unknown` gives, if one of them does.
fn without_level(fields: &mut Fields<'_, '_>) -> Option<State> {
    let excluded = fields.key_span("not_applicable").and_then(|_| {
        let reason = reason(fields, "not_applicable");
        let approved_by = fields.text_or_empty("approved_by").as_str().into();
        Some(State::NotApplicable { reason: reason?.as_str().into(), approved_by })
    });
    let unknown = fields.key_span("unknown").and_then(|_| reason(fields, "unknown"));
    excluded.or_else(|| unknown.map(|why| State::Unknown { why }))
}

/// The required text of `not_applicable` and `unknown`.
fn reason(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<String> {
    let value = fields.raw(key)?;
    let text = value.get_ref().as_str().map(str::trim).filter(|text| !text.is_empty());
    if text.is_none() {
        let place = value.span();
        fields
            .report(Code::MissingReason, &place, format!("`{key}` comes without a reason"))
            .help
            .push(format!("write the reason as text: {key} = \"…\""));
    }
    text.map(str::to_owned)
}

fn kind(fields: &mut Fields<'_, '_>) -> Option<Kind> {
    let text = fields.required_text(
        "kind",
        "say what sort of evidence it is: test, metric, record, document, interview or assertion",
    )?;
    known_kind(fields, &text)
}

/// The collector that wrote an item.
fn by(fields: &mut Fields<'_, '_>) -> Option<Box<By>> {
    let collector = fields.required_text("by", "name the collector that wrote this");
    let gives = fields.table("gives").map(Fields::lists).unwrap_or_default();
    let gives = gives.into_iter().filter_map(|(fact, paths)| Some((fact.value, paths.into_iter().next()?)));
    Some(Box::new(By { collector: collector?.value, gives: gives.collect() }))
}

fn covered(fields: &mut Fields<'_, '_>, text: At<String>) -> Option<At<Period>> {
    let dates = text.value.split_once("..").and_then(|(from, to)| Some((strict_date(from)?, strict_date(to)?)));
    let wrong = match dates {
        Some((from, to)) if from <= to => return Some(At { value: Period { from, to }, span: text.span }),
        Some(_) => "ends before it starts",
        None => "is not a period",
    };
    fields
        .report(Code::BadPeriod, &text.span, format!("`{}` {wrong}", text.value))
        .help
        .push("write the first and the last day: covers = \"2026-07-01..2026-09-30\"".to_owned());
    None
}

/// Parses a date of exactly the form `2026-09-30`.
fn strict_date(text: &str) -> Option<Date> {
    let date: Date = text.parse().ok()?;
    (date.to_string() == text).then_some(date)
}

fn check_link(fields: &mut Fields<'_, '_>, url: &At<&str>) {
    if !crate::base::link::is_safe(url.value) {
        let message = if url.value.is_empty() {
            "`url` is empty".to_owned()
        } else {
            format!("`{}` cannot be linked to", url.value)
        };
        fields
            .report(Code::BadLink, &url.span, message)
            .help
            .push("links start with https://, http:// or mailto: and hold no spaces; a file of this workspace is given as file = \"…\"".to_owned());
    }
}

//! Makes what collectors write for a team: facts and evidence of the files that are kept.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::extract;
use super::take::{ControlPart, FoundValue, GivenValue, TakenValues, Told, shown};
use crate::base::excerpt::Excerpt;
use crate::base::number::{MILLIONTHS, millionths};
use crate::base::place::Origin;
use crate::base::text::cut;
use crate::load::workspace::sha256;
use crate::model::assessment::InQuarter;
use crate::model::collected::Collected;
use crate::model::collector::{Collector, KEPT, Keep, ResultFormat, ResultMapping};
use crate::model::evidence::{Artifact, By, Item, Period};
use crate::model::ids::{AnswerId, ControlId, TeamId};
use crate::model::measure::{FactKind, Value};

/// A result file that counts: it is kept, or will be.
#[derive(Clone, Debug)]
pub struct ResultSource<'a> {
    /// The collector that takes it.
    pub collector: &'a Collector,
    /// Its mapping.
    pub mapping: &'a ResultMapping,
    /// Its path in the workspace once it is kept.
    pub path: String,
    /// SHA-256 of what is kept.
    pub sha256: String,
    /// Its day.
    pub day: Date,
    /// The digest of the rules by which its values were taken.
    pub rules: String,
    /// What it gives.
    pub taken: TakenValues,
}

/// A collector, and the mapping by which it reads its files.
#[derive(Clone, Copy, Debug)]
pub struct CollectorMap<'a> {
    /// The collector.
    pub collector: &'a Collector,
    /// Its mapping.
    pub mapping: &'a ResultMapping,
}

/// A file as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The end of its name: `json`, `extract.json`.
    pub ending: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
    /// What there is to say of it.
    pub told: Option<String>,
}

/// Files up to this size are kept whole, in bytes: a check reads what it keeps.
const WHOLE: usize = 1 << 20;

/// What is kept of a file.
pub fn keep(source: &TakenValues, by: CollectorMap<'_>, bytes: Vec<u8>, day: Date) -> Kept {
    let CollectorMap { collector, mapping } = by;
    let told = match collector.keep {
        Keep::Extract => None,
        Keep::Copy if bytes.len() > WHOLE => {
            Some("it is larger than 1 MiB, so only the values that are used are kept".to_owned())
        }
        Keep::Copy => {
            let ending = match mapping.format {
                ResultFormat::Json => "json",
                ResultFormat::JsonLines => "jsonl",
                ResultFormat::Csv => "csv",
                ResultFormat::Xml => "xml",
            };
            return Kept { ending, bytes, told: None };
        }
    };
    let text = extract::print(source, &mapping.name, &collector.rules, &sha256(&bytes), day);
    Kept { ending: extract::ENDING, bytes: text.into_bytes(), told }
}

/// Where a file is kept: below the folder of the team in the quarter.
pub fn path(team_folder: &str, collector: &Collector, day: Date, ending: &str) -> String {
    format!("{team_folder}/{KEPT}/{}-{day}.{ending}", collector.name)
}

/// What the collectors of a team make of their files.
#[derive(Debug, Default)]
pub struct Gathered {
    /// By control, in the order of the catalogs.
    pub controls: BTreeMap<ControlId, Collected>,
    /// What was left out, with the name of its collector.
    pub told: Vec<(String, Told)>,
    /// Why nothing can be written: two collectors give one fact.
    pub refused: Vec<String>,
}

/// Puts together what files say for `team` in `quarter`.
pub fn gather(quarter: InQuarter<'_>, team: TeamId, sources: &[ResultSource<'_>]) -> Gathered {
    let mut gathered = Gathered::default();
    for source in sources {
        let name = &source.collector.name;
        gathered.told.extend(source.taken.told.iter().map(|told| (name.clone(), told.clone())));
        for part in &source.taken.parts {
            add(quarter, team, source, part, &mut gathered);
        }
    }
    gathered
}

/// Why a file would give nothing; `None` if it is evidence of a control at least.
pub fn says_nothing(quarter: InQuarter<'_>, team: TeamId, source: &ResultSource<'_>) -> Option<String> {
    let gathered = gather(quarter, team, std::slice::from_ref(source));
    let said = |Told { at, why, .. }: &Told| if at.is_empty() { why.clone() } else { format!("{at}: {why}") };
    let whys: Vec<String> = gathered.told.iter().take(WHYS).map(|(_, told)| said(told)).collect();
    let why = if whys.is_empty() { String::new() } else { format!(": {}", whys.join("; ")) };
    gathered.controls.is_empty().then(|| format!("it says nothing of a control{why}"))
}

/// The rules of each collector that wrote something, by its name.
pub fn rules(sources: &[ResultSource<'_>]) -> BTreeMap<String, String> {
    sources.iter().map(|source| (source.collector.name.clone(), source.rules.clone())).collect()
}

/// Adds what a file says of one control.
fn add(quarter: InQuarter<'_>, team: TeamId, source: &ResultSource<'_>, part: &ControlPart, gathered: &mut Gathered) {
    let ResultSource { collector, mapping, .. } = source;
    let mut tell = |at: &str, why: String| gathered.told.push((collector.name.clone(), Told::new(at, why)));
    let name = collector.control.as_ref().or(part.control.as_ref()).or(mapping.control.as_ref());
    let Some(name) = name else { return };
    let control = match control_in(quarter, team, name) {
        Ok(control) => control,
        Err(why) => return tell(&cut(name, QUOTED), why),
    };
    let mut facts: BTreeMap<String, Value> = BTreeMap::new();
    let mut gives = BTreeMap::new();
    for (fact, given) in &part.facts {
        match typed(quarter, control, fact, given) {
            Ok(value) => {
                facts.insert(fact.clone(), value);
                gives.insert(fact.clone(), given.at.clone());
            }
            Err(why) => tell(&format!("{name}, fact {fact}"), why),
        }
    }
    if gives.is_empty() && part.counts.is_empty() && !mapping.facts.is_empty() {
        return tell(name, "none of its facts can be had, so it is no evidence".to_owned());
    }
    let collected = gathered.controls.entry(control).or_default();
    for fact in facts.keys().filter(|fact| collected.facts.contains_key(*fact)) {
        let other = collected.item_of(fact).and_then(|item| item.collected.as_ref());
        let other = other.map_or("", |by| by.collector.as_str());
        let both = format!("`{other}` and `{}` both give the fact `{fact}` of {name}: leave it to one", collector.name);
        gathered.refused.push(both);
    }
    collected.facts.extend(facts);
    collected.evidence.push(item(source, part, gives));
}

/// The evidence that a file is.
fn item(source: &ResultSource<'_>, part: &ControlPart, gives: BTreeMap<String, String>) -> Item {
    let ResultSource { collector, mapping, path, sha256, day, .. } = source;
    let title = collector.title.as_ref().unwrap_or(&mapping.title);
    let title = if part.counts.is_empty() { title.clone() } else { format!("{title}: {}", part.counts.join(", ")) };
    Item {
        kind: collector.kind.unwrap_or(mapping.kind),
        title: cut(&title, TITLE).as_str().into(),
        period: Period { from: *day, to: *day },
        url: Excerpt::default(),
        artifact: Some(Box::new(Artifact { path: path.clone(), sha256: sha256.clone() })),
        collected: Some(Box::new(By { collector: collector.name.clone(), gives })),
        origin: Origin::not_shown(),
    }
}

/// The most characters of a title.
const TITLE: usize = 300;
/// The most characters of a name or value in a message.
const QUOTED: usize = 60;
/// The most reported reasons why a file gives nothing.
const WHYS: usize = 5;
/// The most doubts about one file that are reported.
const DOUBTS: usize = 20;

/// The control called `name`, for which the team is asked.
fn control_in(quarter: InQuarter<'_>, team: TeamId, name: &str) -> Result<ControlId, String> {
    let assessment = quarter.assessment;
    let Some(control) = quarter.control_called(name) else { return Err(no_control(quarter, name)) };
    let named = &assessment.team(team).name;
    if !quarter.is_asked(AnswerId { control, team }) {
        return Err(format!("{named} is not asked for it in {}", quarter.name()));
    }
    Ok(control)
}

/// Why there is no control of this name.
pub fn no_control(quarter: InQuarter<'_>, name: &str) -> String {
    let mut frameworks = quarter.assessment.frameworks.iter();
    match frameworks.find_map(|framework| framework.withdrawn.get(name)) {
        Some(withdrawn) => format!("it is an id of an earlier edition; {}", withdrawn.successors()),
        None => "no catalog in use has this control".to_owned(),
    }
}

/// What must be said of names in rows: that they read like ids that were withdrawn, and so may mean something else than the control of
/// today; and of ids that are not used, that they are in no catalog.
pub fn doubts(quarter: InQuarter<'_>, taken: &TakenValues) -> Vec<String> {
    let plain = |id: &str| {
        let parts = id.split(['.', '-', '_']).map(|part| part.trim_start_matches('0').to_lowercase());
        parts.collect::<Vec<_>>()
    };
    let frameworks = || quarter.assessment.frameworks.iter();
    let withdrawn: Vec<(Vec<String>, &String)> =
        frameworks().flat_map(|framework| framework.withdrawn.keys()).map(|id| (plain(id), id)).collect();
    let known: Vec<Vec<String>> =
        frameworks().flat_map(|framework| &framework.controls).map(|control| plain(&control.id)).collect();
    let doubt = |(name, is_used): (&String, bool)| {
        let wanted = plain(name);
        if wanted.len() < 2 {
            return None;
        }
        match withdrawn.iter().find(|(parts, _)| parts.ends_with(&wanted)) {
            Some((_, old)) => Some(format!(
                "`{}` reads like {old}, an id of an earlier edition that was withdrawn; {}",
                cut(name, QUOTED),
                if is_used { "look at what its rows ask for" } else { "it is not used" }
            )),
            None if !is_used && !known.iter().any(|parts| parts.ends_with(&wanted)) => {
                Some(format!("`{}` is the id of no control of any edition; it is not used", cut(name, QUOTED)))
            }
            None => None,
        }
    };
    let used = taken.names.iter().map(|name| (name, true));
    let mut doubts = used.chain(taken.beside.iter().map(|name| (name, false))).filter_map(doubt);
    let mut told: Vec<String> = doubts.by_ref().take(DOUBTS).collect();
    told.extend(doubts.next().map(|_| "there are more such ids in it".to_owned()));
    told
}

/// The value of a fact, as the catalog declares it.
///
/// # Errors
/// A sentence without a full stop: the control has no such fact, or the value is none of it.
pub fn typed(quarter: InQuarter<'_>, control: ControlId, name: &str, given: &GivenValue) -> Result<Value, String> {
    let control = quarter.control(control);
    let fact = control.measure.as_ref().and_then(|measure| measure.facts.get(name));
    let Some(fact) = fact else { return Err(format!("`{}` has no fact of this name", control.id)) };
    if let Some(source) = fact.given_for {
        return Err(format!("it is given with {}", quarter.control(source).called.name()));
    }
    let shown_value = given.value.shown();
    let wrong = || format!("{} is no {}", cut(&shown_value, QUOTED), fact.kind.noun());
    let value = match fact.kind {
        FactKind::Boolean => match &given.value {
            FoundValue::Boolean(truth) => Value::Boolean(*truth),
            FoundValue::Text(text) => match text.trim().to_lowercase().as_str() {
                "true" => Value::Boolean(true),
                "false" => Value::Boolean(false),
                _ => return Err(wrong()),
            },
            FoundValue::Number(_) | FoundValue::Day(_) => return Err(wrong()),
        },
        FactKind::Date => {
            let day = match &given.value {
                FoundValue::Day(day) => Some(*day),
                FoundValue::Text(_) | FoundValue::Number(_) => super::take::day_of(&shown_value),
                FoundValue::Boolean(_) => None,
            };
            let day = day.ok_or_else(wrong)?;
            if day > quarter.closes() {
                return Err(format!("{day} is after the quarter, which ends on {}", quarter.closes()));
            }
            Value::Date(day)
        }
        FactKind::Integer | FactKind::Number => {
            let number = given.value.number().map(|number| shown(&number));
            let number = number.and_then(|number| millionths(&number, 12)).ok_or_else(wrong)?;
            if fact.kind == FactKind::Integer && number % MILLIONTHS != 0 {
                return Err(wrong());
            }
            if !fact.range.holds(number) {
                return Err(format!("{} is out of range", fact.with_unit(number)));
            }
            Value::Number(number)
        }
    };
    Ok(value)
}

//! Checks a control's `facts` and `criteria`: each condition fits the type of its fact and can be met.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fields::{AMOUNT_DIGITS, At, Fields, KeyValue, amount, number_as_written};
use super::names::{EvidenceContext, Names};
use super::rules::off_whole;
use super::seals::Sealing;
use super::terms::header;
use crate::base::number::{Level, MILLIONTHS, grouped, millionths, plain};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};
use crate::model::assessment::Assessment;
use crate::model::catalog::Framework;
use crate::model::ids::{ControlId, FrameworkId, Table};
use crate::model::measure::{Between, Condition, Criterion, Fact, FactKind, Measure, Requirement, Value};
use crate::model::settings::Scale;

/// The parts of a control that can be checked only when every catalog and the scale are known.
pub(super) struct Pending {
    /// The framework's id.
    pub(super) framework: String,
    /// The control's id.
    pub(super) control: String,
    /// The controls whose facts this control uses, and where they are named.
    pub(super) facts_from: Vec<(String, Place)>,
    /// The levels that the control's criteria name.
    pub(super) levels: Vec<(Level, Place)>,
    /// The levels from which the control needs evidence.
    pub(super) needs: Vec<(Level, Place)>,
    /// The controls that take the control's place, and where they are named.
    pub(super) replaced_by: Vec<(String, Place)>,
}

/// Reads `facts`, `facts_from` and `criteria`.
pub(super) fn read(fields: &mut Fields<'_, '_>, pending: &mut Pending) -> Option<Measure> {
    let given = ["facts", "facts_from", "criteria"].map(|key| fields.key_span(key));
    let facts = fields.table("facts").map(facts).unwrap_or_default();
    pending.facts_from = sources(fields);
    let mut criteria = fields.tables("criteria", |criterion| read_criterion(criterion, &mut pending.levels));
    if let [None, None, Some(span)] = &given {
        // Reported once here, not again for each condition.
        criteria.clear();
        fields.report(Code::BadCriteria, span, "criteria are given without the facts that they judge").help.push(
            "declare them, as in facts = { copies = \"integer\" }, or name another control in facts_from".to_owned(),
        );
    }
    let measured = given.iter().any(Option::is_some);
    measured.then_some(Measure { facts, criteria })
}

/// One id, or a list of them.
fn sources(fields: &mut Fields<'_, '_>) -> Vec<(String, Place)> {
    let Some(value) = fields.raw("facts_from") else { return Vec::new() };
    let ids = match value.get_ref() {
        DeValue::String(_) => fields.text("facts_from").into_iter().collect(),
        _ => fields.texts("facts_from").unwrap_or_default(),
    };
    ids.into_iter().map(|id| (id.value, fields.at(&id.span))).collect()
}

/// The most facts of a control: its own facts and those that it takes from other controls.
const FACTS: usize = 100;

/// `copies = "integer"`, or `copies = { type = "integer", means = "…" }`.
fn facts(mut fields: Fields<'_, '_>) -> BTreeMap<String, Fact> {
    let mut facts = BTreeMap::new();
    let mut entries = fields.rest(&[]);
    if entries.len() > FACTS {
        let place = fields.place();
        let message = format!("a control has at most {FACTS} facts, this one has {}", grouped(entries.len()));
        fields.found.push(Diagnostic::new(Code::BadCriteria, place, message).help("split the control"));
        entries.truncate(FACTS);
    }
    for (key, value) in entries {
        let fact = match value.get_ref().as_table() {
            Some(table) => declared(fields.inner(table, value.span())),
            None => {
                let kind = fields.as_text(value, key.get_ref());
                kind.and_then(|kind| known_kind(&mut fields, &kind)).map(Fact::of)
            }
        };
        facts.extend(fact.map(|fact| (key.get_ref().to_string(), fact)));
    }
    facts
}

/// `{ type = "number", unit = "percent", means = "…" }`
fn declared(mut fields: Fields<'_, '_>) -> Option<Fact> {
    let kind = fields.required_lent_text("type", "say what sort of value it has: integer, number, boolean or date");
    let kind = kind.and_then(|kind| known_kind(&mut fields, &kind));
    let [means, unit] = ["means", "unit"].map(|key| Arc::from(fields.text_or_empty(key)));
    let mut fact = Fact { means, unit, ..Fact::of(kind.unwrap_or(FactKind::Number)) };
    if fact.is_percentage() {
        fact.range = Between { low: 0, high: 100 * MILLIONTHS };
    }
    let [min, max] = ["min", "max"].map(|key| limit(&mut fields, key));
    fact.range = Between { low: min.unwrap_or(fact.range.low), high: max.unwrap_or(fact.range.high) };
    let numeric = matches!(fact.kind, FactKind::Integer | FactKind::Number);
    let spans = ["unit", "min", "max"].map(|key| fields.key_span(key).map(|span| (key, span)));
    if let Some((key, span)) = spans.into_iter().flatten().next_back() {
        if !numeric {
            let message = format!("`{key}` is for numbers, and this fact is of type {}", fact.kind.name());
            fields.report(Code::BadValue, &span, message).help.push(format!("leave `{key}` out"));
        } else if fact.range.is_empty(fact.kind == FactKind::Integer) {
            let Between { low, high } = fact.range;
            let message = format!("no {} lies between {} and {}", fact.kind.noun(), plain(low), plain(high));
            let report = fields.report(Code::BadValue, &span, message);
            report.help.push("`min` and `max` are the lowest and the highest value, both allowed".to_owned());
        }
    }
    fields.finish();
    Some(Fact { kind: kind?, ..fact })
}

fn known_kind(fields: &mut Fields<'_, '_>, text: &At<&str>) -> Option<FactKind> {
    let kind = FactKind::ALL.into_iter().find(|known| known.name() == text.value);
    if kind.is_none() {
        let near = fields.nearest(text.value, FactKind::ALL.map(FactKind::name));
        let place = fields.at(&text.span);
        let unknown = Diagnostic::new(Code::BadValue, place, format!("`{}` is no type of fact", text.value));
        fields.found.push(unknown.nearest(near).help("types: integer, number, boolean, date"));
    }
    kind
}

/// The number of `min` or `max`, in millionths.
fn limit(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<i64> {
    let value = fields.raw(key)?;
    read_number(fields, key, value, FactKind::Number)
}

fn read_criterion(mut fields: Fields<'_, '_>, levels: &mut Vec<(Level, Place)>) -> Option<Criterion> {
    let level = fields.level("level", Code::BadLevel);
    let missing = fields.key_span("level").is_none();
    let empty = fields.raw("require").is_none_or(|value| value.get_ref().as_table().is_some_and(DeTable::is_empty));
    let require = fields.table("require").map(requirements);
    let place = fields.place();
    if missing || empty {
        let what = if missing { "no level" } else { "no conditions" };
        let bad = Diagnostic::new(Code::BadCriteria, place, format!("this criterion has {what}"));
        fields.found.push(bad.help("write it as level = 3 and require = { copies = \">= 3\" }"));
    }
    levels.extend(level.as_ref().map(|level| (level.value, fields.at(&level.span))));
    fields.finish();
    Some(Criterion { level: level?.value, require: require? })
}

fn requirements(mut fields: Fields<'_, '_>) -> Vec<Requirement> {
    let mut out = Vec::new();
    for (key, value) in fields.rest(&[]) {
        let span = key.span().start..value.span().end;
        match condition(value.get_ref()) {
            Some((condition, written)) => {
                let origin = fields.origin(&span);
                out.push(Requirement { fact: key.get_ref().to_string(), condition, written, origin });
            }
            None => {
                let message = format!("the condition on `{}` cannot be read", key.get_ref());
                let help = "write true, false, a number, \">= 3\", \"< 15\", or \"<= 92d\" for the age of a date";
                fields.report(Code::BadCriteria, &value.span(), message).help.push(help.to_owned());
            }
        }
    }
    out.sort_by_key(|requirement| requirement.origin.place.start);
    out
}

/// A condition and its text: `true`, `0`, `">= 3"`, `"<= 92d"`.
fn condition(value: &DeValue<'_>) -> Option<(Condition, String)> {
    let text = match value {
        DeValue::Boolean(truth) => return Some((Condition::Is(*truth), truth.to_string())),
        DeValue::String(text) => text.trim(),
        _ => {
            let amount = amount(value)?;
            let is = Condition::Number(Between { low: amount, high: amount });
            return Some((is, format!("= {}", plain(amount))));
        }
    };
    let signs = [">=", "<=", ">", "<", "="];
    let sign = signs.into_iter().find(|sign| text.starts_with(sign))?;
    let number = text[sign.len()..].trim();
    let days = number.strip_suffix('d').map(|days| days.trim().parse::<u16>().map(i64::from));
    let value = match &days {
        Some(days) => *days.as_ref().ok()?,
        None => millionths(number, AMOUNT_DIGITS)?,
    };
    let between = match sign {
        ">=" => Between { low: value, ..Between::ALL },
        ">" => Between { low: value + 1, ..Between::ALL },
        "<=" => Between { high: value, ..Between::ALL },
        "<" => Between { high: value - 1, ..Between::ALL },
        _ => Between { low: value, high: value },
    };
    let condition = if days.is_some() { Condition::Age(between) } else { Condition::Number(between) };
    Some((condition, format!("{sign} {number}")))
}

/// The facts that a control takes from other controls.
struct Loan {
    control: ControlId,
    facts: BTreeMap<String, Fact>,
    /// Whether all facts are known: false if a catalog is incomplete or a source of facts is wrong.
    whole: bool,
}

/// Finds the facts of other controls, and checks every condition against its fact.
pub(super) fn resolve(
    frameworks: &mut Table<FrameworkId, Framework>,
    pending: &[Pending],
    names: &Names,
    found: &mut Diagnostics,
) {
    let mut places: BTreeMap<(&str, &str), ControlId> = BTreeMap::new();
    for framework in frameworks.iter() {
        let controls = framework.controls.ids();
        places.extend(controls.map(|at| ((framework.id.as_str(), framework.controls[at].id.as_str()), at)));
    }
    let mut loans = Vec::new();
    for pending in pending {
        let Some(control) = places.get(&(pending.framework.as_str(), pending.control.as_str())) else { continue };
        loans.push(borrow(frameworks, names, *control, pending, found));
    }
    for Loan { control, facts, whole } in loans {
        let Some(measure) = frameworks[control.framework()].controls[control].measure.as_mut() else { continue };
        for (name, fact) in facts {
            measure.facts.entry(name).or_insert(fact);
        }
        judge(measure, whole, found);
    }
}

/// Reports the levels of catalogs that lie between two steps of the scale. A level above the scale is left out, and one at or below
/// its bottom is a condition of every level above it. So every catalog works on every scale.
pub(super) fn off_step(pending: &[Pending], assessment: &Assessment, found: &mut Diagnostics) {
    let scales = || assessment.since.iter().map(|since| &since.settings.scale);
    let all = || std::iter::once(&assessment.settings.scale).chain(scales());
    for pending in pending {
        for scale in all() {
            // A level that is wrong on two scales is reported once.
            let needs: Vec<_> =
                pending.needs.iter().filter(|(_, at)| !found.says(Code::BadLevel, at)).cloned().collect();
            off_whole(&needs, scale, found);
        }
    }
    for (level, place) in pending.iter().flat_map(|pending| pending.levels.iter().chain(&pending.needs)) {
        let is_between = |scale: &&Scale| (scale.bottom..=scale.top()).contains(level) && !scale.holds(*level);
        let Some(scale) = all().find(is_between) else { continue };
        let (bottom, top, step) = (scale.bottom.shown(), scale.top().shown(), scale.step.shown());
        let level = level.shown();
        let message = format!("level {level} is not on this workspace's scale of {bottom} to {top} in steps of {step}");
        let help = "bring the catalog's own levels in line with [scale] of milepost.toml";
        found.push(Diagnostic::new(Code::BadLevel, place.clone(), message).help(help));
    }
}

/// Collects the facts that a control takes from other controls.
fn borrow(
    frameworks: &Table<FrameworkId, Framework>,
    names: &Names,
    control: ControlId,
    Pending { framework, control: name, facts_from, .. }: &Pending,
    found: &mut Diagnostics,
) -> Loan {
    let mut loan = Loan { control, facts: BTreeMap::new(), whole: names.are_all_known() };
    let measure = |of: ControlId| frameworks[of.framework()].controls[of].measure.as_ref();
    let here = measure(control);
    let twice = |fact: &str, place: &Place| {
        let message = format!("`{name}` has the fact `{fact}` from two places");
        Diagnostic::new(Code::DuplicateId, place.clone(), message).help("drop or rename one of the two")
    };
    for (id, place) in facts_from {
        // In a catalog, an id means the catalog's own control, if there is one.
        let own = names.control(&format!("{framework}:{id}"));
        let Some(source) = own.or_else(|| names.control(id)) else {
            names.not_a_control(id, place.clone(), found);
            loan.whole = false;
            continue;
        };
        let own = measure(source).into_iter().flat_map(|measure| &measure.facts);
        let own: Vec<_> = own.filter(|(_, fact)| fact.given_for.is_none()).collect();
        if own.is_empty() || source == control {
            let none = Diagnostic::new(Code::UnknownFact, place.clone(), format!("`{id}` gives no facts of its own"));
            found.push(none.help("name a control with a `facts` table"));
            loan.whole = false;
        }
        let taken = |fact| loan.facts.contains_key(fact) || here.is_some_and(|here| here.facts.contains_key(fact));
        found.extend(own.iter().find(|(fact, _)| taken(*fact)).map(|(fact, _)| twice(fact, place)));
        let lent = |(name, fact): (&String, &Fact)| (name.clone(), Fact { given_for: Some(source), ..fact.clone() });
        loan.facts.extend(own.into_iter().map(lent));
        if loan.facts.len() + here.map_or(0, |here| here.facts.len()) > FACTS {
            let message = format!("`{name}` stands on more than {FACTS} facts");
            found.push(
                Diagnostic::new(Code::BadCriteria, place.clone(), message).help("take facts from fewer controls"),
            );
            return Loan { whole: false, ..loan };
        }
    }
    loan
}

/// Reports conditions whose fact is unknown or has another type, and conditions that no value can meet. If `whole` is false,
/// not every fact is known, and an unknown fact is no mistake.
fn judge(measure: &Measure, whole: bool, found: &mut Diagnostics) {
    let mut held: BTreeMap<&str, (Condition, &Place)> = BTreeMap::new();
    let mut before: Option<Level> = None;
    for criterion in &measure.criteria {
        if before.is_some_and(|before| criterion.level <= before) {
            let place = criterion.require.first().map(|first| first.origin.place.clone());
            let message = format!("level {} does not stand above the criterion before it", criterion.level.shown());
            let bad = place.map(|place| Diagnostic::new(Code::BadCriteria, place, message));
            found.extend(bad.map(|bad| bad.help("write criteria from the lowest level to the highest, one a level")));
        }
        before = Some(criterion.level);
        for requirement in &criterion.require {
            let place = &requirement.origin.place;
            let Some(fact) = measure.facts.get(&requirement.fact) else {
                if whole {
                    let names: Vec<&str> = measure.facts.keys().map(String::as_str).collect();
                    let full = found.is_full(&place.path);
                    let near = if full { None } else { nearest(&requirement.fact, names.iter().copied()) };
                    found.push(unknown(&requirement.fact, place.clone(), &names, near));
                }
                continue;
            };
            let fits = matches!(
                (requirement.condition, fact.kind),
                (Condition::Is(_), FactKind::Boolean)
                    | (Condition::Number(_), FactKind::Integer | FactKind::Number)
                    | (Condition::Age(_), FactKind::Date)
            );
            if !fits {
                let message = format!(
                    "`{}` is a fact of type {}, which `{}` does not fit",
                    requirement.fact,
                    fact.kind.name(),
                    requirement.written
                );
                let help = "booleans take true or false, numbers \">= 3\", dates their age as in \"<= 92d\"";
                found.push(Diagnostic::new(Code::BadCriteria, place.clone(), message).help(help));
                continue;
            }
            let asked = requirement.condition.and(Condition::Number(fact.range)).unwrap_or(requirement.condition);
            let both = held.get(requirement.fact.as_str()).map_or(Some(asked), |(below, _)| below.and(asked));
            let possible = both.filter(|both| both.is_possible(fact.kind == FactKind::Integer));
            if let Some(possible) = possible {
                held.insert(&requirement.fact, (possible, place));
                continue;
            }
            let message = format!("`{} {}` can never hold", requirement.fact, requirement.written);
            let bad = Diagnostic::new(Code::BadCriteria, place.clone(), message);
            found.push(match held.get(requirement.fact.as_str()) {
                Some((_, first)) => bad
                    .label("against")
                    .related((*first).clone(), "this, which a lower level asks")
                    .help("a level asks for everything that the levels below it ask for"),
                None if fact.range != Between::ALL => bad.help(allowed(fact)),
                None => bad.help("facts are 0 or more, and dates lie before the quarter's end"),
            });
        }
    }
}

/// Reports a fact that is not in `names`. `near` is the fact that the author may mean.
fn unknown(name: &str, place: Place, names: &[&str], near: Option<&str>) -> Diagnostic {
    let unknown = Diagnostic::new(Code::UnknownFact, place, format!("no fact is called `{name}`"));
    unknown.nearest(near).help(if names.is_empty() {
        "this control has no facts of its own".to_owned()
    } else {
        format!("facts here: {}", names.join(", "))
    })
}

/// Reads the facts that an answer gives for a control.
pub(super) struct FactReader<'a> {
    pub(super) context: &'a EvidenceContext<'a>,
    pub(super) measure: &'a Measure,
    /// The last day of the answer's quarter, if that is known.
    pub(super) closes: Option<Date>,
    pub(super) sealing: Sealing,
}

impl FactReader<'_> {
    /// Reads a table of facts. Those that are given `elsewhere` may be absent.
    pub(super) fn read(&self, mut fields: Fields<'_, '_>, elsewhere: &dyn Fn(&str) -> bool) -> BTreeMap<String, Value> {
        let mut out = BTreeMap::new();
        let own = self.measure.facts.iter().filter(|(_, fact)| fact.given_for.is_none());
        let own: BTreeMap<&str, &Fact> = own.map(|(name, fact)| (name.as_str(), fact)).collect();
        let names: Vec<&str> = own.keys().copied().collect();
        // The facts that are given, or that an unknown name probably means.
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for entry in fields.rest(&[]) {
            let (key, _) = entry;
            let name = key.get_ref().as_ref();
            known.insert(name);
            match own.get(name) {
                Some(fact) => out.extend(self.given(&mut fields, entry, fact).map(|value| (name.to_owned(), value))),
                None => known.extend(self.not_own(&mut fields, entry, &names)),
            }
        }
        for name in names.iter().filter(|name| !known.contains(**name) && !elsewhere(name)) {
            let place = fields.place();
            let missing = Diagnostic::new(Code::MissingFact, place, format!("the fact `{name}` is not given"));
            fields.found.push(missing.help("what is not given meets no condition: add it, or the level stays below"));
        }
        out
    }

    /// Reports a fact that is not in `names`, the control's own. Returns the fact that its author may mean.
    fn not_own<'n>(&self, fields: &mut Fields<'_, '_>, entry: KeyValue<'_>, names: &[&'n str]) -> Option<&'n str> {
        let (key, _) = entry;
        let (name, place) = (key.get_ref().as_ref(), fields.at(&key.span()));
        if let Some(source) = self.measure.facts.get(name).and_then(|fact| fact.given_for) {
            let source = self.context.assessment.control(source).called.name();
            let lent = format!("the fact `{name}` is given with `{source}`");
            let lent = Diagnostic::new(Code::UnknownFact, place, lent);
            fields.found.push(lent.help(format!("leave it out here, and give it in {}", header(source))));
            return None;
        }
        if !self.context.names.are_all_known() {
            return None;
        }
        let near = fields.nearest(name, names.iter().copied());
        fields.found.push(unknown(name, place, names, near));
        near
    }

    /// Reads the value of `fact`; `None` if it is wrong.
    fn given(&self, fields: &mut Fields<'_, '_>, entry: KeyValue<'_>, fact: &Fact) -> Option<Value> {
        let (key, value) = entry;
        let name = key.get_ref().as_ref();
        let read = read_value(fields, name, value, fact)?;
        match (read, self.closes) {
            (Value::Date(date), Some(closes)) if date > closes => {
                let message = format!("`{name}` of {date} is younger than the quarter, which ends on {closes}");
                let late = fields.report(Code::LateEvidence, &value.span(), message);
                late.help.push("it belongs to a later quarter".to_owned());
                return None;
            }
            (Value::Number(number), _) => self.judge_number(fields, entry, fact, number),
            _ => {}
        }
        Some(read)
    }

    /// Reports the `number` of a fact, in millionths, if it is out of range, or a fraction where percent are meant.
    fn judge_number(&self, fields: &mut Fields<'_, '_>, entry: KeyValue<'_>, fact: &Fact, number: i64) {
        let (key, value) = entry;
        let name = key.get_ref();
        let (place, shown) = (fields.at(&value.span()), fact.with_unit(number));
        if !fact.range.holds(number) {
            let message = format!("`{name}` is {shown}, which is out of range");
            let out = Diagnostic::new(Code::FactOutOfRange, place, message).help(allowed(fact));
            fields.found.push(if self.sealing == Sealing::Sealed { out.of_sealed() } else { out });
            return;
        }
        // With its sign, as in "0.12 %", there is no doubt. In a sealed quarter it is too late to ask.
        let plain_number = value.get_ref().as_str().is_none();
        if fact.is_percentage() && plain_number && (1..MILLIONTHS).contains(&number) && self.sealing == Sealing::Open {
            let message = format!("`{name}` is {shown}, which is less than one percent");
            let [meant, said] = [plain(number.saturating_mul(100)), plain(number)];
            let help = format!("write {meant} if {meant} percent are meant, or \"{said} %\" if it is so little");
            fields.found.push(Diagnostic::new(Code::FractionOfPercent, place, message).help(help));
        }
    }
}

/// The numbers that a fact may have, in words.
fn allowed(fact: &Fact) -> String {
    let Between { low, high } = fact.range;
    if high == Between::ALL.high {
        format!("it is {} or more", fact.with_unit(low))
    } else {
        format!("it lies between {} and {}", plain(low), fact.with_unit(high))
    }
}

/// Reads the value of `fact`.
fn read_value(fields: &mut Fields<'_, '_>, name: &str, value: &Spanned<DeValue<'_>>, fact: &Fact) -> Option<Value> {
    match (fact.kind, value.get_ref()) {
        (FactKind::Integer | FactKind::Number, DeValue::String(text)) if fact.is_percentage() => {
            let number = text.strip_suffix('%').and_then(|number| millionths(number.trim(), AMOUNT_DIGITS));
            let number = number.filter(|number| fact.kind == FactKind::Number || number % MILLIONTHS == 0);
            if number.is_none() {
                let help = format!("write the {}, as in 12, or with its sign, as in \"12 %\"", fact.kind.noun());
                fields.mistyped(value, name, "a percentage").help.push(help);
            }
            number.map(Value::Number)
        }
        (FactKind::Integer | FactKind::Number, _) => read_number(fields, name, value, fact.kind).map(Value::Number),
        (FactKind::Boolean, DeValue::Boolean(truth)) => Some(Value::Boolean(*truth)),
        (FactKind::Date, _) => fields.as_date(value, name).map(|date| Value::Date(date.value)),
        (FactKind::Boolean, _) => {
            fields.mistyped(value, name, "true or false");
            None
        }
    }
}

/// Reads a number of 0 or more, in millionths; a whole one if `kind` is an integer.
fn read_number(fields: &mut Fields<'_, '_>, name: &str, value: &Spanned<DeValue<'_>>, kind: FactKind) -> Option<i64> {
    match (kind, value.get_ref()) {
        (_, DeValue::Integer(_)) | (FactKind::Number, DeValue::Float(_)) => {
            let amount = amount(value.get_ref());
            if amount.is_none() {
                let message = format!("`{name}` cannot be {}", number_as_written(value.get_ref()));
                let help =
                    "write a plain number from 0 to below a trillion, without exponent and with at most six decimals";
                fields.report(Code::BadValue, &value.span(), message).help.push(help.to_owned());
            }
            amount
        }
        _ => {
            fields.mistyped(value, name, &format!("a {}", kind.noun()));
            None
        }
    }
}

/// Reports an answer to a measured control that gives no facts.
pub(super) fn without_facts(measure: &Measure, place: Place) -> Diagnostic {
    let own = measure.facts.iter().filter(|(_, fact)| fact.given_for.is_none());
    let example = own.map(|(name, fact)| {
        format!(
            "{name} = {}",
            match fact.kind {
                FactKind::Integer | FactKind::Number => "…",
                FactKind::Boolean => "true",
                FactKind::Date => "2026-09-30",
            }
        )
    });
    let example = example.collect::<Vec<_>>().join(", ");
    Diagnostic::new(Code::MissingState, place, "this control is measured, and the answer has no `facts`")
        .help(format!("add facts = {{ {example} }}: the level follows from them; or unknown = \"why\""))
}

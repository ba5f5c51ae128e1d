//! Decisions that change rules from a quarter on, and the rules of a quarter as lines that anybody can read and compare.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::number::plain;
use crate::base::place::Origin;
use crate::base::quarter::Quarter;
use crate::border::toml::{key, quoted};
use crate::load::workspace::sha256;
use crate::model::catalog::{Framework, Need, RuleRow, TeamRule};
use crate::model::gate::{Gate, GateException, When};
use crate::model::ids::{FrameworkId, Table, TeamId};
use crate::model::measure::{Between, Condition, Criterion, Requirement};
use crate::model::profile::{Profile, Target};
use crate::model::rule_key::RuleKey;
use crate::model::settings::{Basis, Scale, Settings, Team};

/// A decision on rules: `[since."2026-Q3"]` of `milepost.toml`, with all settings as they are from its quarter on.
#[derive(Clone, Debug)]
pub struct Since {
    /// The first quarter with these rules.
    pub quarter: Quarter,
    /// Why the rules change.
    pub why: String,
    /// The role that decided.
    pub approved_by: String,
    /// The rules that change.
    pub changes: Vec<RuleChange>,
    /// The settings from this quarter on.
    pub settings: Settings,
    /// The frameworks with the rules of their controls from this quarter on; `None` if the decision changes no rule of a control.
    pub frameworks: Option<Table<FrameworkId, Framework>>,
    /// Where it is written.
    pub origin: Origin,
}

/// Rules by their key, each with its value, both as TOML: `evidence.max_age` and `"365d"`. A line `key = value` is what
/// `milepost.toml`, a profile, or a `since` of either would say.
pub type RuleLines = BTreeMap<RuleKey, String>;

/// A rule with two values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RuleChange {
    /// The rule's key.
    pub rule: RuleKey,
    /// The value before; `None` if nothing was set.
    pub before: Option<String>,
    /// The value after; `None` if nothing is set.
    pub after: Option<String>,
}

impl RuleChange {
    /// Whether it says that a team is asked that was not asked before. Each team that is asked has a weight.
    pub fn is_of_new_team(&self) -> bool {
        self.rule.is_weight_of_team() && self.before.is_none()
    }

    /// Whether it says that a team is not asked any more.
    pub fn is_of_gone_team(&self) -> bool {
        self.rule.is_weight_of_team() && self.after.is_none()
    }

    /// Whether the rule is the scope of the team whose weight `other` is.
    fn is_scope_beside(&self, other: &Self) -> bool {
        other.rule.is_weight_of_team() && self.rule.team() == other.rule.team() && self.rule.name() == "scope"
    }

    /// The line of a `since` that makes the rule what it is after.
    pub fn line(&self) -> String {
        let nothing = if self.rule.table() == GATES { "false" } else { "\"default\"" };
        format!("{} = {}", self.rule, self.after.as_deref().unwrap_or(nothing))
    }
}

/// The lines of a `since` that let `changes` hold from `quarter` on: all of `milepost.toml`, or all of a profile. If `is_there`, the
/// file has this `since` already.
pub fn since_lines(is_there: bool, quarter: Quarter, changes: &[&RuleChange]) -> Vec<String> {
    let mut lines = vec![format!("[since.\"{quarter}\"]")];
    if is_there {
        lines[0] += "   # it is there: add to it";
    } else if changes.iter().any(|change| !change.rule.is_of_profile()) {
        lines.extend(["why = \"…\"", "approved_by = \"…\""].map(str::to_owned));
    }
    lines.extend(changes.iter().map(|change| change.line()));
    lines
}

/// The rules that differ, by key. Of a team that is asked only before or only after, one is enough: its weight.
pub fn changes(before: &RuleLines, after: &RuleLines) -> Vec<RuleChange> {
    let mut keys: Vec<&RuleKey> = before.keys().chain(after.keys().filter(|key| !before.contains_key(*key))).collect();
    keys.sort();
    let differ = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
    let change = |rule: &RuleKey| RuleChange {
        rule: rule.clone(),
        before: before.get(rule).cloned(),
        after: after.get(rule).cloned(),
    };
    let mut changes: Vec<RuleChange> = differ.map(change).collect();
    let came_or_left: Vec<RuleChange> =
        changes.iter().filter(|change| change.is_of_new_team() || change.is_of_gone_team()).cloned().collect();
    changes.retain(|change| !came_or_left.iter().any(|team| change.is_scope_beside(team)));
    changes
}

/// The rules that are in force in one quarter.
#[derive(Clone, Debug, Default)]
pub struct InForce {
    /// Each rule; empty if the audience may not see them.
    pub rules: RuleLines,
    /// The SHA-256 of the lines `key = value`, sorted, each with a line end.
    pub sha256: String,
}

/// The table of gates.
const GATES: &str = "gates";
/// The name of a gate's exception.
const EXCEPTION: &str = "exception";

impl InForce {
    /// The rules with their digest. An exception of a gate is for a time and ends by itself, so it is no rule of a quarter.
    pub fn of(mut rules: RuleLines) -> Self {
        rules.retain(|rule, _| !(rule.table() == GATES && rule.name() == EXCEPTION));
        let lines: String = rules.iter().map(|(rule, value)| format!("{rule} = {value}\n")).collect();
        Self { sha256: sha256(lines.as_bytes()), rules }
    }
}

/// The rules of `settings`, for teams that `is_asked` holds for.
pub fn of_settings(settings: &Settings, is_asked: impl Fn(&Team) -> bool) -> RuleLines {
    let mut rules = of_scoring(settings);
    of_scale(&settings.scale, &mut rules);
    rules.insert(RuleKey::of(["scoring", "decimals"]), settings.scoring.decimals.to_string());
    for (id, row) in &settings.controls {
        of_row(&RuleKey::of(["controls", id]), row, &settings.teams, &mut rules);
    }
    for gate in &settings.gates {
        let name = RuleKey::of([GATES, gate.kind.name()]);
        rules.extend(gate.exception.iter().map(|exception| (name.below(EXCEPTION), of_exception(exception))));
        rules.insert(name, of_gate(gate, &settings.teams));
    }
    for team in settings.teams.iter().filter(|team| is_asked(team)) {
        let table = RuleKey::of(["teams", &team.id]);
        rules.insert(table.below("weight"), team.weight.to_string());
        if !team.scope.is_empty() {
            rules.insert(table.below("scope"), list(team.scope.iter().map(String::as_str)));
        }
    }
    rules
}

/// How scores are made of answers and their evidence.
fn of_scoring(settings: &Settings) -> RuleLines {
    let scoring = &settings.scoring;
    let overall = scoring.overall.name();
    let rules = [
        (["scoring", "score"], quoted(if scoring.score == Basis::Supported { "supported" } else { "claimed" })),
        (["scoring", "teams"], quoted(named(scoring.teams))),
        (["scoring", "overall"], quoted(overall)),
        (["scoring", "minimum_coverage"], scoring.minimum_coverage.to_string()),
        (["evidence", "max_age"], quoted(&format!("{}d", settings.max_age))),
        (["evidence", "needs"], needs(&settings.needs)),
    ];
    rules.into_iter().map(|(key, value)| (RuleKey::of(key), value)).collect()
}

/// The rules that make the figures of two workspaces comparable: without the names of levels, dimensions and teams, without texts,
/// and without how many decimals are shown. [`of_control`] adds those of a control.
pub fn comparable(settings: &Settings) -> RuleLines {
    let mut rules = of_scoring(settings);
    let Scale { levels, bottom, step, dimensions } = &settings.scale;
    let weights: Vec<String> = dimensions.iter().map(|dimension| dimension.weight.to_string()).collect();
    rules.insert(RuleKey::of(["scale", "bottom"]), bottom.shown());
    rules.insert(RuleKey::of(["scale", "step"]), step.shown());
    rules.insert(RuleKey::of(["scale", "levels"]), levels.len().to_string());
    rules.insert(RuleKey::of(["scale", "dimensions"]), format!("[{}]", weights.join(", ")));
    rules
}

/// What a control's figures rest on, as one rule: its weight, the age and the needs of its evidence, how its teams are joined, and
/// its criteria.
pub fn of_control(weight: u32, max_age: i32, asked: &[Need], teams: TeamRule, criteria: &[Criterion]) -> String {
    let (asked, teams) = (needs(asked), named(teams));
    let criteria: Vec<String> = criteria.iter().map(of_criterion).collect();
    let criteria = criteria.join(", ");
    format!(
        "{{ weight = {weight}, max_age = \"{max_age}d\", needs = {asked}, teams = \"{teams}\", criteria = [{criteria}] }}"
    )
}

fn of_criterion(Criterion { level, require }: &Criterion) -> String {
    let range = |Between { low, high }: &Between, shown: &dyn Fn(i64) -> String| {
        let high = if *high == i64::MAX { String::new() } else { shown(*high) };
        format!("{}..{high}", shown(*low))
    };
    let condition = |condition: &Condition| match condition {
        Condition::Is(value) => value.to_string(),
        Condition::Number(number) => quoted(&range(number, &plain)),
        Condition::Age(days) => quoted(&format!("{} days", range(days, &|days| days.to_string()))),
    };
    let asked = |asked: &Requirement| format!("{} = {}", key(&asked.fact), condition(&asked.condition));
    let require = require.iter().map(asked).collect::<Vec<_>>().join(", ");
    format!("{{ level = {}, require = {{ {require} }} }}", level.shown())
}

/// The word for how teams are joined. Which team an owner is does not matter to it.
fn named(rule: TeamRule) -> &'static str {
    match rule {
        TeamRule::Mean => "mean",
        TeamRule::Min => "min",
        TeamRule::Owner(_) => "owner",
    }
}

/// The rules of `settings` for all teams, whenever they are asked.
pub fn of_all(settings: &Settings) -> RuleLines {
    of_settings(settings, |_| true)
}

fn of_scale(scale: &Scale, rules: &mut RuleLines) {
    let level = |level: &crate::model::settings::NamedLevel| {
        format!("{{ name = {}, criteria = {} }}", quoted(&level.name), quoted(&level.criteria))
    };
    let levels: Vec<String> = scale.levels.iter().map(level).collect();
    rules.insert(RuleKey::of(["scale", "bottom"]), scale.bottom.shown());
    rules.insert(RuleKey::of(["scale", "step"]), scale.step.shown());
    rules.insert(RuleKey::of(["scale", "levels"]), format!("[{}]", levels.join(", ")));
    for dimension in &scale.dimensions {
        rules.insert(RuleKey::of(["scale", "dimensions", &dimension.name]), dimension.weight.to_string());
    }
}

fn of_row(table: &RuleKey, row: &RuleRow, teams: &Table<TeamId, Team>, rules: &mut RuleLines) {
    let (joined, owner) = match row.teams {
        Some(TeamRule::Mean) => (Some(quoted("mean")), None),
        Some(TeamRule::Min) => (Some(quoted("min")), None),
        Some(TeamRule::Owner(owner)) => (None, Some(quoted(&teams[owner].id))),
        None => (None, None),
    };
    let values = [
        ("weight", row.weight.map(|weight| weight.to_string())),
        ("key", row.key.map(|key| key.to_string())),
        ("teams", joined),
        ("owner", owner),
        ("max_age", row.max_age.map(|days| quoted(&format!("{days}d")))),
        ("needs", row.needs.as_deref().map(needs)),
    ];
    rules.extend(values.into_iter().filter_map(|(name, value)| Some((table.below(name), value?))));
}

fn of_gate(gate: &Gate, teams: &Table<TeamId, Team>) -> String {
    let mut parts = vec![format!("limit = {}", gate.limit.shown())];
    if !gate.functions.is_empty() {
        parts.push(format!("functions = {}", list(gate.functions.iter().map(String::as_str))));
    }
    if !gate.teams.is_empty() {
        parts.push(format!("teams = {}", list(gate.teams.iter().map(|team| teams[*team].id.as_str()))));
    }
    if gate.when == When::Closing {
        parts.push("when = \"closing\"".to_owned());
    }
    match parts.as_slice() {
        [_] => gate.limit.shown(),
        _ => format!("{{ {} }}", parts.join(", ")),
    }
}

fn of_exception(GateException { reason, approved_by, expires }: &GateException) -> String {
    let (reason, role) = (quoted(reason), quoted(approved_by));
    format!("{{ reason = {reason}, approved_by = {role}, expires = {expires} }}")
}

/// The targets of a profile, and what it leaves out.
pub fn of_profile(profile: &Profile) -> RuleLines {
    let targets = profile.targets.default.iter().map(|target| ("default", target));
    let targets = targets.chain(profile.targets.by_id.iter().map(|(id, target)| (id.as_str(), target)));
    let targets = targets.map(|(id, target)| (RuleKey::of(["targets", id]), of_target(target)));
    let left_out = profile.out_of_scope.iter().map(|(id, exclusion)| {
        let mut parts = vec![format!("why = {}", quoted(&exclusion.why))];
        if !exclusion.approved_by.is_empty() {
            parts.push(format!("approved_by = {}", quoted(&exclusion.approved_by)));
        }
        (RuleKey::of(["out_of_scope", id]), format!("{{ {} }}", parts.join(", ")))
    });
    targets.chain(left_out).collect()
}

fn of_target(target: &Target) -> String {
    let mut parts = vec![format!("level = {}", target.level.shown())];
    let texts = [("why", &target.why), ("approved_by", &target.approved_by)];
    parts.extend(
        texts.iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| format!("{name} = {}", quoted(text))),
    );
    let dates = [("due", target.due), ("review", target.review)];
    parts.extend(dates.iter().filter_map(|(name, date)| Some(format!("{name} = {}", (*date)?))));
    parts.extend(target.priority.map(|priority| format!("priority = {}", quoted(priority.name()))));
    format!("{{ {} }}", parts.join(", "))
}

fn needs(needs: &[Need]) -> String {
    let need = |need: &Need| {
        let kinds = list(need.any_of.iter().map(|kind| kind.name()));
        format!("{{ from = {}, any_of = {kinds} }}", need.from.shown())
    };
    format!("[{}]", needs.iter().map(need).collect::<Vec<_>>().join(", "))
}

fn list<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    format!("[{}]", texts.map(quoted).collect::<Vec<_>>().join(", "))
}

//! Reads `[gates]` of `milepost.toml`. A gate is a limit alone, or a table with a limit, its ids and an exception.

use toml::de::DeValue;

use super::fields::{At, Fields};
use super::terms::{TEAM_HELP, named_team};
use crate::base::number::{Level, MILLIONTHS};
use crate::diagnostic::{Code, Place};
use crate::model::gate::{Gate, GateException, GateKind, When};
use crate::model::ids::{Table, TeamId};
use crate::model::settings::{Scale, Team};

/// Reads the gates. Adds the ids that they name to `mentioned`.
pub(super) fn read(
    mut fields: Fields<'_, '_>,
    scale: &Scale,
    teams: &Table<TeamId, Team>,
    mentioned: &mut Vec<(String, Place)>,
) -> Vec<Gate> {
    let mut gates = Vec::new();
    for kind in GateKind::ALL {
        let Some(value) = fields.raw(kind.name()) else { continue };
        let span = fields.key_span(kind.name()).unwrap_or_default();
        let origin = fields.origin(&span);
        let gate = match value.get_ref() {
            DeValue::Table(_) => fields.table(kind.name()).and_then(|table| read_table(table, kind, teams, mentioned)),
            _ => fields.level(kind.name(), Code::BadValue).map(GateRead::of),
        };
        let Some(GateRead { limit, functions, teams, when, exception }) = gate else { continue };
        if let Some(wrong) = wrong_limit(kind, limit.value, scale) {
            let report = fields.report(
                Code::BadValue,
                &limit.span,
                format!("`{}` cannot be {}", kind.name(), limit.value.shown()),
            );
            report.help.push(wrong);
            continue;
        }
        gates.push(Gate { kind, limit: limit.value, functions, teams, when, exception, origin });
    }
    fields.finish();
    gates
}

struct GateRead {
    limit: At<Level>,
    functions: Vec<String>,
    teams: Vec<TeamId>,
    when: When,
    exception: Option<GateException>,
}

impl GateRead {
    /// A gate that is only a limit.
    fn of(limit: At<Level>) -> Self {
        Self { limit, functions: Vec::new(), teams: Vec::new(), when: When::Always, exception: None }
    }
}

fn read_table(
    mut table: Fields<'_, '_>,
    kind: GateKind,
    teams: &Table<TeamId, Team>,
    mentioned: &mut Vec<(String, Place)>,
) -> Option<GateRead> {
    let limit = table.level("limit", Code::BadValue);
    table.require("limit", &format!("write {} = {{ limit = …, functions = [\"PR\"] }}", kind.name()));
    let functions = table.texts("functions").unwrap_or_default();
    mentioned.extend(functions.iter().map(|id| (id.value.clone(), table.at(&id.span))));
    let functions = functions.into_iter().map(|id| id.value).collect();
    let named = table.texts("teams").unwrap_or_default();
    let teams = named.iter().filter_map(|name| named_team(&mut table, name, teams, TEAM_HELP)).collect();
    let when = table.choice("when", &When::WORDS).unwrap_or_default();
    let exception = table.table("exception").and_then(exception);
    table.finish();
    Some(GateRead { limit: limit?, functions, teams, when, exception })
}

fn exception(mut fields: Fields<'_, '_>) -> Option<GateException> {
    let reason = fields.required_text("reason", "an exception needs its reason: reason = \"…\"");
    let approved_by = fields.required_text("approved_by", "say which role allows it");
    let expires = fields.date("expires").map(|date| date.value);
    fields.require("expires", "an exception ends: add expires = 2026-12-31");
    fields.finish();
    Some(GateException { reason: reason?.value, approved_by: approved_by?.value, expires: expires? })
}

/// Advice if the limit is wrong for this kind of gate; `None` if the limit is fine.
fn wrong_limit(kind: GateKind, limit: Level, scale: &Scale) -> Option<String> {
    let whole = limit.millionths() % MILLIONTHS == 0;
    match kind {
        GateKind::Regression => None,
        GateKind::MinimumCoverage | GateKind::Reattested => {
            // A limit below one percent was probably meant as a share from 0 to 1.
            let share = (1..MILLIONTHS).contains(&limit.millionths());
            let wrong = share || limit.millionths() > 100 * MILLIONTHS;
            wrong.then(|| "give a percentage from 0 to 100, such as 60".to_owned())
        }
        GateKind::KeyControls => (!scale.holds(limit))
            .then(|| format!("give a level of the scale, from {} to {}", scale.bottom.shown(), scale.top().shown())),
        GateKind::StaleEvidence
        | GateKind::NewZeros
        | GateKind::Unapproved
        | GateKind::OverdueActions
        | GateKind::OverdueTargets
        | GateKind::Vanished
        | GateKind::UnreviewedKeyControls
        | GateKind::Disagreements
        | GateKind::OpenFindings => (!whole).then(|| "give a whole number: how many are allowed".to_owned()),
    }
}

//! The smallest sets of controls that lift a node to an aim, as text and as JSON.

use serde::Serialize;

use crate::base::number::{Mean, counted};
use crate::border::{Shown, json as border};
use crate::model::plan::Action;
use crate::score::ScoredQuarter;
use crate::score::staircase::{Raise, Staircase};

/// What such a set is, and what it is not.
const NOTE: &str =
    "This is arithmetic on the scores of the quarter, no forecast: it knows nothing of cost, order or risk.";

/// Prints a staircase for people.
pub fn print(quarter: ScoredQuarter<'_>, stairs: &Staircase) -> Shown {
    let catalog = quarter.framework(stairs.node.framework());
    let decimals = quarter.settings().scoring.decimals;
    let shown = |mean: &Mean| mean.shown(decimals);
    let id = catalog.id_of(stairs.node);
    let team = stairs.team.map(|team| format!(", {}", quarter.assessment.team(team).name)).unwrap_or_default();
    let head = format!("{id} {}, {}{team}: {}", catalog.title_of(stairs.node), quarter.name(), shown(&stairs.mean));
    let mut out = Shown::line(&format!("{head}, aim {}", shown(&stairs.aim))) + &Shown::line("");
    match stairs.needed {
        Some(0) => out += &Shown::line(&format!("{id} is there already.")),
        None => {
            let all = counted(stairs.raises.len(), "control");
            out += &Shown::line(&format!(
                "{id} cannot reach {}: with all {all} that can rise at their target, it is {}. Higher targets would be needed.",
                shown(&stairs.aim),
                shown(&stairs.after)
            ));
        }
        Some(needed) => {
            let controls = counted(needed, "control");
            let line =
                format!("Raise {controls}, and {id} is {}; no smaller set reaches the aim.", shown(&stairs.after));
            out += &Shown::line(&line);
            let (any, of) = stairs.any_of();
            out += &group(quarter, stairs, "all of these", stairs.all_of());
            out += &group(quarter, stairs, &format!("any {any} of these {}", of.len()), of);
        }
    }
    out + &Shown::line("") + &Shown::line(NOTE)
}

fn group(quarter: ScoredQuarter<'_>, stairs: &Staircase, head: &str, raises: &[Raise]) -> Shown {
    if raises.is_empty() {
        return Shown::default();
    }
    let catalog = quarter.framework(stairs.node.framework());
    let mut out = Shown::line("") + &Shown::line(head);
    for raise in raises {
        let control = &catalog.controls[raise.control];
        let from = from(quarter, stairs, raise);
        let to = raise.to.shown(quarter.settings().scoring.decimals);
        let weight = if raise.weight == 1 { String::new() } else { format!(", weight {}", raise.weight) };
        out += &Shown::line(&format!("  {} {}: {from} to {to}{weight}", control.id, control.title));
        for action in quarter.open_actions(raise.control, stairs.team) {
            out += &Shown::line(&format!("      {}", planned(quarter, action)));
        }
    }
    out
}

/// The score of a control now, as it may be shown.
fn from(quarter: ScoredQuarter<'_>, stairs: &Staircase, raise: &Raise) -> String {
    let figures = &quarter.tree(raise.control.framework(), stairs.team).controls[raise.control];
    let score = figures.score(quarter.settings().scoring.decimals);
    score.unwrap_or_else(|| figures.why_withheld().map_or("not assessed", |why| why.word()).to_owned())
}

/// An open action, with its effort where it names one.
fn planned(quarter: ScoredQuarter<'_>, action: &Action) -> String {
    let effort =
        if action.effort.is_empty() { "no effort named".to_owned() } else { format!("effort {}", action.effort) };
    let team = &quarter.assessment.team(quarter.followed(action.answer).team).name;
    format!("{}, {team} to {}: {effort}", action.in_short(quarter.closes()), action.raises_to.shown())
}

#[derive(Serialize)]
struct StaircaseJson<'a> {
    quarter: String,
    framework: &'a str,
    team: Option<&'a str>,
    id: &'a str,
    title: &'a str,
    mean: i64,
    aim: i64,
    /// Whether the aim can be reached.
    reached: bool,
    /// How many controls are needed; null if all are too few.
    needed: Option<usize>,
    all_of: Vec<RaiseJson<'a>>,
    /// How many of `any_of` are needed besides.
    any: usize,
    any_of: Vec<RaiseJson<'a>>,
    /// The mean with these, or with all that can rise.
    after: i64,
    note: &'a str,
}

#[derive(Serialize)]
struct RaiseJson<'a> {
    id: &'a str,
    title: &'a str,
    weight: u32,
    /// Null where there is no score, or none that may be shown.
    from: Option<i64>,
    to: i64,
    actions: Vec<StepActionJson<'a>>,
}

#[derive(Serialize)]
struct StepActionJson<'a> {
    id: &'a str,
    team: &'a str,
    due: String,
    effort: &'a str,
    raises_to: i64,
}

/// Prints a staircase as JSON, levels in millionths.
pub fn json(quarter: ScoredQuarter<'_>, stairs: &Staircase) -> Shown {
    let catalog = quarter.framework(stairs.node.framework());
    let team = |team| quarter.assessment.team(team).id.as_str();
    let action = |action: &Action| (action.due.to_string(), action.raises_to.millionths());
    let raise = |raise: &Raise| {
        let figures = &quarter.tree(raise.control.framework(), stairs.team).controls[raise.control];
        let actions = quarter.open_actions(raise.control, stairs.team).map(|planned| {
            let (due, raises_to) = action(planned);
            let team = team(quarter.followed(planned.answer).team);
            StepActionJson { id: &planned.id, team, due, effort: &planned.effort, raises_to }
        });
        let control = &catalog.controls[raise.control];
        RaiseJson {
            id: &control.id,
            title: &control.title,
            weight: raise.weight,
            from: figures.shown_mean().map(Mean::millionths),
            to: raise.to.millionths(),
            actions: actions.collect(),
        }
    };
    let (any, any_of) = if stairs.needed.is_some() { stairs.any_of() } else { (0, &[][..]) };
    let all_of = if stairs.needed.is_some() { stairs.all_of() } else { &stairs.raises };
    border::print(&StaircaseJson {
        quarter: quarter.name().to_string(),
        framework: &catalog.id,
        team: stairs.team.map(team),
        id: catalog.id_of(stairs.node),
        title: catalog.title_of(stairs.node),
        mean: stairs.mean.millionths(),
        aim: stairs.aim.millionths(),
        reached: stairs.needed.is_some(),
        needed: stairs.needed,
        all_of: all_of.iter().map(raise).collect(),
        any,
        any_of: any_of.iter().map(raise).collect(),
        after: stairs.after.millionths(),
        note: NOTE,
    })
}

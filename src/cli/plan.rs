//! `milepost plan`: the fewest controls that lift a Function or a Category to a level or to its target.

use std::path::Path;

use clap::ValueEnum;

use super::explain::node;
use super::select::{QuarterArg, TeamArg};
use super::source::{Assessed, SourceArg};
use super::{CommandOutcome, Output};
use crate::base::number::Level;
use crate::border::Shown;
use crate::diagnostic::Colour;
use crate::export::staircase;
use crate::score::staircase::{Aim, NoStairs, climb};
use crate::score::{ScoredQuarter, Withheld};

/// Print the fewest controls that lift a Function or a Category to a level or to its target. Each control rises to its own target,
/// or to the aim if it has none. It is arithmetic, not a forecast; the effort of open actions is shown but not counted.
#[derive(Debug, clap::Args)]
pub(super) struct PlanArgs {
    /// The Function or Category, by its id.
    #[arg(value_name = "ID")]
    id: String,
    /// A level of the scale, as in 3 or 3.5, or `target`.
    #[arg(long, value_name = "LEVEL|target")]
    to: String,
    #[command(flatten)]
    quarter: QuarterArg,
    #[command(flatten)]
    team: TeamArg,
    #[command(flatten)]
    source: SourceArg,
    /// How to print the plan.
    #[arg(long, value_enum, default_value_t)]
    format: PlanFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum PlanFormat {
    /// For people.
    #[default]
    Text,
    /// JSON: levels in millionths.
    Json,
}

pub(super) fn run(root: &Path, args: &PlanArgs, colour: Colour) -> Result<Output, Output> {
    let Assessed { assessment, remarks, .. } = args.source.assess(root, colour)?;
    let usage = |why: Shown| Output::usage(remarks.clone() + &why);
    let quarter = args.quarter.find(&assessment).map_err(usage)?;
    let team = args.team.find(&assessment).map_err(usage)?;
    let node = node(assessment.in_quarter(quarter), &args.id).map_err(usage)?;
    let scored = crate::score::score(assessment);
    let quarter = scored.quarter(quarter);
    let aim = aim(quarter, &args.to).map_err(usage)?;
    match climb(quarter, node, team, aim) {
        Ok(stairs) => {
            let result = match args.format {
                PlanFormat::Text => staircase::print(quarter, &stairs),
                PlanFormat::Json => staircase::json(quarter, &stairs),
            };
            Ok(Output::result(result, remarks))
        }
        Err(why) => {
            let id = quarter.framework(node.framework()).id_of(node);
            let outcome = if why == NoStairs::NoFlatMean { CommandOutcome::Usage } else { CommandOutcome::Problems };
            Err(Output { outcome, ..Output::failure(remarks + &Shown::error(&told(why, id, quarter))) })
        }
    }
}

fn aim(quarter: ScoredQuarter<'_>, to: &str) -> Result<Aim, Shown> {
    if to.trim().eq_ignore_ascii_case("target") {
        return Ok(Aim::Target);
    }
    let scale = &quarter.settings().scale;
    match Level::parse(to.trim()).filter(|level| scale.reaches(*level)) {
        Some(level) => Ok(Aim::Level(level)),
        None => Err(Shown::error(&format!(
            "`{to}` is no aim; give a level from {} to {}, or `target`",
            scale.bottom.shown(),
            scale.top().shown()
        ))),
    }
}

fn told(why: NoStairs, id: &str, quarter: ScoredQuarter<'_>) -> String {
    match why {
        NoStairs::NoFlatMean => format!("`{id}` is no Function and no Category; name one of these"),
        NoStairs::Withheld(Withheld::TeamLevel) => {
            format!("`{id}` is scored team by team, and no mean joins them; name one with --team")
        }
        NoStairs::Withheld(Withheld::Coverage) => format!(
            "the score of `{id}` is withheld: less than {} % of its answers are assessed; answer more first",
            quarter.settings().scoring.minimum_coverage
        ),
        NoStairs::NothingAssessed => {
            format!("nothing of `{id}` is assessed in {}, so there is no score to lift", quarter.name())
        }
        NoStairs::NoTarget => {
            format!(
                "`{id}` has no target, as not all of its assessed controls have one; set them, or name a level: --to 3"
            )
        }
    }
}

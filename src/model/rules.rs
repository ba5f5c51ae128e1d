//! Decisions that change rules from a quarter on, and the rules of a quarter as lines of text.

use crate::base::place::Origin;
use crate::base::quarter::Quarter;
use crate::model::catalog::Framework;
use crate::model::ids::{FrameworkId, Table};
use crate::model::settings::Settings;

/// A decision on rules: `[since."2026-Q3"]` of `milepost.toml`, with all settings as they are from its quarter on.
#[derive(Clone, Debug)]
pub struct Since {
    /// The first quarter with these rules.
    pub quarter: Quarter,
    /// Why the rules change.
    pub why: String,
    /// The role that decided.
    pub approved_by: String,
    /// The settings from this quarter on.
    pub settings: Settings,
    /// The frameworks with the rules of their controls from this quarter on; `None` if the decision changes no rule of a control.
    pub frameworks: Option<Table<FrameworkId, Framework>>,
    /// Where it is written.
    pub origin: Origin,
}

//! Milepost: TOML control catalogs and evidence files in, an honest static maturity report out.
//!
//! ```text
//! files --load--> Workspace --check--> Assessment --score--> Scorecard --view--> pages --render--> Site --write--> public/
//! ```

pub mod assessment;
pub mod catalog;
pub mod chart;
pub mod check;
pub mod cli;
pub mod diagnostic;
pub mod embedded;
pub mod evidence;
pub mod link;
pub mod number;
pub mod quarter;
pub mod settings;
pub mod workspace;

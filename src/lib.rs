//! Milepost: TOML control catalogs and evidence files in, an honest static maturity report out.
//!
//! ```text
//! files --load--> Workspace --check--> Assessment --score--> Scorecard --view--> pages --render--> Site --write--> public/
//! ```

pub mod action;
pub mod address;
pub mod assessment;
pub mod audience;
pub mod catalog;
pub mod change;
pub mod chart;
pub mod check;
pub mod cli;
pub mod closing;
pub mod diagnostic;
pub mod embedded;
pub mod evidence;
pub mod excerpt;
pub mod explain;
pub mod export;
pub mod finding;
pub mod gap;
pub mod gate;
pub mod git;
pub mod link;
pub mod markdown;
pub mod measure;
pub mod number;
pub mod place;
pub mod profile;
pub mod projection;
pub mod provenance;
pub mod quarter;
pub mod roll;
pub mod score;
pub mod seal;
#[cfg(feature = "serve")]
pub mod serve;
pub mod settings;
pub mod site;
pub mod text;
pub mod theme;
pub mod view;
pub mod workspace;
pub mod write;

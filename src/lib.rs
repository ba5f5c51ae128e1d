//! Milepost: TOML control catalogs and evidence files in, an honest static maturity report out.
//!
//! ```text
//! files --load--> Workspace --check--> Assessment --score--> Scorecard --view--> pages --render--> Site --write--> public/
//! ```

pub mod base;
pub mod border;
pub mod chart;
pub mod check;
pub mod cli;
pub mod diagnostic;
pub mod export;
pub mod history;
pub mod load;
pub mod model;
pub mod redact;
pub mod report;
pub mod score;
#[cfg(feature = "serve")]
pub mod serve;
pub mod write;

//! Milepost reads a NIST Cybersecurity Framework 2.0 self-assessment from a folder of TOML files, checks and scores it, and makes a
//! static HTML report of it.
//!
//! ```text
//! files --load--> Workspace --check--> Assessment --redact--> Assessment --score--> Scored --report--> Site --write--> public/
//! ```
//!
//! Each stage is a function that takes the value of the stage before. Only the first and the last touch the disk:
//!
//! ```
//! use milepost::{check, load, model::settings::Audience, redact, report, score, write};
//! # let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
//! # let folder = tempfile::tempdir()?;
//! # let out = folder.path().join("public");
//!
//! let workspace = load::workspace::load(root);
//! let checked = check::check(&workspace);
//! let assessment = checked.assessment.ok_or("the diagnostics say what is wrong")?;
//! let assessment = redact::redact(assessment, Audience::Board);
//! let scored = score::score(assessment);
//! let theme = report::theme::Theme::new(&workspace, "default", &scored.assessment.strings).map_err(|_| "a template is wrong")?;
//! let site = report::site::site(report::view::Report::new(&scored, None, None), &theme);
//! let written = write::write(&site, &out, &|_| ()).map_err(|_| "nothing was written")?;
//! assert!(written.files > 100 && out.join("index.html").is_file());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `ARCHITECTURE.md` says what each module is for, and which may use which.

pub mod base;
pub mod border;
pub mod chart;
pub mod check;
pub mod cli;
pub mod diagnostic;
pub mod edit;
pub mod exchange;
pub mod export;
pub mod history;
pub mod load;
pub mod model;
pub mod redact;
pub mod reference;
pub mod report;
pub mod schema;
pub mod score;
#[cfg(feature = "serve")]
pub mod serve;
pub mod write;

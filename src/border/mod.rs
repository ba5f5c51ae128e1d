//! Makes untrusted text safe for output. There is one file for each medium, and all output goes through this module.
//!
//! | where it leaves | what makes it safe |
//! | --- | --- |
//! | HTML, SVG | [`html::escape`] |
//! | a terminal, the log of a CI run | [`Shown`], which is all that is printed |
//! | annotations of a CI run | [`github::command`] |
//! | Markdown that a service renders | [`markdown::escape`], and [`markdown::block`] for code |
//! | CSV | [`csv::sheet`] |
//! | JSON | [`json::print`] |
//! | cells and names of workbooks | [`sheet::cell`], [`sheet::name`] |
//! | SARIF | [`sarif::message`] and [`sarif::uri`], within JSON |
//! | XML | [`xml::print`] |
//! | the script of the search | [`script::rows`] |
//! | TOML | [`toml::quoted`] |
//! | names of files and addresses | [`crate::base::link`] |

pub mod csv;
pub mod github;
pub mod html;
pub mod json;
pub mod markdown;
pub mod sarif;
pub mod script;
pub mod sheet;
mod shown;
pub mod toml;
pub mod xml;

pub use self::shown::{Shown, quoted};

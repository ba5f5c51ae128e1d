//! The stage "report": takes a scored assessment and makes the site. Start at [`site::site`].
//!
//! The modules, each using those before it:
//!
//! - [`address`]: which pages and files exist, at which path, and for which audience
//! - [`ids`]: finds ids in words, and says where they lead
//! - [`markdown`]: turns untrusted Markdown into safe HTML
//! - [`paging`]: splits registers that are too long for one page
//! - [`view`]: what each page says, in words and figures ready to print
//! - `strings`: the words of the report as templates see them
//! - [`theme`]: templates and assets, which decide how a page looks; a theme overrides the default theme file by file
//! - [`search`]: the data that the search on every page uses
//! - [`site`]: the list of the site's files, each rendered on request

pub mod address;
pub mod ids;
pub mod markdown;
pub mod paging;
pub mod search;
pub mod site;
mod strings;
pub mod theme;
pub mod view;

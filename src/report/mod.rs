//! The stage "report": a scored assessment in, the site out. [`site::site`] is the way in.
//!
//! In the order in which one uses another:
//!
//! - [`address`]: which pages and files there are, where each stands, and who has it
//! - [`markdown`]: Markdown that nobody vouches for in, HTML out that holds nothing of its markup
//! - [`view`]: what each page says, in words and figures ready to print
//! - [`theme`]: templates and assets, the default theme overridden file by file: how a page looks
//! - [`search`]: what the search of every page looks through
//! - [`site`]: the list of the site's files, each rendered when it is asked for

pub mod address;
pub mod markdown;
pub mod search;
pub mod site;
pub mod theme;
pub mod view;

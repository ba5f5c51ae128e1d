//! Makes the site from a scored assessment: the addresses, the contents of each page, and the templates that lay them out.

pub mod address;
pub mod markdown;
pub mod search;
pub mod site;
pub mod theme;
pub mod view;

//! The content of a valid workspace: settings, catalogs, answers, profiles, plans and seals.

pub mod assessment;
pub mod blank;
pub mod called;
pub mod catalog;
pub mod collected;
pub mod collector;
pub mod community;
pub mod evidence;
pub mod forge;
pub mod gate;
pub mod ids;
pub mod mapping;
pub mod measure;
pub mod plan;
pub mod profile;
pub mod review;
pub mod rule_key;
pub mod rules;
pub mod seal;
pub mod settings;
pub mod strings;
pub mod succession;
pub mod table_mapping;

//! What happens to a quarter over time: it is opened, its files have authors, it is sealed, and reviewed.

pub mod edited_catalog;
pub mod handover;
pub mod opening;
pub mod provenance;
pub mod review_sheet;
pub mod sealing;
pub mod worksheet;

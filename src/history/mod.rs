//! What happens to a quarter over time: it is opened, its files have authors, and it is sealed.

pub mod handover;
pub mod opening;
pub mod provenance;
pub mod sealing;
pub mod worksheet;

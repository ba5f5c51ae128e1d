//! Makes facts and evidence of the result files of tools, by their mappings. It sets no level, no state and no attestation.

pub mod extract;
pub mod gather;
pub mod take;

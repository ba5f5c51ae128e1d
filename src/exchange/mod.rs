//! Files of other programs and organisations, in and out: one module for each container, and one for each format.

pub mod profile;

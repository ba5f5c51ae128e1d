//! A workspace or a text in, a panic out where it breaks what Milepost promises: what the fuzz targets have in common.

pub mod ground;
pub mod markup;
pub mod packed;
pub mod stages;

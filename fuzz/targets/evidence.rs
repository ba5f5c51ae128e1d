//! A team's evidence file in, every stage run.

#![no_main]

use libfuzzer_sys::fuzz_target;
use milepost_fuzz::{ground, stages};

fuzz_target!(|data: &[u8]| stages::run(&mut ground::with(&[(ground::EVIDENCE, data)])));

//! A framework.toml and the file of a Function in, every stage run.

#![no_main]

use libfuzzer_sys::fuzz_target;
use milepost_fuzz::{ground, stages};

fuzz_target!(|data: &[u8]| {
    let [framework, function] = ground::parts(data);
    stages::run(&mut ground::with(&[(ground::FRAMEWORK, framework), (ground::FUNCTION, function)]));
});

//! The table of a unit in, and what moved it: read, and told what is wrong.

#![no_main]

use libfuzzer_sys::fuzz_target;
use milepost::group::mistakes;

fuzz_target!(|data: &[u8]| {
    let lines = data.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    let found = mistakes(data);
    assert!(found.iter().all(|mistake| mistake.line <= lines));
    assert!(found.len() <= 300, "mistakes are told within a bound");
});

//! A team's evidence file, the one before it, the quarter's own file, its narrative, a guide and a review in, every stage run.

#![no_main]

use libfuzzer_sys::fuzz_target;
use milepost_fuzz::{ground, stages};

fuzz_target!(|data: &[u8]| {
    let [evidence, earlier, quarter, summary, guide, review] = ground::parts(data);
    stages::run(&mut ground::with(&[
        (ground::EVIDENCE, evidence),
        (ground::EARLIER, earlier),
        ("content/2026-Q3/quarter.toml", quarter),
        ("content/2026-Q3/summary.md", summary),
        ("content/guides/copies.md", guide),
        ("content/2026-Q3/reviews/audit.toml", review),
    ]));
});

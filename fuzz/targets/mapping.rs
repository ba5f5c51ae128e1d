//! A mapping to another catalog in, every stage run, and its crosswalk both ways: no id and no pair is lost between the two.

#![no_main]

use libfuzzer_sys::fuzz_target;
use milepost::check;
use milepost::score;
use milepost::score::crosswalk::crosswalk;
use milepost_fuzz::{ground, stages};

fuzz_target!(|data: &[u8]| {
    let mut workspace = ground::with(&[(ground::MAPPING, data)]);
    stages::run(&mut workspace);
    let Some(assessment) = check::check(&workspace).assessment else { return };
    let scored = score::score(assessment);
    for catalog in scored.assessment.foreign_catalogs.ids() {
        let walk = crosswalk(scored.newest(), catalog, None);
        let [there, back] = [
            walk.foreign.iter().map(|foreign| foreign.outcomes.len()).sum::<usize>(),
            walk.outcomes.iter().map(|outcome| outcome.ids.len()).sum::<usize>(),
        ];
        assert_eq!(there, back);
        for map in &walk.catalog.maps {
            assert!(map.ids.iter().flatten().all(|id| walk.ids().any(|known| known == id)), "{map:?}");
        }
    }
});

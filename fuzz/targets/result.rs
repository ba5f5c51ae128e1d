//! A result file of a tool in, read by every mapping of its container: what it gives is a value or told, and the same each time.

#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use milepost::check;
use milepost::collect::take::take;
use milepost::load::workspace;
use milepost::model::collector::ResultMapping;

static MAPS: LazyLock<Vec<ResultMapping>> = LazyLock::new(|| {
    let (maps, _) = check::maps(&workspace::load(Path::new("/nowhere")));
    maps.into_iter().filter_map(|(_, mapping)| mapping).collect()
});

fuzz_target!(|data: &[u8]| {
    for mapping in MAPS.iter() {
        for by_row in [true, false] {
            let made = || format!("{:?}", take(mapping, data, by_row));
            assert_eq!(made(), made());
        }
    }
});

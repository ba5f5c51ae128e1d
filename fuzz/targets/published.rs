//! A published catalog in, as JSON or YAML: what is made of it can be read, says the published texts, and is the same when it is made
//! again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use milepost::exchange::catalog::files::{FrameworkFolder, control_ids, write};
use milepost::exchange::catalog::ranks::ranked;
use milepost::exchange::loss::Losses;
use milepost::exchange::published::read;
use milepost_fuzz::ground;

fuzz_target!(|data: &[u8]| {
    judge(data);
    if let Some(long) = std::str::from_utf8(data).ok().and_then(ground::at_length) {
        judge(long.as_bytes());
    }
});

fn judge(data: &[u8]) {
    let mut left = Losses::default();
    let Ok(published) = read(data, Some(data), &mut left).or_else(|_| read(data, None, &mut left)) else { return };
    let Ok(catalog) = ranked(&published, &mut left) else { return };
    let written =
        write("rules", &published, &catalog, &FrameworkFolder::new(), &mut left).expect("nothing is in the way");
    let ids = control_ids(&written.files);
    assert!(catalog.controls().all(|control| ids.contains(&control.id)), "{:?}", written.files);
    let again = write("rules", &published, &catalog, &written.files, &mut left).expect("these files were just written");
    assert_eq!(again.files, FrameworkFolder::new());
}

//! A seal's text in, what it says out: printed and read again it says the same, and no edit goes unseen.

#![no_main]

use libfuzzer_sys::fuzz_target;
use milepost::load::workspace::sha256;
use milepost::model::seal;
use milepost_fuzz::ground;

fuzz_target!(|text: &str| {
    judge(text);
    // No mutation hits upon a digest that fits.
    let above = text.split_inclusive('\n').take_while(|line| *line != "[seal]\n").collect::<String>();
    let digest = sha256(above.as_bytes());
    judge(&format!("{above}[seal]\nsha256 = \"{digest}\"\n"));
    if let Some(long) = ground::at_length(text) {
        judge(&long);
    }
});

fn judge(text: &str) {
    let (seal, faults) = seal::read(text);
    for fault in &faults {
        let ends = [fault.span.start, fault.span.end];
        assert!(ends[0] <= ends[1] && ends.iter().all(|end| text.is_char_boundary(*end)), "{fault:?}");
    }
    let Some(seal) = seal else {
        assert!(!faults.is_empty(), "nothing is said of what is no seal");
        return;
    };
    let printed = seal::print(&seal);
    assert_eq!(seal::read(&printed), (Some(seal), vec![]));
}

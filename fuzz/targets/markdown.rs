//! A note in, HTML out that holds only the elements, attributes and links that a note may have.

#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use milepost::base::language::Language;
use milepost::base::link;
use milepost::model::strings::Strings;
use milepost::report::markdown::{self, Around};
use milepost_fuzz::ground;
use milepost_fuzz::markup::{self, Allowed};

const INLINE: &[Allowed] =
    &[("strong", &[]), ("em", &[]), ("del", &[]), ("code", &[]), ("a", &["href", "rel"]), ("span", &["class"])];

const BLOCKS: &[Allowed] = &[
    ("p", &[]),
    ("h3", &["id"]),
    ("h4", &["id"]),
    ("h5", &["id"]),
    ("h6", &["id"]),
    ("pre", &[]),
    ("blockquote", &[]),
    ("ul", &[]),
    ("ol", &["start"]),
    ("li", &[]),
    ("hr/", &[]),
    ("br/", &[]),
    ("div", &["class", "tabindex", "role", "aria-label"]),
    ("table", &[]),
    ("thead", &[]),
    ("tbody", &[]),
    ("tr", &[]),
    ("th", &["scope", "class"]),
    ("td", &["class"]),
];

fuzz_target!(|note: &str| {
    let strings = Strings::new(Language::english());
    let around = Around { strings: &strings, here: None };
    let mut ids = HashSet::new();
    let mut value = |name: &str, value: &str| match name {
        "href" => assert!(link::is_safe(&plain(value)), "{value:?} leads out"),
        "rel" => assert_eq!(value, "noreferrer noopener"),
        "id" => assert!(value.starts_with("note-") && ids.insert(value.to_owned()), "{value:?} is taken"),
        "start" => assert!(value.parse::<u32>().is_ok(), "{value:?} is no number"),
        "class" => assert!(["scroll", "left", "center", "right", "whole"].contains(&value), "{value:?} is no class"),
        _ => {}
    };
    markup::judge(&markdown::html(around, note, 3, "note-"), &[INLINE, BLOCKS].concat(), &mut value);
    let line = markdown::inline(around, note);
    markup::judge(&line, INLINE, value);
    assert!(!line.contains('\n'), "two lines: {line:?}");
    if let Some(long) = ground::at_length(note) {
        markdown::html(around, &long, 3, "note-");
        markdown::inline(around, &long);
    }
});

/// An attribute's value as a browser reads it.
fn plain(value: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.iter().fold(value.to_owned(), |text, (entity, sign)| text.replace(entity, sign))
}

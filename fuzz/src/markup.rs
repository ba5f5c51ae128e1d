//! HTML or SVG in, a panic out unless it is balanced and holds only what is allowed.
//!
//! What is written escapes each `<`, `>`, `&` and quote of its input, so that a plain scan meets the writer's own tags and no other.

use milepost::base::text::is_deceptive;

/// An element and the attributes that it may have; one without an end tag has `/` after its name.
pub type Allowed = (&'static str, &'static [&'static str]);

/// Panics unless `markup` is made of `allowed`, each element ended in its place; `value` judges each attribute.
pub fn judge(markup: &str, allowed: &[Allowed], mut value: impl FnMut(&str, &str)) {
    assert!(!markup.contains(is_deceptive), "{markup:?}");
    let mut open = Vec::new();
    let mut rest = markup;
    while let Some((text, after)) = rest.split_once('<') {
        judge_text(text);
        let (tag, after) = after.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{markup}");
            continue;
        }
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let closed = attributes.strip_suffix('/').or_else(|| name.strip_suffix('/').map(|_| ""));
        attributes = closed.unwrap_or(attributes);
        let name = name.trim_end_matches('/');
        let is_void = allowed.iter().any(|(allowed, _)| allowed.strip_suffix('/') == Some(name));
        let known = allowed.iter().find(|(allowed, _)| allowed.trim_end_matches('/') == name);
        let (_, known) = known.unwrap_or_else(|| panic!("<{name}> is not allowed in {markup}"));
        let mut seen = Vec::new();
        while let Some((attribute, after)) = attributes.split_once("=\"") {
            let (written, after) = after.split_once('"').expect("a value ends");
            let attribute = attribute.trim();
            assert!(known.contains(&attribute) && !seen.contains(&attribute), "{attribute} of <{name}> in {markup}");
            seen.push(attribute);
            judge_text(written);
            value(attribute, written);
            attributes = after;
        }
        assert_eq!(attributes.trim(), "", "{markup}");
        if !is_void && closed.is_none() {
            open.push(name);
        }
    }
    judge_text(rest);
    assert!(open.is_empty(), "{open:?} in {markup}");
}

fn judge_text(text: &str) {
    assert!(!text.contains(['<', '>', '"', '\'']), "{text}");
    for entity in text.split('&').skip(1) {
        assert!(["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|known| entity.starts_with(known)), "&{entity}");
    }
}

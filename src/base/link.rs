//! Decides which addresses a report may link to, and how names stand in its own addresses.

use std::collections::BTreeSet;
use std::net::Ipv6Addr;

use sha2::{Digest, Sha256};

/// Whether `url` may become a link of an author's: `https:`, `http:` or `mailto:`. Other schemes could run script, `//host`
/// would lead to another host where a path was meant, and a relative address would mean another place on each page.
pub fn is_safe(url: &str) -> bool {
    let harmless = |c: char| !c.is_control() && !c.is_whitespace() && c != '\\';
    let Some((scheme, rest)) = url.split_once(':').filter(|_| url.chars().all(harmless)) else { return false };
    match scheme.to_ascii_lowercase().as_str() {
        "https" | "http" => rest.starts_with("//") && rest.len() > 2,
        "mailto" => !rest.is_empty(),
        _ => false,
    }
}

/// A relative path as a part of an address: everything but unreserved characters and `/` percent-encoded (RFC 3986, 2.3).
pub fn encoded(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-._~".contains(&b);
    path.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// An author's address, of which [`is_safe`] is true, as a URI reference (RFC 3986): what may not stand in one is percent-encoded.
pub fn uri(url: &str) -> String {
    let (head, fragment) = url.split_once('#').map_or((url, None), |(head, fragment)| (head, Some(fragment)));
    let (scheme, rest) = head.split_once(':').unwrap_or(("", head));
    let rest = match rest.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
            format!("//{}{}", host(authority), kept(path, ""))
        }
        None => kept(rest, ""),
    };
    let fragment = fragment.map(|fragment| format!("#{}", kept(fragment, ""))).unwrap_or_default();
    format!("{scheme}:{rest}{fragment}")
}

/// The authority of an address. Its `:` and its brackets keep their meaning only where they have one.
fn host(authority: &str) -> String {
    let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    let is_port = |port: &str| port.bytes().all(|b| b.is_ascii_digit());
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => (name, format!(":{port}")),
        _ => (host, String::new()),
    };
    let inner = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let name = match inner.filter(|inner| inner.parse::<Ipv6Addr>().is_ok()) {
        Some(_) => name.to_owned(),
        None => kept(name, ":@"),
    };
    let user = user.map(|user| format!("{}@", kept(user, "@"))).unwrap_or_default();
    format!("{user}{name}{port}")
}

/// A part of an address with what may not stand in it percent-encoded, and `besides` too. What is encoded already stays so.
fn kept(part: &str, besides: &str) -> String {
    let bytes = part.as_bytes();
    let is_hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    let stays = |(at, b): (usize, u8)| match b {
        b'%' => is_hex(at + 1) && is_hex(at + 2),
        _ => (b.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=".contains(&b)) && !besides.as_bytes().contains(&b),
    };
    let shown = |(at, b)| if stays((at, b)) { char::from(b).to_string() } else { format!("%{b:02X}") };
    bytes.iter().copied().enumerate().map(shown).collect()
}

/// Device names that Windows keeps for itself, whatever their ending: a site may be served from there.
const DEVICES: &[&str] = &[
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Whether `id` can be a part of a page's address on every file system: 1 to 64 plain characters, no leading or trailing dot.
pub fn is_name(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.chars().all(is_plain)
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !id.ends_with('.')
        && !is_device(id)
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.()".contains(c)
}

fn is_device(id: &str) -> bool {
    let stem = id.split('.').next().unwrap_or_default().to_ascii_lowercase();
    DEVICES.contains(&stem.as_str())
}

/// The name of a folder's own page, which no other folder or file of it may have.
pub const PAGE: &str = "index.html";

/// The digits of an escaped name's digest. Where a name is taken, it gets more.
const DIGITS: [usize; 4] = [8, 16, 32, 64];

/// Each of `ids` as a part of an address, in the same order. A name that is safe everywhere stays as it is. In any other, `_` stands
/// for each character that is not, with digits of the whole id's SHA-256 behind. No two are the same where case is ignored, unless the
/// ids themselves are.
pub fn slugs<'a>(ids: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let is_safe = |id: &str| is_name(id) && !id.eq_ignore_ascii_case(PAGE);
    let mut taken: BTreeSet<String> = ids.clone().filter(|id| is_safe(id)).map(str::to_ascii_lowercase).collect();
    let mut slug = |id: &str| {
        if is_safe(id) {
            return id.to_owned();
        }
        let mut escaped = DIGITS.into_iter().map(|digits| escaped(id, digits));
        let free = escaped.find(|slug| taken.insert(slug.to_ascii_lowercase()));
        free.expect("two texts with the same SHA-256 are the same text")
    };
    ids.map(&mut slug).collect()
}

fn escaped(id: &str, digits: usize) -> String {
    let plain = |c: char| if is_plain(c) { c } else { '_' };
    let mut name: String = id.chars().map(plain).collect();
    if name.starts_with(['-', '.', '(', ')']) {
        name.replace_range(..1, "_");
    }
    if is_device(&name) {
        name = name.replacen('.', "_", 1);
    }
    let digest: String = Sha256::digest(id).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{name}-{}", &digest[..digits])
}

#[cfg(test)]
mod tests {
    use proptest::collection::btree_set;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_safe_id_is_its_own_address_and_any_other_stays_readable() {
        let ids = ["PR.DS-11", "AC-2(1)", "CON.1", "con", "§ 5", "УПД.1", "a/b", ".x", "A.", "index.html", "Ä"];
        assert_eq!(
            slugs(ids.into_iter()),
            [
                "PR.DS-11",
                "AC-2(1)",
                // As `printf %s CON.1 | sha256sum` begins.
                "CON_1-45f1f573",
                "con-1143da2b",
                "__5-e141d839",
                "___.1-a40d6825",
                "a_b-c14cddc0",
                "_x-bb42e4c6",
                "A.-e5365717",
                "index.html-0eb54730",
                "_-2fe5ca1c",
            ]
        );
        assert!(slugs(ids.into_iter()).iter().all(|slug| is_name(slug) || slug.starts_with('_')));
    }

    proptest! {
        #[test]
        fn ids_of_any_form_make_addresses_that_every_file_system_keeps_apart(ids in btree_set("\\PC{1,9}|[a-cA-C.()-]{1,4}", 0..30)) {
            let mut seen = BTreeSet::new();
            let ids: Vec<&str> = ids.iter().map(String::as_str).filter(|id| seen.insert(id.to_lowercase())).collect();
            let slugs = slugs(ids.iter().copied());
            let lower: BTreeSet<String> = slugs.iter().map(|slug| slug.to_lowercase()).collect();
            prop_assert_eq!(lower.len(), ids.len());
            for (id, slug) in ids.iter().zip(&slugs) {
                prop_assert!(slug.chars().all(is_plain) && !is_device(slug) && !slug.starts_with('.') && !slug.ends_with('.'));
                prop_assert!(slug == id || slug.contains('-'));
            }
        }
    }

    #[test]
    fn two_ids_never_make_one_address() {
        // The digest of `Ä` stands in the other id as its author wrote it, once in capitals.
        let first = slugs(["a Ä"].into_iter()).remove(0);
        let same = first.to_ascii_uppercase();
        let both = slugs(["a Ä", &same].into_iter());
        assert_eq!(both[1], same);
        assert!(both[0].len() > first.len() && both[0].starts_with(&first));
    }

    #[test]
    fn links_that_lead_where_they_say_are_safe() {
        for url in ["https://wiki.example.org/a?b=c#d", "HTTP://x", "mailto:desk@example.org"] {
            assert!(is_safe(url), "{url}");
        }
    }

    #[test]
    fn links_that_could_run_or_disguise_something_are_not() {
        let unsafe_urls = [
            "",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "//evil.example",
            "https:javascript:alert(1)",
            "https://",
            "\\\\evil",
            "a b",
            "\u{0}https://x",
            "feed:https://x",
            "../a:b/c",
            "#here",
            "a.html",
        ];
        for url in unsafe_urls {
            assert!(!is_safe(url), "{url:?}");
        }
    }

    #[test]
    fn names_that_file_systems_or_addresses_trip_over_are_refused() {
        for name in ["", "..", ".hidden", "a/b", "a\\b", "CON", "nul.txt", "a ", "a.", "é", "a\0b", &"x".repeat(65)] {
            assert!(!is_name(name), "{name:?}");
        }
        for name in ["PR.DS-11", "AC-2(1)", "A.5.1", "payments", "shore_it", "7"] {
            assert!(is_name(name), "{name}");
        }
    }
}

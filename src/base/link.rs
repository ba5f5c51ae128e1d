//! Decides which addresses a report may link to, and which names may stand in its own addresses.

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

/// Device names that Windows keeps for itself, whatever their ending: a site may be served from there.
const DEVICES: &[&str] = &[
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Whether `id` can be a part of a page's address on every file system: 1 to 64 plain characters, no leading or trailing dot.
pub fn is_name(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.()".contains(&b);
    let stem = id.split('.').next().unwrap_or_default().to_ascii_lowercase();
    (1..=64).contains(&id.len())
        && id.bytes().all(plain)
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !id.ends_with('.')
        && !DEVICES.contains(&stem.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

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

//! A link's address in, whether a report may carry it out.

/// Whether `url` may become a link: `https:`, `http:`, `mailto:`, a relative address or a fragment. Other schemes could run
/// script, and `//host` would lead to another host where a path was meant.
pub fn is_safe(url: &str) -> bool {
    let harmless = |c: char| !c.is_control() && !c.is_whitespace() && c != '\\';
    if url.is_empty() || !url.chars().all(harmless) || url.starts_with("//") {
        return false;
    }
    match url.split_once(':') {
        Some((scheme, rest)) if !scheme.contains(['/', '?', '#']) => match scheme.to_ascii_lowercase().as_str() {
            "https" | "http" => rest.starts_with("//") && rest.len() > 2,
            "mailto" => !rest.is_empty(),
            _ => false,
        },
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_lead_where_they_say_are_safe() {
        for url in
            ["https://wiki.example.org/a?b=c#d", "HTTP://x", "mailto:desk@example.org", "../a:b/c", "#here", "a.html"]
        {
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
        ];
        for url in unsafe_urls {
            assert!(!is_safe(url), "{url:?}");
        }
    }
}

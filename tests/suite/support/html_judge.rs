//! Finds everything in a site that a browser, a reader or an attacker would find wrong.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::media_judges::formulas as formulas_in;
use milepost::check::Checked;
use milepost::diagnostic::{self, Colour, DiagnosticFormat};
use milepost::load::workspace::Workspace;
use milepost::report::paging::ROOM;
use milepost::report::site::site_with_room;
use milepost::report::theme::Theme;
use milepost::report::view::Report;
use milepost::score::{self, Scored};
use rayon::prelude::*;
use scraper::node::Element;
use scraper::{ElementRef, Html, Selector};

/// Each file of a site.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// The site of a workspace that holds no mistake, in memory.
pub(crate) fn build(workspace: &Workspace, checked: Checked) -> Files {
    let printed = diagnostic::print(&checked.diagnostics, workspace, DiagnosticFormat::Text, Colour::Plain);
    build_scored(workspace, &score::score(checked.assessment.expect(&printed)))
}

/// The same of an assessment with its scores.
pub(crate) fn build_scored(workspace: &Workspace, scored: &Scored) -> Files {
    build_with_room(workspace, scored, ROOM)
}

/// The same, where the registers of a page have about `room` bytes together.
pub(crate) fn build_with_room(workspace: &Workspace, scored: &Scored, room: usize) -> Files {
    let theme = Theme::new(workspace, &scored.assessment.settings.theme, &scored.assessment.strings).unwrap();
    let site = site_with_room(Report::new(scored, None, None), &theme, room);
    let files = site.files().par_iter().map(|file| (file.path.clone(), site.render(file).unwrap()));
    let files: Vec<(String, Vec<u8>)> = files.collect();
    let count = files.len();
    let files: Files = files.into_iter().collect();
    assert_eq!(files.len(), count, "two files have one path");
    files
}

/// What the judge remembers of a page.
pub(crate) struct Page {
    path: String,
    ids: BTreeSet<String>,
    links: Vec<String>,
    title: String,
    /// Each element that it holds, alone and with the name of each of its attributes.
    pub(crate) vocabulary: BTreeSet<String>,
    pub(crate) faults: Vec<String>,
}

/// Tells what breaks it on a page.
type Rule = fn(&Html, &str) -> Vec<String>;

impl Page {
    pub(crate) fn read(path: &str, text: &str) -> Self {
        let html = Html::parse_document(text);
        let mut faults = Vec::new();
        let rules: &[(&str, Rule)] = &[
            ("parse", |html, _| html.errors.iter().map(ToString::to_string).collect()),
            ("text", deceptive_characters),
            ("head", |html, _| head(html)),
            ("frame", |html, _| frame(html)),
            ("inert", |html, _| live_parts(html)),
            ("link", |html, _| unfit_links(html)),
            ("id", |html, _| ids(html)),
            ("heading", |html, _| headings(html)),
            ("table", |html, _| tables(html)),
            ("chart", |html, _| charts(html)),
            ("chart size", large_charts),
        ];
        for (name, rule) in rules {
            faults.extend(rule(&html, text).into_iter().map(|fault| format!("{name}: {path}: {fault}")));
        }
        let all =
            |query: &str, name: &str| attributes(&html, query, name).into_iter().map(str::to_owned).collect::<Vec<_>>();
        let mut links = all("[href]", "href");
        links.extend(all("[src]", "src"));
        let title = select(&html, "title").first().map(|title| words(*title)).unwrap_or_default();
        let vocabulary = elements(&html).flat_map(vocabulary).collect();
        Self { path: path.to_owned(), ids: all("[id]", "id").into_iter().collect(), links, title, vocabulary, faults }
    }
}

fn vocabulary(element: &Element) -> impl Iterator<Item = String> {
    let name = element.name();
    std::iter::once(name.to_owned()).chain(element.attrs().map(move |(attribute, _)| format!("{name} {attribute}")))
}

/// Every page of a site, read.
pub(crate) fn pages(files: &Files) -> Vec<Page> {
    let pages = files.par_iter().filter(|(path, _)| path.ends_with(".html"));
    pages.map(|(path, bytes)| Page::read(path, std::str::from_utf8(bytes).unwrap())).collect()
}

/// Every fault of a site, at most five of a kind.
pub(crate) fn judge(files: &Files) -> String {
    told(files, &pages(files))
}

/// The same, of a site whose pages are read.
pub(crate) fn told(files: &Files, pages: &[Page]) -> String {
    let mut faults: Vec<String> = pages.iter().flat_map(|page| page.faults.iter().cloned()).collect();
    faults.extend(dead_links(files, pages));
    faults.extend(quarters_that_differ(files));
    faults.extend(titles_given_twice(pages));
    faults.extend(styles_that_fetch(files));
    faults.extend(formulas(files));
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut told = String::new();
    for fault in &faults {
        let count = kinds.entry(fault.split(": ").next().unwrap_or_default()).or_default();
        *count += 1;
        if *count <= 5 {
            told.push_str(&format!("{}\n", fault.chars().take(400).collect::<String>()));
        }
    }
    if faults.is_empty() { told } else { format!("{told}{kinds:?}") }
}

fn select<'a>(html: &'a Html, query: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(query).unwrap()).collect()
}

fn inside<'a>(element: ElementRef<'a>, query: &str) -> Vec<ElementRef<'a>> {
    element.select(&Selector::parse(query).unwrap()).collect()
}

fn attributes<'a>(html: &'a Html, query: &str, name: &str) -> Vec<&'a str> {
    select(html, query).into_iter().filter_map(|element| element.value().attr(name)).collect()
}

/// The text of a page as it reads, whatever elements it is divided into.
pub(crate) fn text_of(page: &str) -> String {
    let text: String = Html::parse_document(page).root_element().text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of an element.
pub(crate) fn words(element: ElementRef<'_>) -> String {
    element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

fn elements(html: &Html) -> impl Iterator<Item = &Element> {
    html.tree.nodes().filter_map(|node| node.value().as_element())
}

/// Whether the author of a text wrote this element in Markdown, which knows no captions.
fn is_authors(element: ElementRef<'_>) -> bool {
    let prose = ["note", "summary", "prose"];
    element
        .ancestors()
        .filter_map(ElementRef::wrap)
        .any(|above| above.value().classes().any(|class| prose.contains(&class)))
}

/// Controls, and the characters that turn text around; but for the pair of marks that sets a text apart.
fn deceptive_characters(_: &Html, text: &str) -> Vec<String> {
    let mut apart = false;
    let mut deceptive = |c: char| match c {
        '\n' | '\t' => false,
        '\u{2068}' | '\u{2069}' if apart == (c == '\u{2069}') => {
            apart = !apart;
            false
        }
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        _ => c.is_control(),
    };
    text.chars().filter(|c| deceptive(*c)).map(|c| format!("{c:?}")).collect()
}

/// Charset first, then a policy that lets nothing in from elsewhere and runs nothing written into the page.
fn head(html: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    let mut metas = select(html, "head > *").into_iter().map(|element| element.value());
    if metas.next().and_then(|meta| meta.attr("charset")) != Some("utf-8") {
        faults.push("the charset does not come first".to_owned());
    }
    let policy = metas.next().filter(|meta| meta.attr("http-equiv") == Some("Content-Security-Policy"));
    let policy = policy.and_then(|meta| meta.attr("content")).unwrap_or_default();
    let rules: BTreeMap<&str, &str> = policy.split("; ").filter_map(|rule| rule.split_once(' ')).collect();
    let wanted = [
        ("default-src", "'none'"),
        ("script-src", "'self'"),
        ("style-src", "'self'"),
        ("base-uri", "'none'"),
        ("form-action", "'none'"),
    ];
    for (directive, sources) in wanted {
        if rules.get(directive) != Some(&sources) {
            faults.push(format!("{directive} is not {sources}: {policy:?}"));
        }
    }
    let allowed =
        ["default-src", "script-src", "style-src", "base-uri", "form-action", "img-src", "font-src", "connect-src"];
    faults.extend(rules.keys().filter(|rule| !allowed.contains(rule)).map(|rule| format!("{rule} in the policy")));
    faults
}

/// What every page has: a language, a title, a way past the navigation and one main part.
fn frame(html: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    // BCP 47: parts of up to eight letters and digits. The first holds letters alone.
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_tag = |tag: &&str| tag.starts_with(|first: char| first.is_ascii_lowercase()) && tag.split('-').all(is_part);
    if !attributes(html, "html", "lang").first().is_some_and(is_tag) {
        faults.push("no language".to_owned());
    }
    if select(html, "head > title").first().is_none_or(|title| words(*title).is_empty()) {
        faults.push("no title".to_owned());
    }
    let first = select(html, "body > *").first().map(ElementRef::value);
    if first.is_none_or(|skip| skip.name() != "a" || skip.attr("href") != Some("#main")) {
        faults.push("the page does not start with a link to its main part".to_owned());
    }
    if attributes(html, "main", "id") != ["main"] || select(html, "main").len() != 1 {
        faults.push("there is not one main part".to_owned());
    }
    faults
}

/// Elements that fetch, run or submit something, or change what the rest of the page means.
const LIVE: &[&str] = &[
    "animate",
    "applet",
    "audio",
    "base",
    "embed",
    "foreignobject",
    "form",
    "frame",
    "frameset",
    "iframe",
    "image",
    "img",
    "math",
    "noscript",
    "object",
    "plaintext",
    "portal",
    "set",
    "source",
    "style",
    "track",
    "use",
    "video",
    "xmp",
];

/// Scripts, styles and handlers written into the page, and whatever a hostile text would have made of itself.
fn live_parts(html: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    for element in elements(html) {
        let name = element.name().to_ascii_lowercase();
        if LIVE.contains(&name.as_str()) || name.contains("canary") {
            faults.push(format!("<{name}>"));
        }
        for (attribute, value) in element.attrs() {
            if attribute == "style" || attribute.starts_with("on") || attribute.contains("canary") {
                faults.push(format!("{attribute}={value:?}"));
            }
        }
    }
    let written = |script: &ElementRef<'_>| script.value().attr("src").is_none() || !words(*script).is_empty();
    faults.extend(select(html, "script").iter().filter(|script| written(script)).map(ElementRef::html));
    let mut unusual = |query: &str, name: &str, usual: &[&str]| {
        let values = attributes(html, query, name).into_iter().filter(|value| !usual.contains(value));
        faults.extend(values.map(|value| format!("<{query} {name}={value:?}>")));
    };
    unusual("link", "rel", &["stylesheet", "icon", "prev", "next"]);
    unusual("meta", "http-equiv", &["Content-Security-Policy", "refresh"]);
    // A page may lead on at once, to where its only link leads too, which lies in the site.
    let links = attributes(html, "main a", "href");
    let leads_astray = |to: &&str| links.len() != 1 || is_external(links[0]) || **to != format!("0; url={}", links[0]);
    let astray = attributes(html, "meta[http-equiv=refresh]", "content").into_iter().filter(leads_astray);
    faults.extend(astray.map(|to| format!("leads on to {to:?}")));
    faults
}

/// Whether `href` leads out of the site.
fn is_external(href: &str) -> bool {
    href.split(['/', '?', '#']).next().unwrap_or_default().contains(':') || href.starts_with("//")
}

/// What leads out of the site may only be a link to click, and tells nobody where the reader came from.
fn unfit_links(html: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    for element in elements(html) {
        for name in ["href", "src", "srcset", "action", "formaction", "data", "poster", "xlink:href", "ping"] {
            let Some(address) = element.attr(name) else { continue };
            if !is_external(address) {
                continue;
            }
            let rel: Vec<&str> = element.attr("rel").unwrap_or_default().split(' ').collect();
            let discreet = rel.contains(&"noreferrer") && rel.contains(&"noopener");
            let scheme = address.split(':').next().unwrap_or_default().to_ascii_lowercase();
            let fit = match scheme.as_str() {
                "http" | "https" => element.name() == "a" && name == "href" && discreet,
                "mailto" => element.name() == "a" && name == "href",
                _ => false,
            };
            if !fit {
                faults.push(format!("<{} {name}={address:?} rel={rel:?}>", element.name()));
            }
        }
    }
    faults
}

/// No id twice, and whatever refers to one finds it.
fn ids(html: &Html) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut faults: Vec<String> = attributes(html, "[id]", "id")
        .into_iter()
        .filter(|id| !seen.insert(*id))
        .map(|id| format!("{id} twice"))
        .collect();
    faults
        .extend(seen.iter().filter(|id| id.is_empty() || id.contains(char::is_whitespace)).map(|id| format!("{id:?}")));
    for name in ["aria-labelledby", "aria-describedby", "aria-controls", "for", "list", "headers"] {
        let referred = attributes(html, &format!("[{name}]"), name).into_iter().flat_map(str::split_whitespace);
        faults.extend(referred.filter(|id| !seen.contains(id)).map(|id| format!("{name}={id:?} leads nowhere")));
    }
    faults
}

/// One h1, and no level left out on the way down.
fn headings(html: &Html) -> Vec<String> {
    let headings = select(html, "h1, h2, h3, h4, h5, h6");
    let level = |heading: &ElementRef<'_>| heading.value().name().as_bytes()[1] - b'0';
    let mut faults = Vec::new();
    if headings.iter().filter(|heading| level(heading) == 1).count() != 1 {
        faults.push("there is not one h1".to_owned());
    }
    let mut before = 0;
    for heading in &headings {
        if level(heading) > before + 1 {
            faults.push(format!("h{} after h{before}: {}", level(heading), words(*heading)));
        }
        if words(*heading).is_empty() {
            faults.push(format!("h{} is empty", level(heading)));
        }
        before = level(heading);
    }
    faults
}

/// Captions, scopes, and rows of the same length.
fn tables(html: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    for table in select(html, "table") {
        let caption = table.child_elements().next().filter(|first| first.value().name() == "caption");
        let name = caption.map(words).unwrap_or_default();
        if name.is_empty() && !is_authors(table) {
            faults.push(format!("no caption: {}", words(table)));
        }
        let scopes = ["col", "row", "colgroup", "rowgroup"];
        let scoped = |head: &ElementRef<'_>| head.value().attr("scope").is_some_and(|scope| scopes.contains(&scope));
        faults.extend(
            inside(table, "th").iter().filter(|head| !scoped(head)).map(|head| format!("{name}: {}", head.html())),
        );
        let span =
            |cell: &ElementRef<'_>| cell.value().attr("colspan").map_or(1, |span| span.parse::<usize>().unwrap());
        let widths = inside(table, "tr").into_iter().map(|row| row.child_elements().map(|cell| span(&cell)).sum());
        let widths: BTreeSet<usize> = widths.collect();
        if widths.len() != 1 {
            faults.push(format!("{name}: rows of {widths:?} cells"));
        }
    }
    faults
}

/// A chart says what it is and what it shows, and its numbers stand in a table of the same section.
fn charts(html: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    for chart in select(html, "svg").into_iter().filter(|svg| svg.value().attr("aria-hidden") != Some("true")) {
        let child = |name: &str| {
            chart.child_elements().find(|child| child.value().name() == name).map(words).unwrap_or_default()
        };
        let (title, description) = (child("title"), child("desc"));
        if !matches!(chart.value().attr("role"), Some("img" | "group")) || title.is_empty() || description.is_empty() {
            faults.push(format!("role, title or description is missing: {title:?}"));
        }
        if chart.value().attr("aria-labelledby").is_none() {
            faults.push(format!("{title} does not refer to its title"));
        }
        let section = chart.ancestors().filter_map(ElementRef::wrap).find(|above| above.value().name() == "section");
        if section.is_none_or(|section| inside(section, "table").is_empty()) {
            faults.push(format!("{title}: its section has no table"));
        }
    }
    faults
}

/// Charts of more than 6 KiB.
fn large_charts(_: &Html, text: &str) -> Vec<String> {
    let charts = text.split("<svg ").skip(1).map(|chart| &chart[..chart.find("</svg>").unwrap()]);
    charts.filter(|chart| chart.len() > 7 * 1024).map(|chart| format!("{} bytes: {chart}", chart.len())).collect()
}

/// Links to files or fragments that are not there.
pub(crate) fn dead_links(files: &Files, pages: &[Page]) -> Vec<String> {
    let ids: BTreeMap<&str, &BTreeSet<String>> = pages.iter().map(|page| (page.path.as_str(), &page.ids)).collect();
    let mut faults = Vec::new();
    for page in pages {
        for link in page.links.iter().filter(|link| !is_external(link)) {
            let (file, fragment) = link.split_once('#').map_or((link.as_str(), None), |(file, id)| (file, Some(id)));
            let target = if file.is_empty() { Some(page.path.clone()) } else { resolve(&page.path, file) };
            let target = target.filter(|target| files.contains_key(target));
            let found = target.is_some_and(|target| match fragment {
                Some(id) => ids.get(target.as_str()).is_some_and(|ids| ids.contains(id)),
                None => true,
            });
            if !found {
                faults.push(format!("dead link: {}: {link:?}", page.path));
            }
        }
    }
    faults
}

/// The file that `link` means on the page at `path`; `None` if it leaves the site.
fn resolve(path: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()?),
            // An absolute path, a folder without its index.html, or a needless dot.
            "" | "." => return None,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Quarters in which other pages or data files stand than in the first. The newest quarter's rules are those of the report, at
/// the site's root.
fn quarters_that_differ(files: &Files) -> Vec<String> {
    let mut quarters: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    // The further pages of a register that is too long for one are no page of each quarter.
    let is_further = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        let number = name.rsplit_once('-').and_then(|(_, end)| end.split_once('.'));
        number.is_some_and(|(number, _)| number.parse::<u32>().is_ok())
    };
    for path in files.keys().filter(|path| !is_further(path)) {
        let (folder, rest) = path.split_once('/').unwrap_or(("", path));
        let (quarter, rest) =
            if folder == "data" { rest.split_once('/').unwrap_or(("", rest)) } else { (folder, rest) };
        if quarter.contains("-Q") {
            quarters
                .entry(quarter)
                .or_default()
                .insert(format!("{}{rest}", if folder == "data" { "data/" } else { "" }));
        }
    }
    let method = "method/index.html";
    let newest = quarters.values_mut().next_back().unwrap();
    assert!(files.contains_key(method) && newest.insert(method.to_owned()));
    let first = quarters.values().next().unwrap();
    assert!(first.len() > 5, "{first:?}");
    let differing = quarters.iter().filter(|(_, pages)| *pages != first);
    differing.map(|(quarter, pages)| format!("quarter: {quarter}: {:?}", pages.symmetric_difference(first))).collect()
}

/// Titles that two pages share; the site's root is the newest quarter's dashboard again.
fn titles_given_twice(pages: &[Page]) -> Vec<String> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let pages = pages.iter().filter(|page| page.path != "index.html");
    let twice = pages.filter_map(|page| Some((seen.insert(&page.title, &page.path)?, page)));
    twice.map(|(first, page)| format!("title: {}: the same as {first}: {}", page.path, page.title)).collect()
}

/// Style sheets and scripts that would ask another host for something.
fn styles_that_fetch(files: &Files) -> Vec<String> {
    let assets = files.iter().filter(|(path, _)| path.ends_with(".css") || path.ends_with(".js"));
    let mut faults = Vec::new();
    for (path, bytes) in assets {
        let text = std::str::from_utf8(bytes).unwrap().replace("http://www.w3.org/2000/svg", "");
        if path.starts_with("search/") {
            // Nothing but data: one list of rows of texts, in which nothing can end the script.
            let call = text.strip_prefix("milepostSearch(").and_then(|rest| rest.strip_suffix(");\n"));
            let rows = call.and_then(|call| Some(call.split_once(", ")?.1.split_once(", ")?.1));
            let rows = rows.and_then(|rows| serde_json::from_str::<Vec<[String; 5]>>(rows).ok());
            if rows.is_none_or(|rows| rows.is_empty()) || text.contains(['<', '\u{2028}', '\u{2029}']) {
                faults.push(format!("asset: {path}: more than rows of texts"));
            }
            continue;
        }
        if let Some(rows) = text.strip_prefix("milepostRows(") {
            // Nothing but rows of a page as texts, which are judged on the page that holds them.
            let rows = rows.strip_suffix(");\n").and_then(|rows| Some(rows.split_once(", ")?.1.split_once(", ")?.1));
            let rows = rows.and_then(|rows| serde_json::from_str::<Vec<String>>(rows).ok());
            if rows.is_none_or(|rows| rows.is_empty()) || text.contains(['<', '\u{2028}', '\u{2029}']) {
                faults.push(format!("asset: {path}: more than rows of a table"));
            }
            continue;
        }
        let fetching = ["http:", "https:", "url(//", "@import", "eval(", "innerHTML", "document.write"];
        faults.extend(fetching.iter().filter(|word| text.contains(*word)).map(|word| format!("asset: {path}: {word}")));
    }
    faults
}

/// Cells of data files that a spreadsheet would run, and figures that are no JSON.
fn formulas(files: &Files) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, bytes) in files {
        if path.ends_with(".json") {
            assert!(serde_json::from_slice::<serde_json::Value>(bytes).is_ok(), "{path}");
        }
        if !path.ends_with(".csv") {
            continue;
        }
        faults.extend(
            formulas_in(std::str::from_utf8(bytes).unwrap()).into_iter().map(|cell| format!("formula: {path}: {cell}")),
        );
    }
    faults
}

//! The templates and assets of a theme: the default theme, replaced file by file.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value};

use crate::border::html;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::load::embedded;
use crate::load::workspace::{Entry, Workspace};
use crate::model::strings::Strings;
use crate::report::strings;
use crate::report::view::Page;

/// A theme ready to render.
#[derive(Debug)]
pub struct Theme {
    environment: Environment<'static>,
    /// Each template's file, by the name that other templates use for it.
    templates: BTreeMap<String, String>,
    /// Each asset's path in the site, and its bytes.
    assets: BTreeMap<String, Vec<u8>>,
    /// The part of the style sheets that a chart needs as a separate file.
    chart_style: String,
}

/// The theme that other themes build on.
const DEFAULT: &str = "default";
/// The most instructions a template may run for one page: far more than any page needs, but it ends every loop.
const FUEL: u64 = 200_000_000;

impl Theme {
    /// Takes the theme called `name` from the workspace; the default theme supplies what it lacks. Templates print `words`.
    ///
    /// # Errors
    /// One diagnostic for each template that does not parse.
    pub fn new(workspace: &Workspace, name: &str, words: &Strings) -> Result<Self, Vec<Diagnostic>> {
        let (templates, assets) = (BTreeMap::new(), BTreeMap::new());
        let rtl = words.language.is_right_to_left();
        let mut theme = Self { environment: environment(rtl), templates, assets, chart_style: String::new() };
        theme.environment.add_global("t", strings::object(words));
        let mut found = Vec::new();
        for (path, file, entry) in files(workspace, DEFAULT).chain(files(workspace, name).filter(|_| name != DEFAULT)) {
            if let Some(template) = file.strip_prefix("templates/") {
                theme.templates.insert(template.to_owned(), path.to_owned());
            } else if file.starts_with("assets/") {
                theme.assets.insert(file.to_owned(), asset(path, entry));
            }
        }
        for (template, path) in &theme.templates {
            let source = workspace.text(path).unwrap_or_default().to_owned();
            if let Err(error) = theme.environment.add_template_owned(template.clone(), source) {
                found.push(diagnostic(&error, &theme.templates));
            }
        }
        theme.assets.insert("assets/strings.js".to_owned(), strings::script(words).into_bytes());
        theme.chart_style = chart_style(&theme.assets);
        if found.is_empty() { Ok(theme) } else { Err(found) }
    }

    /// The paths of the theme's assets in the site.
    pub fn asset_paths(&self) -> impl Iterator<Item = &str> {
        self.assets.keys().map(String::as_str)
    }

    /// An asset's bytes.
    pub fn asset(&self, path: &str) -> Option<&[u8]> {
        self.assets.get(path).map(Vec::as_slice)
    }

    /// The part of the style sheets that a chart needs as a separate file.
    pub fn chart_style(&self) -> &str {
        &self.chart_style
    }

    /// Renders a page to HTML.
    ///
    /// # Errors
    /// The template's mistake, with its place: a misspelt name, a missing template, a wrong type.
    pub fn render(&self, page: &Page) -> Result<String, Box<Diagnostic>> {
        let template = self.environment.get_template(page.template());
        let html = template.and_then(|template| template.render(Value::from(Serde(page))));
        html.map(html::only_words_apart).map_err(|error| Box::new(diagnostic(&error, &self.templates)))
    }
}

/// Checks the templates of every theme in the workspace, used or not, for mistakes that show without rendering a page.
pub fn check(workspace: &Workspace) -> Vec<Diagnostic> {
    let mut environment = environment(false);
    let wrong = |path: &String| {
        let source = workspace.text(path).unwrap_or_default().to_owned();
        let error = environment.add_template_owned(path.clone(), source).err()?;
        Some(diagnostic(&error, &BTreeMap::from([(path.clone(), path.clone())])))
    };
    let is_template = |path: &&String| {
        let file = path.strip_prefix("themes/").and_then(|below| below.split_once('/'));
        file.is_some_and(|(_, file)| file.starts_with("templates/"))
    };
    workspace.files.keys().filter(is_template).filter_map(wrong).collect()
}

/// The files of one theme: path, path within the theme, and contents.
fn files<'a>(workspace: &'a Workspace, name: &str) -> impl Iterator<Item = (&'a str, &'a str, &'a Entry)> {
    let folder = format!("themes/{name}/");
    let inside = move |(path, entry)| {
        let path: &'a String = path;
        path.strip_prefix(&folder).map(|file| (path.as_str(), file, entry))
    };
    workspace.files.iter().filter_map(inside)
}

fn bytes(entry: &Entry) -> &[u8] {
    match entry {
        Entry::Text(text) => text.as_bytes(),
        Entry::Asset(bytes) => bytes,
        _ => &[],
    }
}

/// An asset as the site gets it: our own style sheets and scripts without comments and indentation; all other assets unchanged.
fn asset(path: &str, entry: &Entry) -> Vec<u8> {
    let text = match entry {
        Entry::Text(text) if embedded::FILES.contains(&(path, &**text)) && !path.ends_with(".svg") => text,
        _ => return bytes(entry).to_owned(),
    };
    let mut kept = String::with_capacity(text.len());
    let mut rest: &str = text;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before.trim_end_matches(' '));
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    let lines = kept.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    let lines: String = lines.flat_map(|line| [line, "\n"]).collect();
    let tight = [(": ", ":"), (" {", "{"), ("{ ", "{"), ("; ", ";"), (";}", "}")];
    let tight = if path.ends_with(".css") { &tight[..] } else { &[] };
    tight.iter().fold(lines, |lines, (loose, tight)| lines.replace(loose, tight)).into_bytes()
}

/// The style of a chart in a separate file. It has its own background, because the page around it is unknown.
fn chart_style(assets: &BTreeMap<String, Vec<u8>>) -> String {
    const ALONE: &str =
        ":root{color-scheme:light dark;background:var(--chart-paper);font-family:system-ui,sans-serif}\n";
    let sheets = ["assets/charts.css", "assets/brand.css"].into_iter().filter_map(|path| assets.get(path));
    sheets.map(|sheet| String::from_utf8_lossy(sheet)).fold(ALONE.to_owned(), |style, sheet| style + &sheet)
}

/// What renders templates; `rtl` is the direction of the pages.
fn environment(rtl: bool) -> Environment<'static> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the delimiters are the default ones"));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(move |out, state, value| print(out, state, value, rtl));
    // With debug on, an error would print the page's whole context.
    environment.set_debug(false);
    environment.set_fuel(Some(FUEL));
    environment
}

/// Prints a value: markup unchanged, nothing for an empty value, everything else escaped by the one escaper. `rtl` is the direction
/// of the page.
fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value, rtl: bool) -> Result<(), Error> {
    if value.is_none() {
        return Ok(());
    }
    match value.as_str() {
        Some(text) if value.is_safe() || !rtl && html::is_plain(text) => out.write_str(text).map_err(Error::from),
        Some(text) => {
            let mut escaped = String::with_capacity(text.len() + 8);
            html::push_apart(&mut escaped, text, rtl);
            out.write_str(&escaped).map_err(Error::from)
        }
        None => minijinja::escape_formatter(out, state, value),
    }
}

/// The innermost mistake of a template error. The outer errors only say which template included which.
fn diagnostic(error: &Error, templates: &BTreeMap<String, String>) -> Diagnostic {
    let mut innermost = error;
    while let Some(inner) = std::error::Error::source(innermost).and_then(|source| source.downcast_ref::<Error>()) {
        innermost = inner;
    }
    let path = innermost.name().and_then(|name| templates.get(name)).map_or("themes/default/templates", String::as_str);
    let span = innermost.range().unwrap_or(0..0);
    let place = Place { start: span.start, end: span.end, ..Place::file(path) };
    let detail = innermost.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    Diagnostic::new(Code::BadTemplate, place, format!("{}{detail}", innermost.kind()))
        .help("a template's names are the fields of the page that it renders; delete the file to get the default theme's back")
}

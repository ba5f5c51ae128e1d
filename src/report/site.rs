//! The files of the site. Each file is rendered on request, so only a few are in memory at once.

use std::borrow::Cow;
use std::ops::Range;

use crate::border::{Shown, csv, script};
use crate::chart;
use crate::diagnostic::Diagnostic;
use crate::export::actions::Plans;
use crate::export::change::Comparison;
use crate::export::gate::Gates;
use crate::export::long::LongTable;
use crate::export::{self, Selection};
use crate::model::ids::{FrameworkId, QuarterId};
use crate::report::address::{Address, Data, QuarterPair};
use crate::report::ids::LinkedIds;
use crate::report::paging::{Paging, ROOM};
use crate::report::search;
use crate::report::theme::Theme;
use crate::report::view::{self, Report};
use crate::score::change::{Change, WhyNot};
use crate::score::crosswalk::crosswalk;
use crate::score::gate::asked_now;
use crate::score::{ScoredQuarter, gap};

/// The site of a report.
#[derive(Debug)]
pub struct Site<'a> {
    report: Report<'a>,
    ids: LinkedIds,
    /// The scripts of the search, each with the range of its rows.
    searched: Vec<Range<usize>>,
    paging: Paging,
    theme: &'a Theme,
    files: Vec<File>,
}

/// The files of a report of whatever kind, each rendered when it is asked for.
pub trait Rendered: Sync {
    /// The path of each file, with `/` between folders.
    fn paths(&self) -> Vec<&str>;

    /// The bytes of the file with this number among [`Rendered::paths`].
    ///
    /// # Errors
    /// A mistake in a template.
    fn render_nth(&self, nth: usize) -> Result<Vec<u8>, Box<Diagnostic>>;
}

impl Rendered for Site<'_> {
    fn paths(&self) -> Vec<&str> {
        self.files.iter().map(|file| file.path.as_str()).collect()
    }

    fn render_nth(&self, nth: usize) -> Result<Vec<u8>, Box<Diagnostic>> {
        self.render(&self.files[nth])
    }
}

/// One file of the site.
#[derive(Debug)]
pub struct File {
    /// The path in the site, with `/` between folders.
    pub path: String,
    source: FileSource,
}

#[derive(Debug)]
enum FileSource {
    Address(Address),
    Asset,
}

/// The stage "report": lists the files of the site. Each is rendered when [`Site::render`] asks for it.
pub fn site<'a>(report: Report<'a>, theme: &'a Theme) -> Site<'a> {
    site_with_room(report, theme, ROOM)
}

/// The same, with at most about `room` bytes for the registers of a page together. Public for tests.
pub fn site_with_room<'a>(report: Report<'a>, theme: &'a Theme, room: usize) -> Site<'a> {
    let assessment = &report.scored().assessment;
    let ids = LinkedIds::new(assessment);
    let searched = search::parts(*report.scored().quarter(assessment.home()), &ids);
    let paging = view::paging(report, room);
    let pages =
        Address::all(assessment).into_iter().chain(paging.addresses()).chain((0..searched.len()).map(Address::Search));
    let pages: Vec<File> =
        pages.map(|address| File { path: address.path(assessment), source: FileSource::Address(address) }).collect();
    let assets = theme.asset_paths().map(|path| File { path: path.to_owned(), source: FileSource::Asset });
    Site { report, ids, searched, paging, theme, files: pages.into_iter().chain(assets).collect() }
}

impl Site<'_> {
    /// Every file.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The bytes of one file.
    ///
    /// # Errors
    /// A mistake in a template.
    pub fn render(&self, file: &File) -> Result<Vec<u8>, Box<Diagnostic>> {
        match file.source {
            FileSource::Asset => Ok(self.theme.asset(&file.path).unwrap_or_default().to_owned()),
            FileSource::Address(Address::Data(q, data)) => Ok(self.data(q, FrameworkId::MAIN, data).into_bytes()),
            FileSource::Address(Address::FrameworkData(q, framework, data)) => {
                Ok(self.data(q, framework, data).into_bytes())
            }
            FileSource::Address(Address::CrosswalkData(q, catalog)) => {
                let quarter = self.report.scored().quarter(q);
                let walk = crosswalk(quarter, catalog, None);
                Ok(csv::file(&export::crosswalk::csv(&[walk])).into_bytes())
            }
            FileSource::Address(Address::LongTable) => {
                let table = LongTable { scored: self.report.scored(), quarter: None, with_teams: false };
                Ok(csv::file(&export::long::csv(table)).into_bytes())
            }
            FileSource::Address(Address::Search(part)) => {
                let home = self.report.scored().quarter(self.report.scored().assessment.home());
                Ok(search::script(*home, &self.ids, &self.paging, &self.searched, part).into_bytes())
            }
            FileSource::Address(Address::ComparedData(pair)) => Ok(self.compared(pair).into_bytes()),
            FileSource::Address(address @ Address::Rows(register, part)) => {
                let rows = self.page(address)?;
                let rows = script::rows(rows.split_inclusive("</tr>").filter(|row| row.contains("<tr")));
                Ok(format!("milepostRows(\"{}\", {}, {rows});\n", register.name, part + 1).into_bytes())
            }
            FileSource::Address(Address::Badge(function)) => {
                Ok(chart::badge(&view::badge(self.report, function), self.theme.chart_style()).into_bytes())
            }
            FileSource::Address(Address::Chart(q, drawing)) => {
                let sheet = view::drawing(self.report, q.unwrap_or(self.report.scored().assessment.home()), drawing);
                Ok(chart::sheet(&sheet, self.theme.chart_style()).into_bytes())
            }
            FileSource::Address(address) => self.page(address).map(String::into_bytes),
        }
    }

    /// The HTML of a page, or of the rows of a register.
    fn page(&self, address: Address) -> Result<String, Box<Diagnostic>> {
        match view::page(self.report.linked(&self.ids, &self.paging), address) {
            Some(page) => self.theme.render(&page),
            None => Ok(String::new()),
        }
    }

    /// What changed between two quarters in the main framework, as the command line prints it.
    fn compared(&self, pair: QuarterPair) -> Shown {
        let [from, to] = [pair.from, pair.to].map(|q| self.report.scored().quarter(q));
        let framework = FrameworkId::MAIN;
        let change = to.change_from(from, framework, None);
        let from_name = from.name().to_string();
        export::change::json(&Comparison { from, to, from_name: &from_name, framework, team: None, change: &change })
    }

    /// A data file: the same figures as the command line gives, and the same bytes but for the mark at the start of CSV.
    fn data(&self, q: QuarterId, framework: FrameworkId, data: Data) -> Shown {
        let quarter = self.report.scored().quarter(q);
        let selection = Selection { quarter, framework, team: None, function: None };
        match data {
            Data::ScoresJson => export::json::scores(&selection),
            Data::ScoresCsv => csv::file(&export::csv::scores(&selection)),
            Data::GapsCsv => {
                csv::file(&export::csv::gaps(&selection, &gap::rank(selection.catalog(), selection.tree())))
            }
            Data::ActionsCsv => csv::file(&export::actions::csv(Plans { quarter, team: None })),
            Data::GatesJson => export::gate::json(&Gates::new(quarter, asked_now(quarter))),
            Data::EvidenceCsv => csv::file(&export::csv::evidence(quarter)),
            Data::ChangesJson => changes(quarter, framework),
        }
    }
}

/// What changed since the quarter before. Every quarter has the same files, so the first quarter's file says there is none.
fn changes(to: ScoredQuarter<'_>, framework: FrameworkId) -> Shown {
    let before = to.quarter_before();
    let from_name = before.map(|before| before.name().to_string()).unwrap_or_default();
    let change = match before {
        Some(before) => to.change_from(before, framework, None),
        None => Cow::Owned(nothing(WhyNot::First(to.name()))),
    };
    let from = before.unwrap_or(to);
    export::change::json(&Comparison { from, to, from_name: &from_name, framework, team: None, change: &change })
}

/// A change that cannot be computed, with the reason.
fn nothing(why: WhyNot) -> Change {
    Change { nodes: Vec::new(), answers: Vec::new(), targets: Vec::new(), incomparable: Some(why) }
}

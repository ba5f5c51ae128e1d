//! Report and theme in, the site out: a list of files, each rendered when it is asked for, so that no more than a few are alive at once.

use crate::border::Shown;
use crate::chart;
use crate::diagnostic::Diagnostic;
use crate::export::change::Comparison;
use crate::export::{self, Selection};
use crate::report::address::{Address, Data};
use crate::report::search;
use crate::report::theme::Theme;
use crate::report::view::{self, Report};
use crate::score::change::Change;
use crate::score::gap;

/// The site of a report.
#[derive(Debug)]
pub struct Site<'a> {
    report: Report<'a>,
    theme: &'a Theme,
    files: Vec<File>,
}

/// One file of the site.
#[derive(Debug)]
pub struct File {
    /// Where it stands, with `/` between folders.
    pub path: String,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Address(Address),
    Asset,
}

/// Lists the files of the site. Nothing is rendered yet.
pub fn site<'a>(report: Report<'a>, theme: &'a Theme) -> Site<'a> {
    let pages = Address::all(report.assessment).into_iter();
    let pages = pages.map(|address| File { path: address.path(report.assessment), source: Source::Address(address) });
    let assets = theme.asset_paths().map(|path| File { path: path.to_owned(), source: Source::Asset });
    Site { report, theme, files: pages.chain(assets).collect() }
}

impl Site<'_> {
    /// Every file.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The bytes of one file.
    ///
    /// # Errors
    /// A template's mistake.
    pub fn render(&self, file: &File) -> Result<Vec<u8>, Box<Diagnostic>> {
        match file.source {
            Source::Asset => Ok(self.theme.asset(&file.path).unwrap_or_default().to_owned()),
            Source::Address(Address::Data(q, data)) => Ok(self.data(q, data).into_bytes()),
            Source::Address(Address::SearchIndex) => Ok(search::index(self.report.assessment).into_bytes()),
            Source::Address(Address::Badge(function)) => {
                Ok(chart::badge(&view::badge(self.report, function), self.theme.chart_style()).into_bytes())
            }
            Source::Address(Address::Chart(q, drawing)) => {
                let sheet = view::drawing(self.report, q.unwrap_or(self.report.assessment.newest()), drawing);
                Ok(chart::sheet(&sheet, self.theme.chart_style()).into_bytes())
            }
            Source::Address(address) => match view::page(self.report, address) {
                Some(page) => self.theme.render(&page).map(String::into_bytes),
                None => Ok(Vec::new()),
            },
        }
    }

    /// A data file: the same figures, and the same bytes, as the command line gives.
    fn data(&self, q: usize, data: Data) -> Shown {
        let Report { assessment, scorecard, .. } = self.report;
        let tree = &scorecard.quarters[q].all[0];
        let selection = Selection { assessment, quarter: q, framework: 0, team: None, function: None, tree };
        match data {
            Data::ScoresJson => export::json::scores(&selection),
            Data::ScoresCsv => export::csv::scores(&selection),
            Data::GapsCsv => export::csv::gaps(&selection, &gap::rank(selection.catalog(), tree)),
            Data::EvidenceCsv => export::csv::evidence(assessment, q),
            Data::ChangesJson => self.changes(q),
        }
    }

    /// What moved since the quarter before. Every quarter has the same files, so the first one's says that there is none.
    fn changes(&self, q: usize) -> Shown {
        let Report { assessment, scorecard, course, .. } = self.report;
        let name = |q: usize| assessment.quarters[q].quarter.to_string();
        let none = nothing(format!("there is no quarter before {}", name(q)));
        let change = course.since_before(assessment, scorecard, q).unwrap_or(&none);
        let from = q.checked_sub(1).map(name).unwrap_or_default();
        export::change::json(&Comparison { assessment, from: &from, to: &name(q), framework: 0, team: None, change })
    }
}

/// A change that cannot be told, and why.
fn nothing(why: String) -> Change {
    Change { nodes: Vec::new(), answers: Vec::new(), targets: Vec::new(), incomparable: Some(why) }
}

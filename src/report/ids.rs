//! Finds the ids of controls, actions and exceptions in words, and says where each leads; and the dates, which stay on one line.

use std::collections::BTreeMap;
use std::iter;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::base::link::slugs;
use crate::border::html::push_escaped;
use crate::model::assessment::Assessment;
use crate::model::catalog::Node;
use crate::model::ids::{ControlId, ForeignCatalogId, QuarterId};
use crate::model::plan::Exception;
use crate::report::address::{Address, CrosswalkPart, root_of};
use crate::report::paging::{Paging, planned};
use crate::score::crosswalk::foreign_ids;

/// The ids that words may name.
#[derive(Debug)]
pub struct LinkedIds {
    search: AhoCorasick,
    leads_to: Vec<IdTarget>,
    /// The ids of other catalogs that are mapped, or could be, in the order of the crosswalks.
    foreign: Vec<ForeignId>,
    /// The place of each in the list, by the place of its catalog and its id.
    foreign_at: BTreeMap<(ForeignCatalogId, String), usize>,
}

/// An id of another catalog.
#[derive(Debug)]
pub struct ForeignId {
    /// The id.
    pub id: String,
    /// The page that has it.
    pub part: CrosswalkPart,
    /// Its anchor there.
    pub anchor: String,
}

/// What an id names.
#[derive(Clone, Debug)]
enum IdTarget {
    Control(ControlId),
    /// An action or an exception, by its id.
    Planned(String),
}

/// The page that holds the words.
#[derive(Clone, Debug)]
pub struct Here<'a> {
    ids: &'a LinkedIds,
    assessment: &'a Assessment,
    quarter: QuarterId,
    /// The path from the page up to the site's root.
    root: String,
    /// Which registers are split; `None` while this is found out.
    paging: Option<&'a Paging>,
}

impl LinkedIds {
    /// The ids of all controls, actions and exceptions. If two frameworks share an id, it means the control of the first of them. An id
    /// of digits alone, such as `1.1`, may be any number, so it is not looked for.
    pub fn new(assessment: &Assessment) -> Self {
        let mut ids: BTreeMap<String, IdTarget> = BTreeMap::new();
        for framework in &assessment.frameworks {
            for (control, named) in framework.controls.entries() {
                for name in [named.id.as_str(), framework.called(Node::Control(control)).name()] {
                    ids.entry(name.to_owned()).or_insert(IdTarget::Control(control));
                }
            }
        }
        let plan = &assessment.plan;
        let planned = plan.actions.iter().map(|action| &action.id);
        for id in planned.chain(plan.exceptions.iter().map(|exception| &exception.id)) {
            ids.entry(id.clone()).or_insert_with(|| IdTarget::Planned(id.clone()));
        }
        ids.retain(|id, _| is_telling(id));
        let (names, leads_to): (Vec<String>, Vec<IdTarget>) = ids.into_iter().unzip();
        let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(names);
        let foreign = foreign(assessment);
        let places = foreign.iter().enumerate().map(|(at, row)| ((row.part.catalog, row.id.clone()), at));
        Self {
            search: search.expect("ids are far shorter than the limit of 2 GiB"),
            leads_to,
            foreign_at: places.collect(),
            foreign,
        }
    }

    /// All ids of other catalogs.
    pub fn all_foreign(&self) -> &[ForeignId] {
        &self.foreign
    }

    /// The id of another catalog.
    pub fn foreign(&self, catalog: ForeignCatalogId, id: &str) -> Option<&ForeignId> {
        self.foreign_at.get(&(catalog, id.to_owned())).map(|at| &self.foreign[*at])
    }

    /// Each id in `text` that is a word of its own.
    fn find(&self, text: &str) -> Vec<(Range<usize>, &IdTarget)> {
        let hits = self.search.find_iter(text).filter(|hit| is_apart(text, &hit.range()));
        hits.map(|hit| (hit.range(), &self.leads_to[hit.pattern().as_usize()])).collect()
    }
}

/// The ids of all other catalogs that are mapped.
fn foreign(assessment: &Assessment) -> Vec<ForeignId> {
    let of_catalog = |(catalog, foreign)| {
        let (mapped, unmapped) = foreign_ids(foreign);
        let count = mapped.len();
        // What nothing maps to is listed on the first page.
        let ids: Vec<&str> = mapped.into_iter().chain(unmapped.into_iter().flatten()).collect();
        let slugs = slugs(ids.iter().copied());
        let rows = |part: CrosswalkPart| part.range(assessment, count).map(move |_| part);
        let first = CrosswalkPart { catalog, chunk: 0 };
        let parts = CrosswalkPart::of(assessment, catalog).flat_map(rows).chain(iter::repeat(first));
        let row = |((id, slug), part): ((&str, String), CrosswalkPart)| {
            let (id, anchor) = (id.to_owned(), format!("id-{slug}"));
            ForeignId { id, part, anchor }
        };
        ids.into_iter().zip(slugs).zip(parts).map(row).collect::<Vec<_>>()
    };
    assessment.foreign_catalogs.entries().flat_map(of_catalog).collect()
}

/// Whether an id holds letters and digits.
fn is_telling(id: &str) -> bool {
    id.len() > 2 && id.chars().any(char::is_alphabetic) && id.chars().any(char::is_numeric)
}

/// Whether no letter, digit or sign of an id joins the words before or after a range.
fn is_apart(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].chars().next_back();
    let mut after = text[range.end..].chars();
    let next = after.next();
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '@');
    let goes_on = next.is_some_and(|c| {
        joins(c) || matches!(c, '-' | '.' | '(' | ':') && after.next().is_some_and(char::is_alphanumeric)
    });
    !before.is_some_and(|c| joins(c) || matches!(c, '-' | '.')) && !goes_on
}

impl<'a> Here<'a> {
    /// The page at `address`.
    pub fn new(ids: &'a LinkedIds, assessment: &'a Assessment, paging: Option<&'a Paging>, address: Address) -> Self {
        let root = root_of(&address.path(assessment));
        Self { ids, assessment, quarter: address.quarter(assessment), root, paging }
    }

    /// The address, from this page, of a file of the site.
    pub fn href(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    /// Where an id leads from this page; `None` if nobody knew of the action or exception in the page's quarter.
    fn leads_to(&self, target: &IdTarget) -> Option<String> {
        let path = match target {
            IdTarget::Control(control) => Address::Control(self.quarter, *control).path(self.assessment),
            IdTarget::Planned(id) => {
                let closes = self.assessment.in_quarter(self.quarter).closes();
                let plan = &self.assessment.plan;
                let is_action = plan.actions.iter().any(|action| action.id == *id && action.was_known(closes));
                let is_exception = |exception: &Exception| exception.id == *id && exception.was_known(closes);
                let is_known = is_action || plan.exceptions.iter().any(is_exception);
                is_known.then(|| planned(self.paging, self.assessment, self.quarter, id))?
            }
        };
        Some(self.href(&path))
    }
}

/// Adds `text` as HTML: an id is a link, if links may stand here, and no date or id breaks at its hyphens.
pub fn push_words(out: &mut String, text: &str, here: Option<&Here<'_>>, links: bool) {
    let ids = here.filter(|_| links).map(|here| here.ids.find(text)).unwrap_or_default();
    let ids = ids.into_iter().map(|(range, target)| (range, Some(target)));
    let mut words: Vec<(Range<usize>, Option<&IdTarget>)> = ids.chain(dates(text).map(|range| (range, None))).collect();
    words.sort_by_key(|(range, _)| range.start);
    let mut end = 0;
    for (range, target) in words {
        if range.start < end {
            continue;
        }
        push_escaped(out, &text[end..range.start]);
        let close = match target.zip(here).and_then(|(target, here)| here.leads_to(target)) {
            Some(href) => {
                out.push_str("<a class=\"whole\" href=\"");
                push_escaped(out, &href);
                out.push_str("\">");
                "</a>"
            }
            None => {
                out.push_str("<span class=\"whole\">");
                "</span>"
            }
        };
        push_escaped(out, &text[range.clone()]);
        out.push_str(close);
        end = range.end;
    }
    push_escaped(out, &text[end..]);
}

/// The days and quarters in a text, as in `2026-12-31` and `2026-Q4`.
fn dates(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let is = move |at: usize, pattern: &[u8]| {
        bytes.get(at..at + pattern.len()).is_some_and(|found| {
            found.iter().zip(pattern).all(|(byte, wanted)| match wanted {
                b'0' => byte.is_ascii_digit(),
                _ => byte == wanted,
            })
        })
    };
    let starts = bytes.iter().enumerate().filter(|(_, byte)| byte.is_ascii_digit()).map(|(at, _)| at);
    starts.filter_map(move |at| {
        let length = if is(at, b"0000-00-00") {
            10
        } else if is(at, b"0000-Q0") {
            7
        } else {
            return None;
        };
        Some(at..at + length).filter(|range| is_apart(text, range))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::assessment::tests::{assessment as assessment_of, framework, quarter};
    use crate::model::settings::tests::settings;

    fn linked(text: &str) -> String {
        let catalog = framework("dr", &["PR.DS-1", "PR.DS-11", "AC.A-2", "AC.A-2(1)"].map(|id| (id, 1)));
        let assessment = assessment_of(settings(&[("web", 1)]), vec![catalog], vec![quarter("2026-Q3", &[])]);
        let ids = LinkedIds::new(&assessment);
        let here = Here::new(&ids, &assessment, None, Address::Home);
        let mut out = String::new();
        push_words(&mut out, text, Some(&here), true);
        // Only the words of links are of interest.
        out.replace("<a class=\"whole\" href=\"2026-Q3/controls/", "[")
            .replace("/index.html\">", "|")
            .replace("</a>", "]")
    }

    #[test]
    fn an_id_that_stands_alone_is_a_link() {
        assert_eq!(linked("see PR.DS-11."), "see [PR.DS-11|PR.DS-11].");
        assert_eq!(linked("(PR.DS-1), PR.DS-11"), "([PR.DS-1|PR.DS-1]), [PR.DS-11|PR.DS-11]");
        assert_eq!(linked("AC.A-2 and & AC.A-2"), "[AC.A-2|AC.A-2] and &amp; [AC.A-2|AC.A-2]");
        for none in ["PR.DS-112", "XPR.DS-1", "PR.DS-1-b", "a/PR.DS-1", "PR.DS-1x", "AC.A-2(7)"] {
            assert_eq!(linked(none), none);
        }
        assert!(is_telling("A-03") && is_telling("CON.1") && !is_telling("1.1") && !is_telling("web"));
    }

    #[test]
    fn a_date_stays_on_one_line() {
        assert_eq!(
            linked("by 2026-12-31, in 2026-Q4"),
            "by <span class=\"whole\">2026-12-31</span>, in <span class=\"whole\">2026-Q4</span>"
        );
        assert_eq!(linked("2026-12-311 12026-Q4"), "2026-12-311 12026-Q4");
    }
}

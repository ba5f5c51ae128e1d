//! What the pages of a group share: their frame, their links, and figures that may be hidden.

use serde::Serialize;

use super::address::{GroupAddress, GroupRegister};
use super::{Cohort, Group, QUANTILES, Unit, UnitSpread};
use crate::base::link::encoded;
use crate::base::number::{Level, Mean};
use crate::chart::{self, Caption, SpreadRow};
use crate::model::catalog::Node;
use crate::model::strings::Strings;
use crate::report::view::charts::{Chart, ChartGround, LegendKey, coordinate, scale};
use crate::report::view::figures::ShownFigures;
use crate::report::view::frame::{Frame, shortened};
use crate::report::view::{Link, Markup};
use crate::score;

/// A group with the words of its report.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) group: &'a Group,
    pub(super) strings: &'a Strings,
}

impl<'a> View<'a> {
    /// The frame of the page at `address`.
    pub(super) fn frame(self, address: GroupAddress, title: String) -> Frame {
        let Self { group, strings } = self;
        let path = address.path(group);
        let here = match address {
            GroupAddress::List(register, _) => GroupAddress::List(register, 0).path(group),
            _ => path.clone(),
        };
        let link = |id: &str, title: &str, to: GroupAddress| {
            let href = to.path(group);
            let current = href == here;
            Link { current, ..Link::new(id, title, href) }
        };
        let sections = group.sections().into_iter().map(|to| link("", &self.title(to), to)).collect();
        let functions = group.catalog().functions.entries();
        let functions = functions.map(|(id, function)| link(&function.id, &function.title, GroupAddress::Function(id)));
        let settings = &group.main.settings;
        let quarter = group.quarter.to_string();
        Frame {
            language: strings.language.tag(),
            direction: strings.language.direction(),
            root: root_of(&path),
            title,
            report: group.wanted.title.clone(),
            organization: String::new(),
            open: Markup::default(),
            edition: String::new(),
            quarters: vec![link("", &quarter, GroupAddress::Home)],
            quarter,
            more_quarters: Vec::new(),
            sections,
            guides: Vec::new(),
            functions: shortened(functions.collect(), || {
                link("", &strings.word("page.all_functions"), GroupAddress::Home)
            }),
            frameworks: Vec::new(),
            teams: Vec::new(),
            method: GroupAddress::Method.path(group),
            bottom: strings.level(settings.scale.bottom),
            top: strings.level(settings.scale.top()),
            audience: "",
            hidden: Vec::new(),
            commit: String::new(),
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    /// What a page is called.
    pub(super) fn title(self, address: GroupAddress) -> String {
        let key = match address {
            GroupAddress::Home => "group.title",
            GroupAddress::Function(function) => return self.group.catalog().functions[function].title.clone(),
            GroupAddress::List(register, _) => return self.name(register),
            GroupAddress::Method => "group.method",
        };
        self.strings.word(key)
    }

    /// What a register is called.
    pub(super) fn name(self, register: GroupRegister) -> String {
        self.strings.word(match register {
            GroupRegister::Units => "group.units",
            GroupRegister::Gaps => "group.gaps",
            GroupRegister::Apart => "group.apart",
            GroupRegister::Controls(_) => "parts.controls",
        })
    }

    /// What a chart needs to know; `root` leads from its page to the site's root.
    pub(super) fn ground(self, href: &'a dyn Fn(&str) -> String) -> ChartGround<'a> {
        ChartGround { strings: self.strings, settings: &self.group.main.settings, href }
    }

    /// The figures of a node over all units; `None` if they are not shown.
    pub(super) fn figures(self, node: Node) -> Option<ShownFigures> {
        let shown = self.group.shows(node);
        shown.then(|| self.of(&self.group.main.tree[node], &self.group.main))
    }

    /// Figures, shown by the rules of a cohort.
    pub(super) fn of(self, figures: &score::Figures, cohort: &Cohort) -> ShownFigures {
        ShownFigures::of(self.strings, figures, &cohort.settings)
    }

    /// How many units are added up, and of how many, in words.
    pub(super) fn units(self) -> String {
        let (added, all) = (self.group.added(), self.group.all());
        if added == all {
            return self.strings.say("group.of_units", &[("n", &all)]);
        }
        self.strings.say("group.of_all_units", &[("added", &added), ("all", &all)])
    }

    /// A level in millionths as it is shown.
    pub(super) fn level(self, millionths: i64) -> String {
        let decimals = self.group.main.settings.scoring.decimals;
        self.strings.number(&Mean::from(Level::from_millionths(millionths)).shown(decimals))
    }

    /// The link to what says more of a node.
    pub(super) fn link(self, node: Node) -> Link {
        let catalog = self.group.catalog();
        let (id, title) = (catalog.id_of(node), catalog.title_of(node));
        // Where nobody knows the catalog, titles are ids, and one of the two is enough.
        let id = if id == title { "" } else { id };
        let href = match (node, catalog.function_at(node)) {
            (Node::Function(function), _) => GroupAddress::Function(function).path(self.group),
            (_, Some(function)) => GroupAddress::Function(function).path(self.group),
            (_, None) => GroupAddress::Home.path(self.group),
        };
        Link::new(id, title, href)
    }

    /// A row of the figures of a node over all units.
    pub(super) fn row(self, node: Node) -> GroupNodeRow {
        let spread = self.group.spreads.get(&node);
        GroupNodeRow {
            link: self.link(node),
            units: self.group.main.sums.assessing(node),
            figures: self.figures(node),
            spread: spread.map(|spread| self.quantiles(spread)).unwrap_or_default(),
        }
    }

    /// The values of a spread that are shown.
    fn quantiles(self, spread: &UnitSpread) -> Vec<String> {
        self.shown_quantiles().map(|at| self.level(spread.values[at])).collect()
    }

    /// The lowest and the highest value are each that of one unit: they are not shown where names are not.
    fn shown_quantiles(self) -> std::ops::Range<usize> {
        if self.group.wanted.hides_names { 1..QUANTILES.len() - 1 } else { 0..QUANTILES.len() }
    }

    /// What stands above these values.
    pub(super) fn quantile_heads(self) -> Vec<String> {
        let keys = ["group.lowest", "group.first_quarter", "group.median", "group.third_quarter", "group.highest"];
        keys[self.shown_quantiles()].iter().map(|key| self.strings.word(key)).collect()
    }

    /// How the scores of units spread in some nodes.
    pub(super) fn spread_chart(self, title: &str, nodes: &[Node], href: &dyn Fn(&str) -> String) -> Chart {
        let strings = self.strings;
        let heads = self.quantile_heads();
        let is_scored = |node: Node| self.group.main.sums.assessing(node) > 0;
        let none = |node: Node| strings.word(if is_scored(node) { "group.not_shown" } else { "chart.no_score" });
        let rows = nodes.iter().map(|node| {
            let (link, spread) = (self.link(*node), self.group.spreads.get(node));
            let [low, first, median, third, high] = spread.map_or([0.0; 5], |spread| spread.values.map(coordinate));
            SpreadRow {
                label: self.group.catalog().title_of(*node).to_owned(),
                href: href(&link.href),
                ends: spread.filter(|_| !self.group.wanted.hides_names).map(|_| [low, high]),
                middle: spread.map(|_| [first, median, third]),
                note: spread.map_or_else(|| none(*node), |spread| self.level(spread.values[2])),
            }
        });
        let said = nodes.iter().map(|node| {
            let values = self.group.spreads.get(node).map(|spread| self.quantiles(spread)).unwrap_or_default();
            let values: Vec<String> = heads.iter().zip(values).map(|(head, value)| format!("{head} {value}")).collect();
            let values = if values.is_empty() { none(*node) } else { strings.list(&values) };
            format!("{}: {values}", self.group.catalog().title_of(*node))
        });
        let description = said.collect::<Vec<_>>().join("; ") + ".";
        let caption = Caption { id: "spread", title, description: &description };
        let scale = scale(strings, &self.group.main.settings.scale);
        let svg = chart::spread(&chart::Spread { caption, scale: &scale, rows: rows.collect() });
        let keys = chart::spread_keys().into_iter().zip(["group.key_line", "group.key_box", "group.key_median"]);
        let keys = keys.skip(usize::from(self.group.wanted.hides_names));
        let keys = keys.map(|(swatch, key)| LegendKey::new(swatch, strings.word(key))).collect();
        Chart { svg: Markup(svg), keys, note: String::new() }
    }

    /// The address of a unit's own report, from the site's root; empty if it has none.
    pub(super) fn own_report(self, unit: &Unit) -> String {
        let reports = &self.group.wanted.reports;
        if reports.is_empty() { String::new() } else { reports.replace("{unit}", &encoded(&unit.folder)) }
    }
}

/// The way from a page up to the site's root.
pub(super) fn root_of(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

/// A node's figures over all units.
#[derive(Debug, Serialize)]
pub(super) struct GroupNodeRow {
    pub(super) link: Link,
    /// How many units have assessed anything of it.
    pub(super) units: u32,
    /// `None` if they join too few units.
    pub(super) figures: Option<ShownFigures>,
    /// The values between which the scores of units lie; empty where they are not shown.
    pub(super) spread: Vec<String>,
}

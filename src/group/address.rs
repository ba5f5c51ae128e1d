//! Where each page and data file of a group's report is.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Group;
use crate::model::ids::FunctionId;

/// Where a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupAddress {
    Home,
    Function(FunctionId),
    /// A part of a register; that of controls begins on the page of its Function.
    List(GroupRegister, usize),
    Method,
}

/// A table that may have thousands of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum GroupRegister {
    Units,
    Gaps,
    Apart,
    Controls(FunctionId),
}

/// A data file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupSheet {
    Nodes,
    Units,
    Gaps,
    Changes,
    Quarters,
    Apart,
}

/// Which rows each part of a register holds.
pub(super) struct GroupPaging(BTreeMap<GroupRegister, Vec<Range<usize>>>);

impl GroupPaging {
    /// The rows of each part of each register.
    pub(super) fn new(parts: BTreeMap<GroupRegister, Vec<Range<usize>>>) -> Self {
        Self(parts)
    }

    /// The registers that have several parts.
    pub(super) fn split(&self) -> impl Iterator<Item = (&GroupRegister, &Vec<Range<usize>>)> {
        self.0.iter().filter(|(_, parts)| parts.len() > 1)
    }

    /// The rows of each part of one.
    pub(super) fn parts(&self, register: GroupRegister) -> &[Range<usize>] {
        self.0.get(&register).map(Vec::as_slice).unwrap_or_default()
    }
}

impl GroupAddress {
    pub(super) fn path(self, group: &Group) -> String {
        match self {
            Self::Home => "index.html".to_owned(),
            Self::Function(function) => format!("functions/{}/index.html", slug(group, function)),
            Self::List(register, part) => register.path(group, part),
            Self::Method => "method/index.html".to_owned(),
        }
    }
}

fn slug(group: &Group, function: FunctionId) -> &str {
    group.catalog().functions[function].called.slug()
}

impl GroupRegister {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Units => "units",
            Self::Gaps => "gaps",
            Self::Apart => "apart",
            Self::Controls(_) => "controls",
        }
    }

    fn folder(self, group: &Group) -> String {
        match self {
            Self::Controls(function) => format!("functions/{}", slug(group, function)),
            other => other.name().to_owned(),
        }
    }

    /// The page with the part of this number, counted from 0.
    pub(super) fn path(self, group: &Group, part: usize) -> String {
        let folder = self.folder(group);
        if part == 0 { format!("{folder}/index.html") } else { format!("{folder}/{}-{}.html", self.name(), part + 1) }
    }

    /// The script with the rows of that part.
    pub(super) fn script(self, group: &Group, part: usize) -> String {
        format!("{}/{}-{}.js", self.folder(group), self.name(), part + 1)
    }

    /// The templates of its table, and of its rows.
    pub(super) fn templates(self) -> [&'static str; 2] {
        match self {
            Self::Units => ["table-units.html", "rows-units.html"],
            Self::Gaps => ["table-common-gaps.html", "rows-common-gaps.html"],
            Self::Apart => ["table-apart.html", "rows-apart.html"],
            Self::Controls(_) => ["table-nodes.html", "rows-nodes.html"],
        }
    }

    /// The data file with the same rows.
    pub(super) fn sheet(self) -> Option<GroupSheet> {
        match self {
            Self::Units => Some(GroupSheet::Units),
            Self::Gaps => Some(GroupSheet::Gaps),
            Self::Apart => Some(GroupSheet::Apart),
            Self::Controls(_) => None,
        }
    }
}

impl GroupSheet {
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::Nodes => "nodes.csv",
            Self::Units => "units.csv",
            Self::Gaps => "gaps.csv",
            Self::Changes => "changes.csv",
            Self::Quarters => "quarters.csv",
            Self::Apart => "apart.csv",
        }
    }

    pub(super) fn path(self) -> String {
        format!("data/{}", self.file())
    }

    /// The data files of a group. Where names are hidden there is none with a row for each unit.
    pub(super) fn all(group: &Group) -> Vec<Self> {
        let all = [Self::Nodes, Self::Units, Self::Gaps, Self::Changes, Self::Quarters, Self::Apart];
        all.into_iter().filter(|sheet| *sheet != Self::Units || !group.wanted.hides_names).collect()
    }
}

impl Group {
    /// Whether there is a page that names the units that are not added up.
    pub(super) fn names_others(&self) -> bool {
        !(self.wanted.hides_names || self.apart.is_empty() && self.absent.is_empty())
    }

    /// The registers that there are.
    pub(super) fn registers(&self) -> Vec<GroupRegister> {
        let units = (!self.wanted.hides_names).then_some(GroupRegister::Units);
        let apart = self.names_others().then_some(GroupRegister::Apart);
        units.into_iter().chain([GroupRegister::Gaps]).chain(apart).collect()
    }

    /// The pages in the menu.
    pub(super) fn sections(&self) -> Vec<GroupAddress> {
        let lists = self.registers().into_iter().map(|register| GroupAddress::List(register, 0));
        [GroupAddress::Home].into_iter().chain(lists).chain([GroupAddress::Method]).collect()
    }
}

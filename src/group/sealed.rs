//! Holds the table of a unit to the seal of its quarter.

use super::table::UnitPart;
use crate::base::quarter::Quarter;
use crate::history::sealing::sealed_figures;
use crate::model::catalog::Node;
use crate::model::seal::{SealedNode, SealedPart, read};

/// What is known of the seal of a unit's quarter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitSealState {
    /// The table says that no seal closes the quarter.
    Open,
    /// The table says that a seal closes it, and none is beside it.
    Said,
    /// The seal is that of the quarter, and its figures are those of the table.
    Holds,
    /// The seal is of another quarter.
    Other(Quarter),
    /// The seal cannot be read, or is of a later form: why.
    Unread(String),
    /// The seal is not what `milepost seal` wrote: why.
    Broken(String),
    /// The seal says another figure of a node than the table.
    Differs(String),
}

impl UnitSealState {
    /// Whether somebody has to look.
    pub fn is_fault(&self) -> bool {
        self.fault().is_some()
    }

    /// What is wrong, as the end of a sentence; `None` if nothing is.
    pub fn fault(&self) -> Option<String> {
        match self {
            Self::Unread(why) | Self::Broken(why) => Some(why.clone()),
            Self::Differs(node) => Some(format!("its seal says another figure of {node} than its table")),
            Self::Open | Self::Said | Self::Holds | Self::Other(_) => None,
        }
    }

    /// Its word in CSV.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Said => "said",
            Self::Holds => "verified",
            Self::Other(_) => "other quarter",
            Self::Unread(_) => "unread",
            Self::Broken(_) => "broken",
            Self::Differs(_) => "differs",
        }
    }
}

/// The figures of a seal to which a table is held.
const HELD: [&str; 11] = [
    "mean",
    "low",
    "high",
    "floor",
    "assessed",
    "applicable",
    "unknown",
    "unanswered",
    "not_applicable",
    "at_target",
    "targeted",
];

/// What a seal says of the part of a table that is of `quarter`.
pub(super) fn state(seal: Option<&[u8]>, quarter: Quarter, part: &UnitPart) -> UnitSealState {
    let Some(bytes) = seal else { return if part.sealed { UnitSealState::Said } else { UnitSealState::Open } };
    let Ok(text) = std::str::from_utf8(bytes) else { return UnitSealState::Unread("its seal is not UTF-8".to_owned()) };
    // A program that brings the files together may exchange line ends, and no figure depends on them.
    let (seal, faults) = read(&text.replace("\r\n", "\n"));
    let fault = faults.into_iter().next().map(|fault| fault.message);
    let Some(seal) = seal else { return UnitSealState::Unread(fault.unwrap_or_default()) };
    if let Some(fault) = fault {
        return UnitSealState::Broken(fault);
    }
    if seal.quarter != quarter {
        return UnitSealState::Other(seal.quarter);
    }
    let catalog = &part.shape.catalog;
    let figure_of = |node: Node| {
        let id = catalog.id_of(node).to_owned();
        seal.figures.get(&SealedNode { framework: catalog.id.clone(), part: SealedPart::of(node), id })
    };
    let differs = catalog.nodes().find(|node| {
        let Some(sealed) = figure_of(*node) else { return true };
        let here = sealed_figures(&part.tree[*node]);
        HELD.iter().any(|name| sealed.get(*name) != here.get(*name))
    });
    match differs {
        Some(node) => UnitSealState::Differs(catalog.id_of(node).to_owned()),
        None => UnitSealState::Holds,
    }
}

//! Holds the table of a unit to the seal of its quarter.

use super::table::Part;
use crate::base::number::{Level, Mean};
use crate::base::quarter::Quarter;
use crate::model::catalog::Node;
use crate::model::seal::{SealedFigure, SealedNode, SealedPart, read};
use crate::score::Figures;

/// What is known of the seal of a unit's quarter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealState {
    /// The table says that no seal closes the quarter.
    Open,
    /// The table says that a seal closes it, and none is beside it.
    Said,
    /// The seal is that of the quarter, and its figures are those of the table.
    Holds,
    /// The seal is of another quarter.
    Other(Quarter),
    /// The seal is not what `milepost seal` wrote: why.
    Broken(String),
    /// The seal says another figure of a node than the table.
    Differs(String),
}

impl SealState {
    /// Whether somebody has to look.
    pub fn is_fault(&self) -> bool {
        matches!(self, Self::Broken(_) | Self::Differs(_))
    }

    /// Its word in CSV.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Said => "said",
            Self::Holds => "verified",
            Self::Other(_) => "other quarter",
            Self::Broken(_) => "broken",
            Self::Differs(_) => "differs",
        }
    }
}

/// What a seal says of the part of a table that is of `quarter`.
pub(super) fn state(seal: Option<&[u8]>, quarter: Quarter, part: &Part) -> SealState {
    let Some(bytes) = seal else { return if part.sealed { SealState::Said } else { SealState::Open } };
    let Ok(text) = std::str::from_utf8(bytes) else { return SealState::Broken("it is not UTF-8".to_owned()) };
    let (seal, faults) = read(text);
    if let Some(fault) = faults.first() {
        return SealState::Broken(fault.message.clone());
    }
    let Some(seal) = seal else { return SealState::Broken("it cannot be read".to_owned()) };
    if seal.quarter != quarter {
        return SealState::Other(seal.quarter);
    }
    let catalog = &part.shape.catalog;
    let figure_of = |node: Node| {
        let id = catalog.id_of(node).to_owned();
        seal.figures.get(&SealedNode { framework: catalog.id.clone(), part: SealedPart::of(node), id })
    };
    let differs = catalog.nodes().find(|node| {
        let Some(sealed) = figure_of(*node) else { return true };
        let says = |name: &str, here: Option<i64>| match sealed.get(name) {
            Some(SealedFigure::Whole(there)) => Some(*there) == here,
            Some(_) => false,
            None => here.is_none(),
        };
        let Figures { low, high, counts, .. } = &part.tree[*node];
        let figures = &part.tree[*node];
        let millionths = |mean: Option<&Mean>| mean.map(Mean::millionths);
        let counted = [
            ("assessed", counts.assessed),
            ("applicable", counts.applicable()),
            ("unknown", counts.unknown),
            ("unanswered", counts.unanswered),
            ("not_applicable", counts.not_applicable),
            ("at_target", counts.at_target),
            ("targeted", counts.targeted),
        ];
        !(says("mean", millionths(figures.shown_mean()))
            && says("low", millionths(low.as_ref()))
            && says("high", millionths(high.as_ref()))
            && says("floor", counts.floor.map(Level::millionths))
            && counted.iter().all(|(name, count)| says(name, Some(i64::from(*count)))))
    });
    match differs {
        Some(node) => SealState::Differs(catalog.id_of(node).to_owned()),
        None => SealState::Holds,
    }
}

//! A framework's figures in, its gap list out: what falls short of its target, the widest first.

use crate::catalog::Framework;
use crate::number::Mean;
use crate::score::Tree;

/// The gap list of one framework, for all teams or for one.
#[derive(Clone, Debug)]
pub struct Gaps {
    /// The controls below their target, widest gap first; then by weight, heaviest first; then by id.
    pub ranked: Vec<Gap>,
    /// Controls with a target but without a score: too little of them is assessed to say how wide their gap is.
    pub unscored: Vec<usize>,
}

/// One control below its target.
#[derive(Clone, Debug)]
pub struct Gap {
    /// The control, an index of [`Framework::controls`].
    pub control: usize,
    /// Target minus score, above 0.
    pub gap: Mean,
}

/// Ranks the gaps of `tree`.
pub fn rank(framework: &Framework, tree: &Tree) -> Gaps {
    let zero = Mean::from(crate::number::Level::from_millionths(0));
    let mut gaps = Gaps { ranked: Vec::new(), unscored: Vec::new() };
    for (control, figures) in tree.controls.iter().enumerate().filter(|(_, figures)| figures.target.is_some()) {
        match &figures.gap {
            Some(gap) if !figures.withheld => {
                if *gap > zero {
                    gaps.ranked.push(Gap { control, gap: gap.clone() });
                }
            }
            _ => gaps.unscored.push(control),
        }
    }
    let key = |gap: &Gap| {
        let control = &framework.controls[gap.control];
        (std::cmp::Reverse(control.weight), control.id.clone())
    };
    gaps.ranked.sort_by(|a, b| b.gap.cmp(&a.gap).then_with(|| key(a).cmp(&key(b))));
    gaps
}

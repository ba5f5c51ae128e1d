//! The control catalogs: Framework > Function > Category > control, with the ids, words and references of each.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::base::number::Level;
use crate::model::evidence::Kind;
use crate::model::measure::Measure;

/// One framework, valid: ids are unique, every control stands under the Category that its id names.
#[derive(Clone, Debug)]
pub struct Framework {
    /// Its id and folder name, as in `csf-2.0`.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Its edition.
    pub version: String,
    /// Where the ids and counts come from.
    pub source: String,
    /// What it is for; may be empty.
    pub purpose: String,
    /// Its figures speak of one team each and are never joined over teams.
    pub team_level: bool,
    /// What it calls its controls, as in `Subcategory`.
    pub leaf: String,
    /// Its Functions, in its own order.
    pub functions: Vec<Function>,
    /// Its Categories, Function by Function.
    pub categories: Vec<Category>,
    /// Its controls, Category by Category.
    pub controls: Vec<Control>,
    /// The catalogs that references point into: key and name.
    pub references: BTreeMap<String, String>,
    /// Ids of earlier editions, each with the ids that took its place.
    pub withdrawn: BTreeMap<String, Vec<String>>,
}

impl Framework {
    /// The ids above a control and its own, nearest first: control, Category, Function, framework.
    pub fn lineage(&self, control: usize) -> [&str; 4] {
        let category = &self.categories[self.controls[control].category];
        [&self.controls[control].id, &category.id, &self.functions[category.function].id, &self.id]
    }

    /// The Function that a control belongs to.
    pub fn function_of(&self, control: usize) -> &Function {
        &self.functions[self.categories[self.controls[control].category].function]
    }

    /// The controls of a Function, a range of [`Framework::controls`].
    pub fn controls_of(&self, function: usize) -> Range<usize> {
        let categories = &self.categories[self.functions[function].categories.clone()];
        match (categories.first(), categories.last()) {
            (Some(first), Some(last)) => first.controls.start..last.controls.end,
            _ => 0..0,
        }
    }

    /// Every id of this framework: its own, and those of Functions, Categories and controls.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let functions = self.functions.iter().map(|function| function.id.as_str());
        let categories = self.categories.iter().map(|category| category.id.as_str());
        let controls = self.controls.iter().map(|control| control.id.as_str());
        std::iter::once(self.id.as_str()).chain(functions).chain(categories).chain(controls)
    }
}

/// The highest rank of outcomes.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its id, as in `PR`.
    pub id: String,
    /// Its name, as in `Protect`.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// Its Categories, a range of [`Framework::categories`].
    pub categories: Range<usize>,
}

/// A group of related outcomes within a Function.
#[derive(Clone, Debug)]
pub struct Category {
    /// Its id, as in `PR.DS`.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What it is about.
    pub purpose: String,
    /// Its Function, an index of [`Framework::functions`].
    pub function: usize,
    /// Its controls, a range of [`Framework::controls`].
    pub controls: Range<usize>,
}

/// One outcome that teams answer for; CSF 2.0 calls it a Subcategory.
#[derive(Clone, Debug)]
pub struct Control {
    /// Its id, as in `PR.DS-11`.
    pub id: String,
    /// A short name.
    pub title: String,
    /// What is true when it is achieved.
    pub outcome: String,
    /// What a team could show.
    pub examples: Vec<String>,
    /// The objective of the organisation that it serves; may be empty.
    pub objective: String,
    /// How its answers are scored.
    pub rules: Rules,
    /// What it measures, where facts make its level.
    pub measure: Option<Measure>,
    /// The ids of other catalogs that speak of the same, by catalog.
    pub references: Vec<(String, Vec<String>)>,
    /// Its Category, an index of [`Framework::categories`].
    pub category: usize,
}

impl Control {
    /// The controls of whose facts it makes use, framework and control, each once.
    pub fn stands_on(&self) -> Vec<(usize, usize)> {
        let mut places: Vec<_> =
            self.measure.iter().flat_map(|measure| measure.facts.values()).filter_map(|fact| fact.given_for).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Whether its level is made from facts.
    pub fn is_measured(&self) -> bool {
        self.measure.as_ref().is_some_and(|measure| !measure.criteria.is_empty())
    }
}

/// How a control's answers are scored, where it differs from what the workspace declares for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Its weight in the means above it, 1 to 1000.
    pub weight: u32,
    /// Why these rules; may be empty.
    pub why: String,
    /// Whether it is a key control, whose floor is watched whatever the means say.
    pub key: bool,
    /// How its teams' levels join.
    pub teams: Option<TeamRule>,
    /// How old its evidence may be at the quarter's end, in days.
    pub max_age: Option<i32>,
    /// What its levels need as evidence.
    pub needs: Option<Vec<Need>>,
}

impl Default for Rules {
    /// Those of the workspace, with weight 1.
    fn default() -> Self {
        Self { weight: 1, why: String::new(), key: false, teams: None, max_age: None, needs: None }
    }
}

/// How teams' levels join to a control's score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeamRule {
    /// The mean, weighted by team.
    Mean,
    /// The lowest.
    Min,
    /// The level of the team that owns the control, an index of the settings' teams; the others' are shown and do not count.
    Owner(usize),
}

/// What a level needs: from `from` upwards, one current item of one of these kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The lowest level that needs it.
    pub from: Level,
    /// The kinds of evidence of which one is enough.
    pub any_of: Vec<Kind>,
}

/// The ranks of a framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// The whole framework.
    Overall,
    /// A Function.
    Function,
    /// A Category.
    Category,
    /// A control.
    Control,
}

impl Rank {
    /// The word for it in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overall => "overall",
            Self::Function => "function",
            Self::Category => "category",
            Self::Control => "control",
        }
    }
}

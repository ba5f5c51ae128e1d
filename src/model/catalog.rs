//! The control catalogs: framework, Function, Category and control, and how a mean is made of parts.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::{iter, mem};

use crate::base::number::Level;
use crate::model::evidence::Kind;
use crate::model::ids::{CategoryId, ControlId, FrameworkId, FunctionId, Run, Table, TeamId};
use crate::model::measure::Measure;

/// One framework, valid: ids are unique, every control stands where its id says.
#[derive(Clone, Debug)]
pub struct Framework {
    /// Its position.
    pub at: FrameworkId,
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
    pub functions: Table<FunctionId, Function>,
    /// Its Categories, Function by Function.
    pub categories: Table<CategoryId, Category>,
    /// Its controls, Category by Category.
    pub controls: Table<ControlId, Control>,
    /// The catalogs that references point into: key and name.
    pub references: BTreeMap<String, String>,
    /// Ids of earlier editions, each with the ids that took its place.
    pub withdrawn: BTreeMap<String, Vec<String>>,
}

/// A node of a framework: what has figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// The whole framework.
    Framework(FrameworkId),
    /// A Function.
    Function(FunctionId),
    /// A Category.
    Category(CategoryId),
    /// A control.
    Control(ControlId),
}

impl Node {
    /// The framework that it belongs to.
    pub fn framework(self) -> FrameworkId {
        match self {
            Self::Framework(framework) => framework,
            Self::Function(function) => function.framework(),
            Self::Category(category) => category.framework(),
            Self::Control(control) => control.framework(),
        }
    }

    /// The word for its rank in exports.
    pub fn rank(self) -> &'static str {
        match self {
            Self::Framework(_) => "overall",
            Self::Function(_) => "function",
            Self::Category(_) => "category",
            Self::Control(_) => "control",
        }
    }
}

/// What the overall score is the mean of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverallRule {
    /// The Functions, each counting the same.
    Functions,
    /// All controls, by weight.
    Controls,
}

impl Framework {
    /// Every node: the whole, then each Function before its Categories, and each Category before its controls.
    pub fn nodes(&self) -> impl Iterator<Item = Node> {
        iter::once(Node::Framework(self.at)).chain(self.functions.ids().flat_map(|function| self.nodes_of(function)))
    }

    /// The whole, then each Function.
    pub fn whole_and_functions(&self) -> impl Iterator<Item = Node> {
        iter::once(Node::Framework(self.at)).chain(self.functions.ids().map(Node::Function))
    }

    /// A Function, then each of its Categories before its controls.
    pub fn nodes_of(&self, function: FunctionId) -> impl Iterator<Item = Node> {
        let below = self.functions[function].categories.iter().flat_map(|category| {
            let controls = self.categories[category].controls.iter().map(Node::Control);
            iter::once(Node::Category(category)).chain(controls)
        });
        iter::once(Node::Function(function)).chain(below)
    }

    /// What the mean of a node is made of: each part with its weight. A control has no parts: teams make its score.
    pub fn parts(&self, node: Node, overall: OverallRule) -> impl Iterator<Item = (u32, Node)> + Clone {
        let (functions, controls) = match (node, overall) {
            (Node::Control(_), _) => (None, None),
            (Node::Framework(_), OverallRule::Functions) => (Some(self.functions.run()), None),
            _ => (None, Some(self.controls_of(node))),
        };
        let functions = functions.into_iter().flat_map(Run::iter).map(|function| (1, Node::Function(function)));
        let weighted = |control| (self.controls[control].rules.weight, Node::Control(control));
        functions.chain(controls.into_iter().flat_map(Run::iter).map(weighted))
    }

    /// The controls at or below a node.
    pub fn controls_of(&self, node: Node) -> Run<ControlId> {
        match node {
            Node::Framework(_) => self.controls.run(),
            Node::Function(function) => self.functions[function].controls,
            Node::Category(category) => self.categories[category].controls,
            Node::Control(control) => self.controls.one(control),
        }
    }

    /// The node with this id.
    pub fn find(&self, id: &str) -> Option<Node> {
        self.nodes().find(|node| self.id_of(*node) == id)
    }

    /// A node's id.
    pub fn id_of(&self, node: Node) -> &str {
        match node {
            Node::Framework(_) => &self.id,
            Node::Function(function) => &self.functions[function].id,
            Node::Category(category) => &self.categories[category].id,
            Node::Control(control) => &self.controls[control].id,
        }
    }

    /// A node's title.
    pub fn title_of(&self, node: Node) -> &str {
        match node {
            Node::Framework(_) => &self.title,
            Node::Function(function) => &self.functions[function].title,
            Node::Category(category) => &self.categories[category].title,
            Node::Control(control) => &self.controls[control].title,
        }
    }

    /// The node above another one; `None` above the whole.
    pub fn above(&self, node: Node) -> Option<Node> {
        match node {
            Node::Framework(_) => None,
            Node::Function(function) => Some(Node::Framework(function.framework())),
            Node::Category(category) => Some(Node::Function(self.categories[category].function)),
            Node::Control(control) => Some(self.controls[control].above),
        }
    }

    /// A control and the nodes above it, the nearest first.
    pub fn way_up(&self, control: ControlId) -> impl Iterator<Item = Node> + Clone {
        iter::successors(Some(Node::Control(control)), |node| self.above(*node))
    }

    /// The ids of a control and of what stands above it, the nearest first.
    pub fn lineage(&self, control: ControlId) -> impl Iterator<Item = &str> + Clone {
        self.way_up(control).map(|node| self.id_of(node))
    }

    /// The Function that a control belongs to.
    pub fn function_of(&self, control: ControlId) -> FunctionId {
        let function = self.way_up(control).find_map(|node| match node {
            Node::Function(function) => Some(function),
            _ => None,
        });
        function.expect("every control stands under a Function")
    }

    /// The Category that a control belongs to.
    pub fn category_of(&self, control: ControlId) -> Option<CategoryId> {
        self.way_up(control).find_map(|node| match node {
            Node::Category(category) => Some(category),
            _ => None,
        })
    }

    /// Every id of this framework: its own, and those of Functions, Categories and controls.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let functions = self.functions.iter().map(|function| function.id.as_str());
        let categories = self.categories.iter().map(|category| category.id.as_str());
        let controls = self.controls.iter().map(|control| control.id.as_str());
        iter::once(self.id.as_str()).chain(functions).chain(categories).chain(controls)
    }

    /// Adds a Function, with nothing below it.
    pub fn add_function(&mut self, id: String, title: String, purpose: String) -> FunctionId {
        let categories = self.categories.run_from(self.categories.len());
        let controls = self.controls.run_from(self.controls.len());
        self.functions.push(Function { id, title, purpose, categories, controls })
    }

    /// Adds a Category to the Function that was added last, with nothing below it.
    pub fn add_category(&mut self, function: FunctionId, id: String, title: String, purpose: String) -> CategoryId {
        let controls = self.controls.run_from(self.controls.len());
        let category = self.categories.push(Category { id, title, purpose, function, controls });
        self.functions[function].categories.extend_to(category);
        category
    }

    /// Adds a control below [`Control::above`], which was added last.
    pub fn add_control(&mut self, control: Control) -> ControlId {
        let control = self.controls.push(control);
        for node in self.way_up(control).skip(1).collect::<Vec<_>>() {
            match node {
                Node::Function(function) => self.functions[function].controls.extend_to(control),
                Node::Category(category) => self.categories[category].controls.extend_to(control),
                Node::Framework(_) | Node::Control(_) => {}
            }
        }
        control
    }

    /// The same framework at another position.
    #[must_use]
    pub fn placed(mut self, at: FrameworkId) -> Self {
        self.at = at;
        let functions = mem::replace(&mut self.functions, Table::within(at));
        let mut categories = mem::replace(&mut self.categories, Table::within(at)).into_iter();
        let mut controls = mem::replace(&mut self.controls, Table::within(at)).into_iter();
        for Function { id, title, purpose, categories: run, .. } in functions {
            let function = self.add_function(id, title, purpose);
            for Category { id, title, purpose, controls: run, .. } in categories.by_ref().take(run.len()) {
                let category = self.add_category(function, id, title, purpose);
                for control in controls.by_ref().take(run.len()) {
                    self.add_control(Control { above: Node::Category(category), ..control });
                }
            }
        }
        self
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
    /// Its Categories.
    pub categories: Run<CategoryId>,
    /// Its controls.
    pub controls: Run<ControlId>,
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
    /// Its Function.
    pub function: FunctionId,
    /// Its controls.
    pub controls: Run<ControlId>,
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
    /// The node that it stands under: a Category.
    pub above: Node,
}

impl Control {
    /// The controls whose facts it uses, each once.
    pub fn stands_on(&self) -> Vec<ControlId> {
        let mut controls: Vec<_> =
            self.measure.iter().flat_map(|measure| measure.facts.values()).filter_map(|fact| fact.given_for).collect();
        controls.sort_unstable();
        controls.dedup();
        controls
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
    pub why: Arc<str>,
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
        Self { weight: 1, why: Arc::from(""), key: false, teams: None, max_age: None, needs: None }
    }
}

/// How teams' levels join to a control's score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeamRule {
    /// The mean, weighted by team.
    Mean,
    /// The lowest.
    Min,
    /// The level of the team that owns the control; the others' are shown and do not count.
    Owner(TeamId),
}

/// What a level needs: from `from` upwards, one current item of one of these kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The lowest level that needs it.
    pub from: Level,
    /// The kinds of evidence of which one is enough.
    pub any_of: Vec<Kind>,
}

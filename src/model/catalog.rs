//! The control catalogs: frameworks with their Functions, Categories and controls, and the parts that each mean is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::sync::Arc;

use crate::base::link::slugs;
use crate::base::number::{Level, grouped};
use crate::base::quarter::Quarter;
use crate::model::called::{Called, IdAlone};
use crate::model::evidence::Kind;
use crate::model::ids::{CategoryId, ControlId, FrameworkId, FunctionId, Run, Table, TeamId};
use crate::model::measure::Measure;

/// One valid framework: its ids are unique. What stands under what is said by its files, not by its ids.
#[derive(Clone, Debug)]
pub struct Framework {
    /// The framework's position in the assessment.
    pub at: FrameworkId,
    /// The framework's id and folder name, for example `csf-2.0`.
    pub id: String,
    /// The framework's name.
    pub title: String,
    /// The edition of the framework.
    pub version: String,
    /// The source of the ids and counts.
    pub source: String,
    /// Who may do what with its texts; may be empty.
    pub copyright: String,
    /// What the framework is for; may be empty.
    pub purpose: String,
    /// If true, each figure describes one team, and figures are never joined over teams.
    pub team_level: bool,
    /// The framework's word for a control, for example `Subcategory`.
    pub leaf: String,
    /// The Functions, in the framework's order.
    pub functions: Table<FunctionId, Function>,
    /// The Categories, grouped by Function.
    pub categories: Table<CategoryId, Category>,
    /// The controls, grouped by Function: first those directly under it, then those of its Categories. A control's sub-controls
    /// follow it.
    pub controls: Table<ControlId, Control>,
    /// What the whole framework is called outside its catalog.
    pub called: Called,
    /// The names of the catalogs that references point to, by key.
    pub references: BTreeMap<String, String>,
    /// Other words that readers look for, each with what they mean. They find, and change nothing.
    pub synonyms: Vec<(String, Vec<Node>)>,
    /// Ids of earlier editions, each with the ids that replaced it.
    pub withdrawn: BTreeMap<String, Withdrawn>,
}

/// What became of an id of an earlier edition: the ids that replaced it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn(pub Vec<String>);

/// The most successors of an id that a message names.
const SUCCESSORS: usize = 20;

impl Withdrawn {
    /// Where the content of the id is now.
    pub fn successors(&self) -> String {
        if self.0.is_empty() {
            return "nothing took its place".to_owned();
        }
        let named: Vec<String> = self.0.iter().take(SUCCESSORS).map(|id| format!("`{id}`")).collect();
        let more = self.0.len() - named.len();
        let more = if more > 0 { format!(" and {} more", grouped(more)) } else { String::new() };
        format!("its content is now in {}{more}", named.join(", "))
    }
}

/// A node of a framework. Every node has figures.
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
    /// The framework that the node belongs to.
    pub fn framework(self) -> FrameworkId {
        match self {
            Self::Framework(framework) => framework,
            Self::Function(function) => function.framework(),
            Self::Category(category) => category.framework(),
            Self::Control(control) => control.framework(),
        }
    }

    /// The same node of the framework at another position.
    fn placed(self, at: FrameworkId) -> Self {
        match self {
            Self::Framework(_) => Self::Framework(at),
            Self::Function(function) => Self::Function(function.placed(at)),
            Self::Category(category) => Self::Category(category.placed(at)),
            Self::Control(control) => Self::Control(control.placed(at)),
        }
    }

    /// The word for the node's rank in exports.
    pub fn rank(self) -> &'static str {
        match self {
            Self::Framework(_) => "overall",
            Self::Function(_) => "function",
            Self::Category(_) => "category",
            Self::Control(_) => "control",
        }
    }
}

/// The parts whose mean is the overall score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverallRule {
    /// The Functions, all with the same weight.
    Functions,
    /// All controls, by weight.
    Controls,
}

impl OverallRule {
    /// Its word in `milepost.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Functions => "functions",
            Self::Controls => "controls",
        }
    }
}

impl Framework {
    /// Every node: the whole framework, then each Function before its Categories, and each Category before its controls.
    pub fn nodes(&self) -> impl Iterator<Item = Node> {
        iter::once(Node::Framework(self.at)).chain(self.functions.ids().flat_map(|function| self.nodes_of(function)))
    }

    /// The whole framework, then each Function.
    pub fn whole_and_functions(&self) -> impl Iterator<Item = Node> {
        iter::once(Node::Framework(self.at)).chain(self.functions.ids().map(Node::Function))
    }

    /// A Function, then its direct controls, then each of its Categories before its controls.
    pub fn nodes_of(&self, function: FunctionId) -> impl Iterator<Item = Node> {
        let direct = self.direct_controls(function).map(Node::Control);
        let below = self.functions[function].categories.iter().flat_map(|category| {
            let controls = self.categories[category].controls.iter().map(Node::Control);
            iter::once(Node::Category(category)).chain(controls)
        });
        iter::once(Node::Function(function)).chain(direct).chain(below)
    }

    /// The controls of a Function that stand in no Category, with their sub-controls.
    pub fn direct_controls(&self, function: FunctionId) -> impl Iterator<Item = ControlId> + Clone {
        self.functions[function].controls.iter().take_while(|control| self.category_of(*control).is_none())
    }

    /// The control that a sub-control stands under; `None` if the control stands under no other.
    pub fn parent_of(&self, control: ControlId) -> Option<ControlId> {
        match self.controls[control].above {
            Node::Control(parent) => Some(parent),
            Node::Framework(_) | Node::Function(_) | Node::Category(_) => None,
        }
    }

    /// The sub-controls of a control.
    pub fn subs_of(&self, control: ControlId) -> impl Iterator<Item = ControlId> + Clone {
        let after = iter::successors(self.controls.after(control), |sub| self.controls.after(*sub));
        after.take_while(move |sub| self.parent_of(*sub) == Some(control))
    }

    /// The parts of a node's mean, each with its weight. A control has no parts: the teams' answers make its score. Its sub-controls
    /// are parts of the nodes above it, like all controls.
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

    /// The node that a workspace calls by this name.
    pub fn find(&self, name: &str) -> Option<Node> {
        self.nodes().find(|node| self.called(*node).is(name))
    }

    /// What a node is called outside its catalog.
    pub fn called(&self, node: Node) -> &Called {
        match node {
            Node::Framework(_) => &self.called,
            Node::Function(function) => &self.functions[function].called,
            Node::Category(category) => &self.categories[category].called,
            Node::Control(control) => &self.controls[control].called,
        }
    }

    /// The same, to change it.
    fn called_mut(&mut self, node: Node) -> &mut Called {
        match node {
            Node::Framework(_) => &mut self.called,
            Node::Function(function) => &mut self.functions[function].called,
            Node::Category(category) => &mut self.categories[category].called,
            Node::Control(control) => &mut self.controls[control].called,
        }
    }

    /// In which quarters anything of a node is in force.
    pub fn lifetime(&self, node: Node) -> Lifetime {
        let mut times = self.controls_of(node).iter().map(|control| &self.controls[control].lifetime);
        let Some(first) = times.next() else { return Lifetime::default() };
        times.fold(first.clone(), |all, next| all.joined(next))
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

    /// The node directly above another one; `None` for the whole framework.
    pub fn above(&self, node: Node) -> Option<Node> {
        match node {
            Node::Framework(_) => None,
            Node::Function(function) => Some(Node::Framework(function.framework())),
            Node::Category(category) => Some(Node::Function(self.categories[category].function)),
            Node::Control(control) => Some(self.controls[control].above),
        }
    }

    /// A control and the nodes above it, nearest first.
    pub fn way_up(&self, control: ControlId) -> impl Iterator<Item = Node> + Clone {
        iter::successors(Some(Node::Control(control)), |node| self.above(*node))
    }

    /// All names of a control and of the nodes above it, nearest first.
    pub fn lineage(&self, control: ControlId) -> impl Iterator<Item = &str> + Clone {
        self.way_up(control).flat_map(|node| self.called(node).names())
    }

    /// The Function that a control belongs to.
    pub fn function_of(&self, control: ControlId) -> FunctionId {
        self.function_at(Node::Control(control)).expect("every control stands under a Function")
    }

    /// The Function that a node is or stands under; `None` for the whole framework.
    pub fn function_at(&self, node: Node) -> Option<FunctionId> {
        let mut up = iter::successors(Some(node), |node| self.above(*node));
        up.find_map(|node| if let Node::Function(function) = node { Some(function) } else { None })
    }

    /// The Category that a control belongs to.
    pub fn category_of(&self, control: ControlId) -> Option<CategoryId> {
        self.way_up(control).find_map(|node| match node {
            Node::Category(category) => Some(category),
            _ => None,
        })
    }

    /// Adds a Function without Categories and controls.
    pub fn add_function(&mut self, id: String, title: String, purpose: String) -> FunctionId {
        let categories = self.categories.run_from(self.categories.len());
        let controls = self.controls.run_from(self.controls.len());
        let called = Called::alone(&self.id, &id);
        self.functions.push(Function { id, title, purpose, categories, controls, called })
    }

    /// Adds a Category without controls to `function`, which must be the Function added last.
    pub fn add_category(&mut self, function: FunctionId, id: String, title: String, purpose: String) -> CategoryId {
        let controls = self.controls.run_from(self.controls.len());
        let called = Called::alone(&self.id, &id);
        let category = self.categories.push(Category { id, title, purpose, function, controls, called });
        self.functions[function].categories.extend_to(category);
        category
    }

    /// Adds a control below [`Control::above`], which must be the node of its rank that was added last. A Function's direct controls
    /// are added before its Categories.
    pub fn add_control(&mut self, control: Control) -> ControlId {
        let called = Called::alone(&self.id, &control.id);
        let control = self.controls.push(Control { called, ..control });
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
    pub fn placed(self, at: FrameworkId) -> Self {
        let mut placed = Self {
            at,
            functions: self.functions.placed(at),
            categories: self.categories.placed(at),
            controls: self.controls.placed(at),
            ..self
        };
        for function in &mut placed.functions {
            function.categories = function.categories.placed(at);
            function.controls = function.controls.placed(at);
        }
        for category in &mut placed.categories {
            category.function = category.function.placed(at);
            category.controls = category.controls.placed(at);
        }
        for control in &mut placed.controls {
            control.above = control.above.placed(at);
        }
        placed
    }
}

/// Gives the nodes of all frameworks in use names and addresses of their own. A bare id means the first framework that has it. Where a
/// new edition takes over the ids of an old one, it means in each quarter the edition that is in force.
pub fn tell_apart(frameworks: &mut Table<FrameworkId, Framework>) {
    let mut times: BTreeMap<String, Vec<(FrameworkId, Lifetime)>> = BTreeMap::new();
    for framework in frameworks.iter() {
        for node in framework.nodes() {
            let time = (framework.at, framework.lifetime(node));
            times.entry(framework.id_of(node).to_owned()).or_default().push(time);
        }
    }
    for framework in frameworks.iter_mut() {
        let nodes: Vec<Node> = framework.nodes().collect();
        let ids: Vec<String> = nodes.iter().map(|node| framework.id_of(*node).to_owned()).collect();
        for ((node, id), slug) in nodes.into_iter().zip(&ids).zip(slugs(ids.iter().map(String::as_str))) {
            let alone = alone(&times[id], (framework.at, &framework.lifetime(node)));
            *framework.called_mut(node) = Called::new(&framework.id, id, slug, alone);
        }
    }
    // An id that is its own address keeps it, whatever the id of another framework becomes.
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for kept in [true, false] {
        for framework in frameworks.iter_mut() {
            let home = format!("frameworks/{}", framework.id);
            let controls =
                framework.controls.iter_mut().filter(|control| (control.called.slug() == control.id) == kept);
            for Control { called, .. } in controls {
                if !taken.insert(called.slug().to_ascii_lowercase()) {
                    called.move_to(format!("{home}/{}", called.slug()));
                }
            }
        }
    }
}

/// What an id means without its framework's, for the node of `framework` that holds at this time. `times` has those of all nodes with
/// the id.
fn alone(times: &[(FrameworkId, Lifetime)], (framework, time): (FrameworkId, &Lifetime)) -> IdAlone {
    let mut others = times.iter().filter(|(other, _)| *other != framework);
    if others.clone().any(|(other, other_time)| *other < framework && other_time.meets(time)) {
        return IdAlone::MeansAnother;
    }
    if others.any(|(_, other)| !other.meets(time)) { IdAlone::MeansInItsTime } else { IdAlone::Means }
}

/// A Function: the highest level of grouping for outcomes.
#[derive(Clone, Debug)]
pub struct Function {
    /// The Function's id, for example `PR`.
    pub id: String,
    /// The Function's name, for example `Protect`.
    pub title: String,
    /// What the Function is for.
    pub purpose: String,
    /// The Categories of the Function.
    pub categories: Run<CategoryId>,
    /// The controls of the Function, its direct ones first.
    pub controls: Run<ControlId>,
    /// What it is called outside its catalog.
    pub called: Called,
}

/// A group of related outcomes within a Function.
#[derive(Clone, Debug)]
pub struct Category {
    /// The Category's id, for example `PR.DS`.
    pub id: String,
    /// The Category's name.
    pub title: String,
    /// What the Category is about.
    pub purpose: String,
    /// The Function that the Category belongs to.
    pub function: FunctionId,
    /// The controls of the Category.
    pub controls: Run<ControlId>,
    /// What it is called outside its catalog.
    pub called: Called,
}

/// One outcome that teams answer for; CSF 2.0 calls it a Subcategory.
#[derive(Clone, Debug)]
pub struct Control {
    /// The control's id, for example `PR.DS-11`.
    pub id: String,
    /// A short name of the control.
    pub title: String,
    /// The outcome: what is true when it is achieved.
    pub outcome: String,
    /// Examples of what a team could show as evidence.
    pub examples: Vec<String>,
    /// More about the outcome; may be empty.
    pub guidance: String,
    /// The organisation's objective that the control serves; may be empty.
    pub objective: String,
    /// In which quarters the control is in force.
    pub lifetime: Lifetime,
    /// How the control's answers are scored.
    pub rules: Rules,
    /// The facts and criteria; `None` if the control has no facts.
    pub measure: Option<Measure>,
    /// Related ids in other catalogs, by catalog.
    pub references: Vec<(String, Vec<String>)>,
    /// The node above the control: a Category or a Function, or the control that it is a sub-control of.
    pub above: Node,
    /// What it is called outside its catalog.
    pub called: Called,
}

impl Control {
    /// The other controls whose facts this control uses, each once.
    pub fn stands_on(&self) -> Vec<ControlId> {
        let mut controls: Vec<_> =
            self.measure.iter().flat_map(|measure| measure.facts.values()).filter_map(|fact| fact.given_for).collect();
        controls.sort_unstable();
        controls.dedup();
        controls
    }

    /// Whether the level is computed from facts.
    pub fn is_measured(&self) -> bool {
        self.measure.as_ref().is_some_and(|measure| !measure.criteria.is_empty())
    }
}

/// The quarters in which a control is in force. In all others it is in no denominator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lifetime {
    /// The first quarter; `None` for no limit.
    pub since: Option<Quarter>,
    /// The last quarter; `None` for no limit.
    pub until: Option<Quarter>,
    /// The ids of the controls that take its place. They inherit nothing.
    pub replaced_by: Vec<String>,
}

impl Lifetime {
    /// Whether the control is in force in `quarter`.
    pub fn holds(&self, quarter: Quarter) -> bool {
        self.since.is_none_or(|since| since <= quarter) && self.until.is_none_or(|until| quarter <= until)
    }

    /// Whether both hold in any quarter.
    fn meets(&self, other: &Self) -> bool {
        let begins_by =
            |end: Option<Quarter>, start: Option<Quarter>| end.zip(start).is_none_or(|(end, start)| start <= end);
        begins_by(self.until, other.since) && begins_by(other.until, self.since)
    }

    /// From the first quarter of either to the last one of either.
    fn joined(&self, other: &Self) -> Self {
        let since = self.since.zip(other.since).map(|(one, other)| one.min(other));
        let until = self.until.zip(other.until).map(|(one, other)| one.max(other));
        Self { since, until, replaced_by: Vec::new() }
    }
}

/// How a control's answers are scored. `None` means that the workspace's rule applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Its weight in the means above it, 1 to 1000.
    pub weight: u32,
    /// Why the control has these rules; may be empty.
    pub why: Arc<str>,
    /// Whether this is a key control. Its lowest level is checked, whatever the means are.
    pub key: bool,
    /// How the teams' levels are joined; `None` for the workspace's rule.
    pub teams: Option<TeamRule>,
    /// The greatest age of evidence at the quarter's end, in days; `None` for the workspace's rule.
    pub max_age: Option<i32>,
    /// The evidence that each level needs; `None` for the workspace's rule.
    pub needs: Option<Vec<Need>>,
}

impl Rules {
    /// The same rules, completed by those of a parent. Weight and key are each control's own.
    #[must_use]
    pub fn over(self, parent: &Self) -> Self {
        Self {
            teams: self.teams.or(parent.teams),
            max_age: self.max_age.or(parent.max_age),
            needs: self.needs.or_else(|| parent.needs.clone()),
            ..self
        }
    }
}

impl Default for Rules {
    /// The workspace's rules, with weight 1.
    fn default() -> Self {
        Self { weight: 1, why: Arc::from(""), key: false, teams: None, max_age: None, needs: None }
    }
}

/// One row of `[controls]`: rules for one control, or for all controls below an id. `None` leaves a rule as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleRow {
    /// The weight in the means above the control.
    pub weight: Option<u32>,
    /// Why these rules hold; may be empty.
    pub why: Arc<str>,
    /// Whether it is a key control.
    pub key: Option<bool>,
    /// How the teams' levels are joined.
    pub teams: Option<TeamRule>,
    /// The greatest age of evidence at the quarter's end, in days.
    pub max_age: Option<i32>,
    /// The evidence that each level needs.
    pub needs: Option<Vec<Need>>,
}

impl RuleRow {
    /// What the row of a control says of its sub-controls: all but weight and key, which are each control's own.
    #[must_use]
    pub fn for_sub_controls(&self) -> Self {
        let rest = Self { weight: None, key: None, why: Arc::from(""), ..self.clone() };
        if rest == Self::default() { rest } else { Self { why: Arc::clone(&self.why), ..rest } }
    }
}

impl Rules {
    /// Replaces what `row` says.
    pub fn replace(&mut self, row: &RuleRow) {
        self.weight = row.weight.unwrap_or(self.weight);
        self.key = row.key.unwrap_or(self.key);
        self.teams = row.teams.or(self.teams);
        self.max_age = row.max_age.or(self.max_age);
        self.needs = row.needs.clone().or(self.needs.take());
        if !row.why.is_empty() {
            self.why.clone_from(&row.why);
        }
    }
}

/// How the teams' levels are joined into a control's score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeamRule {
    /// The mean of the levels, weighted by team.
    Mean,
    /// The lowest level.
    Min,
    /// The level of the team that owns the control. Other teams' levels are shown but do not count.
    Owner(TeamId),
}

impl TeamRule {
    /// The team that owns the control; `None` if every team that is asked answers for itself.
    pub fn owner(self) -> Option<TeamId> {
        match self {
            Self::Owner(owner) => Some(owner),
            Self::Mean | Self::Min => None,
        }
    }
}

/// An evidence need: every level above the whole level below `from` needs one current item of one of these kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The lowest level that has this need.
    pub from: Level,
    /// The kinds of evidence that meet the need; one item of any kind is enough.
    pub any_of: Vec<Kind>,
}

impl Need {
    /// Whether evidence of every kind meets it.
    pub fn is_any(&self) -> bool {
        Kind::ALL.iter().all(|kind| self.any_of.contains(kind))
    }
}

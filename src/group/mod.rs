//! The report of a group: adds up the tables of many units that have the same rules, and shows the others apart.
//!
//! `load::units` finds the files. [`gather`] reads them, one after the other on each processor, and keeps of each unit little more than
//! a row. The site is made of that.

mod address;
mod causes;
mod hide;
mod home;
mod lists;
mod page;
mod remarks;
mod rules;
mod sealed;
mod shape;
mod sheet;
pub mod site;
mod sum;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

pub use self::rules::SumBasis;
pub use self::sealed::UnitSealState;
use self::shape::Shapes;
use self::sum::UnitSums;
pub use self::sum::{CauseSum, QUANTILES, UnitSpread};
use self::table::{UnitPart, UnitTable};
use crate::base::quarter::Quarter;
use crate::load::units::{self, UnitFiles};
use crate::model::catalog::{Framework, Node};
use crate::model::settings::{Basis as Levels, Scale, Settings};
use crate::score::{Figures, Tree};

/// What is wrong with a file of a unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The file.
    pub file: String,
    /// The line; 0 for the whole file.
    pub line: u64,
    /// A sentence.
    pub message: String,
}

impl Mistake {
    fn whole(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: 0, message: message.into() }
    }

    /// The mistake in one line: `units/a/table.csv:12: …`.
    pub fn shown(&self) -> String {
        let Self { file, line, message } = self;
        if *line == 0 { format!("{file}: {message}") } else { format!("{file}:{line}: {message}") }
    }
}

/// What is asked of a group.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The quarter; `None` for the newest quarter of most units.
    pub quarter: Option<Quarter>,
    /// The framework; `None` for the first framework of most tables.
    pub framework: Option<String>,
    /// The fewest units whose figures are joined in what is shown.
    pub minimum: u32,
    /// Whether the units' names, rows and links are left out.
    pub hides_names: bool,
    /// The title of the report.
    pub title: String,
    /// Where the units' own reports are: an address with `{unit}` for the unit's folder; empty for nowhere.
    pub reports: String,
    /// The catalogs whose order and titles are known, by id.
    pub known: BTreeMap<String, Framework>,
}

/// A group of units, added up.
#[derive(Debug)]
pub struct Group {
    wanted: Wanted,
    quarter: Quarter,
    framework: String,
    /// The units that are added up, by name.
    units: Vec<Unit>,
    /// The others, by their rules; the groups with most units first.
    apart: Vec<Apart>,
    /// Units without a row of the quarter and framework.
    absent: Vec<Unit>,
    main: Cohort,
    spreads: BTreeMap<Node, UnitSpread>,
    /// The whole in each quarter, the oldest first, as far as the scale is the same.
    trend: Vec<PastQuarter>,
    /// Frameworks of which some table holds rows of teams alone.
    by_team: BTreeSet<String>,
    /// The other frameworks in the tables.
    others: BTreeSet<String>,
}

/// Units with the same rules, added up.
#[derive(Debug)]
struct Cohort {
    basis: SumBasis,
    settings: Settings,
    sums: UnitSums,
    /// The nodes that are not shown.
    hidden: BTreeSet<Node>,
    tree: Tree,
}

/// Units with other rules than most.
#[derive(Debug)]
struct Apart {
    cohort: Cohort,
    units: Vec<Unit>,
}

/// The whole in one quarter.
#[derive(Debug)]
struct PastQuarter {
    quarter: Quarter,
    units: u32,
    figures: Figures,
    /// Whether it joins too few units.
    is_hidden: bool,
}

/// One unit.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its name.
    pub name: String,
    /// The name of its folder.
    pub folder: String,
    /// The path of its table.
    file: String,
    standing: Option<UnitStanding>,
    /// The newest quarter in which it has the framework.
    newest: Option<Quarter>,
    /// The framework that stands first in its table.
    main: String,
    by_team: Vec<String>,
    frameworks: Vec<String>,
}

/// How a unit stands in the quarter, or in its newest one.
#[derive(Clone, Debug)]
struct UnitStanding {
    quarter: Quarter,
    basis: SumBasis,
    assumed: bool,
    version: String,
    policy: String,
    seal: UnitSealState,
    overall: Figures,
    functions: Vec<Figures>,
    /// The scores that are shown, in the order of the catalog's nodes, in millionths.
    scores: Vec<Option<i64>>,
}

/// The units' sums by their quarter and rules; of each, one for each shape of the catalog.
type SumsByBasis = BTreeMap<(Quarter, SumBasis), Vec<UnitSums>>;

/// Which rows of the units' files are added up.
#[derive(Clone, Copy)]
struct SoughtRows<'a> {
    framework: &'a str,
    /// The quarter; `None` for the newest of each unit.
    quarter: Option<Quarter>,
    shapes: &'a Shapes,
}

/// What is added up from several units.
#[derive(Default)]
struct GatheredUnits {
    sums: SumsByBasis,
    units: Vec<Unit>,
    mistakes: Vec<Mistake>,
}

/// Reads the files of all units and adds them up.
///
/// # Errors
/// Every mistake, by file and line.
pub fn gather(all: &BTreeSet<UnitFiles>, wanted: Wanted) -> Result<Group, Vec<Mistake>> {
    let shapes = Shapes::new(wanted.known.clone());
    let files: Vec<&UnitFiles> = all.iter().collect();
    let framework = match &wanted.framework {
        Some(framework) => framework.clone(),
        None => first_framework(&files, &shapes)?,
    };
    let sought = SoughtRows { framework: &framework, quarter: wanted.quarter, shapes: &shapes };
    let gathered = files
        .par_iter()
        .enumerate()
        .fold(GatheredUnits::default, |mut gathered, (at, files)| {
            gathered.take(at, files, sought);
            gathered
        })
        .reduce(GatheredUnits::default, GatheredUnits::join);
    let GatheredUnits { sums, mut units, mut mistakes } = gathered;
    mistakes.extend(twice(&units));
    mistakes.extend(torn(&sums, &units_by_position(&files)));
    if !mistakes.is_empty() {
        mistakes.sort();
        mistakes.dedup();
        return Err(mistakes);
    }
    units.sort_by(|one, two| (&one.name, &one.file).cmp(&(&two.name, &two.file)));
    if let Some(main) = of_most(units.iter().map(|unit| &unit.main).filter(|main| !main.is_empty()))
        && wanted.framework.is_none()
        && *main != framework
    {
        let framework = Some(main.clone());
        return gather(all, Wanted { framework, ..wanted });
    }
    let quarter = wanted.quarter.or_else(|| of_most(units.iter().filter_map(|unit| unit.newest)));
    // Of a unit that has a later one, only that was kept.
    if wanted.quarter.is_none() && units.iter().any(|unit| unit.newest > quarter) {
        return gather(all, Wanted { quarter, ..wanted });
    }
    let main = quarter.and_then(|quarter| Some((quarter, most(&sums, quarter)?)));
    let Some((quarter, basis)) = main else {
        let named = wanted.quarter.map(|quarter| format!(" in {quarter}")).unwrap_or_default();
        let why = format!("no table has a row of {framework} for all teams together{named}");
        return Err(vec![Mistake::whole(&files[0].table.display().to_string(), why)]);
    };
    Group::new(wanted, Focus { quarter, framework, basis }, units, sums).ok_or_else(Vec::new)
}

/// The value that most have; of several, the greatest.
fn of_most<T: Ord>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    values.for_each(|value| *counts.entry(value).or_default() += 1);
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(value, _)| value)
}

/// What is wrong with some bytes, read as the table of a unit and as what moved it.
pub fn mistakes(bytes: &[u8]) -> Vec<Mistake> {
    let mut found = Vec::new();
    let table = table::read(bytes, "table.csv", &Shapes::new(BTreeMap::new()), &mut found).unwrap_or_default();
    let framework = table.parts.keys().next().map(|(_, framework)| framework.clone()).unwrap_or_default();
    causes::read(bytes, "changes.csv", &framework, &table, &mut found);
    found
}

/// The paths of all tables.
fn units_by_position(files: &[&UnitFiles]) -> Vec<String> {
    files.iter().map(|files| files.table.display().to_string()).collect()
}

/// The first framework of the first table that can be read.
fn first_framework(files: &[&UnitFiles], shapes: &Shapes) -> Result<String, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    for files in files {
        let file = files.table.display().to_string();
        let read = units::read(&files.table).map_err(|why| mistakes.push(Mistake::whole(&file, why)));
        let Ok(bytes) = read else { continue };
        if let Some(framework) = table::first_framework(&bytes) {
            return Ok(framework);
        }
        drop(table::read(&bytes, &file, shapes, &mut mistakes));
        if mistakes.len() > table::MISTAKES {
            break;
        }
    }
    Err(mistakes)
}

/// Units with the same name.
fn twice(units: &[Unit]) -> Vec<Mistake> {
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    units.iter().for_each(|unit| by_name.entry(&unit.name).or_default().push(&unit.file));
    let twice = by_name.into_iter().filter(|(_, files)| files.len() > 1);
    twice
        .map(|(name, mut files)| {
            files.sort_unstable();
            let others = files.split_off(1);
            let why = format!(
                "the unit {} is in {files} too: a unit counts once; give each its own `organization`",
                table::quoted(name),
                files = others.iter().take(3).copied().collect::<Vec<_>>().join(", ")
            );
            Mistake { file: files[0].to_owned(), line: 2, message: why }
        })
        .collect()
}

/// Units that have the same rules and other controls: a table was cut off or put in another order.
fn torn(sums: &SumsByBasis, files: &[String]) -> Vec<Mistake> {
    let torn = sums.iter().filter(|(_, shapes)| shapes.len() > 1);
    torn.flat_map(|((quarter, _), shapes)| {
        let mut shapes: Vec<&UnitSums> = shapes.iter().collect();
        shapes.sort_by_key(|sums| (std::cmp::Reverse(sums.units), sums.first));
        let (whole, others) = (shapes[0], shapes.split_off(1));
        let why = move |sums: &UnitSums| {
            let [here, there] = sums.shape.first_difference(&whole.shape).unwrap_or_default();
            let message = format!(
                "its rows in {quarter} are not those of {} with the same rules: the first that differs here is {here}, and there {there}. One of the two was changed or cut off",
                files[whole.first]
            );
            Mistake::whole(&files[sums.first], message)
        };
        others.into_iter().map(why).collect::<Vec<_>>()
    })
    .collect()
}

/// The rules that most units have in a quarter.
fn most(sums: &SumsByBasis, quarter: Quarter) -> Option<SumBasis> {
    let here = sums.iter().filter(|((of, _), _)| *of == quarter);
    let here = here.flat_map(|((_, basis), sums)| sums.iter().map(move |sums| (sums.units, basis)));
    here.max_by_key(|(units, basis)| (*units, std::cmp::Reverse(*basis))).map(|(_, basis)| basis.clone())
}

/// The whole in each quarter up to `quarter`, over the units with the rules that most have in it, where the scale is the same.
fn past(sums: &SumsByBasis, quarter: Quarter, basis: &SumBasis, minimum: u32) -> Vec<PastQuarter> {
    let quarters: BTreeSet<Quarter> = sums.keys().map(|(of, _)| *of).filter(|of| *of <= quarter).collect();
    let past = |of: Quarter| {
        let basis =
            if of == quarter { basis.clone() } else { most(sums, of).filter(|other| other.scale == basis.scale)? };
        let sums = sums.get(&(of, basis.clone()))?.first()?.clone();
        let cohort = Cohort::new(basis, sums, minimum)?;
        let is_hidden = !cohort.shows_whole();
        Some(PastQuarter { quarter: of, units: cohort.sums.units, figures: cohort.tree.overall, is_hidden })
    };
    quarters.into_iter().filter_map(past).collect()
}

impl Cohort {
    fn new(basis: SumBasis, sums: UnitSums, minimum: u32) -> Option<Self> {
        let scale: Scale = rules::scale_in(&basis.scale)?;
        let hidden = hide::hidden(&sums.shape.catalog, sums.units, minimum, |node| sums.assessing(node));
        let tree = sums.tree(&basis, &scale, &hidden);
        let mut settings = basis.settings(&scale);
        if sums.counts_claims {
            settings.scoring.score = Levels::Claimed;
        }
        Some(Self { settings, basis, sums, hidden, tree })
    }

    /// Whether the figures of the framework as a whole are shown.
    fn shows_whole(&self) -> bool {
        !self.hidden.contains(&Node::Framework(self.sums.shape.catalog.at))
    }
}

impl GatheredUnits {
    /// Reads the files of one unit, and keeps what is needed of them.
    fn take(&mut self, at: usize, files: &UnitFiles, sought: SoughtRows<'_>) {
        let SoughtRows { framework, quarter: wanted, shapes } = sought;
        let file = files.table.display().to_string();
        let read = |path: &std::path::Path, mistakes: &mut Vec<Mistake>| {
            units::read(path).map_err(|why| mistakes.push(Mistake::whole(&path.display().to_string(), why))).ok()
        };
        let table = read(&files.table, &mut self.mistakes)
            .and_then(|bytes| table::read(&bytes, &file, shapes, &mut self.mistakes));
        let seal = files.seal.as_ref().and_then(|path| read(path, &mut self.mistakes));
        let Some(table) = table else { return };
        let changes = files.changes.as_ref().and_then(|path| {
            let bytes = read(path, &mut self.mistakes)?;
            causes::read(&bytes, &path.display().to_string(), framework, &table, &mut self.mistakes)
        });
        let changes = changes.unwrap_or_default();
        let UnitTable { unit, main, parts, by_team } = table;
        let frameworks: BTreeSet<&String> = parts.keys().map(|(_, framework)| framework).collect();
        let mut unit = Unit {
            name: unit,
            folder: files.folder.clone(),
            file,
            standing: None,
            newest: parts.keys().rfind(|(_, of)| of == framework).map(|(quarter, _)| *quarter),
            main,
            by_team,
            frameworks: frameworks.into_iter().cloned().collect(),
        };
        for ((quarter, _), part) in parts.iter().filter(|((_, of), _)| of == framework) {
            if let Err(why) = self.sums_of(*quarter, part).add(at, *quarter, part, &changes) {
                self.mistakes.push(Mistake::whole(&unit.file, why));
            }
        }
        // Quarters come in their order, so the last one is the newest.
        let of = |(quarter, of): &(Quarter, String)| of == framework && wanted.is_none_or(|only| only == *quarter);
        let newest = parts.iter().rfind(|(key, _)| of(key));
        unit.standing = newest.map(|((quarter, _), part)| UnitStanding::of(*quarter, part, seal.as_deref()));
        self.units.push(unit);
    }

    fn sums_of(&mut self, quarter: Quarter, part: &UnitPart) -> &mut UnitSums {
        let all = self.sums.entry((quarter, part.basis.clone())).or_default();
        let at = all.iter().position(|sums| sums.shape.is(&part.shape));
        let at = at.unwrap_or_else(|| {
            all.push(UnitSums::new(&part.shape));
            all.len() - 1
        });
        &mut all[at]
    }

    fn join(mut self, other: Self) -> Self {
        self.units.extend(other.units);
        self.mistakes.extend(other.mistakes);
        for (key, sums) in other.sums {
            let all = self.sums.entry(key).or_default();
            for sums in sums {
                match all.iter_mut().find(|known| known.shape.is(&sums.shape)) {
                    Some(known) => {
                        if let Err(why) = known.join(&sums) {
                            self.mistakes.push(Mistake::whole("all tables", why));
                        }
                    }
                    None => all.push(sums),
                }
            }
        }
        self
    }
}

impl UnitStanding {
    fn of(quarter: Quarter, part: &UnitPart, seal: Option<&[u8]>) -> Self {
        let tree = &part.tree;
        let scores = part.shape.catalog.nodes().map(|node| Some(tree[node].shown_mean()?.millionths()));
        Self {
            quarter,
            basis: part.basis.clone(),
            assumed: part.assumed,
            version: part.version.clone(),
            policy: part.policy.clone(),
            seal: sealed::state(seal, quarter, part),
            overall: tree.overall.clone(),
            functions: tree.functions.iter().cloned().collect(),
            scores: scores.collect(),
        }
    }
}

/// What a group is about.
struct Focus {
    quarter: Quarter,
    framework: String,
    /// The rules that most of its units have.
    basis: SumBasis,
}

impl Group {
    /// The group of `all` units; `None` if there are no figures by the rules that it is about.
    fn new(wanted: Wanted, focus: Focus, all: Vec<Unit>, mut sums: SumsByBasis) -> Option<Self> {
        let Focus { quarter, framework, basis } = focus;
        let trend = past(&sums, quarter, &basis, wanted.minimum);
        let of_most = sums.remove(&(quarter, basis.clone()))?.pop()?;
        let main = Cohort::new(basis, of_most, wanted.minimum)?;
        let by_team = all.iter().flat_map(|unit| unit.by_team.iter().cloned()).collect();
        let others =
            all.iter().flat_map(|unit| unit.frameworks.iter().cloned()).filter(|id| *id != framework).collect();
        let (mut units, mut absent) = (Vec::new(), Vec::new());
        let mut others_by_basis: BTreeMap<SumBasis, Vec<Unit>> = BTreeMap::new();
        for unit in all {
            match &unit.standing {
                Some(standing) if standing.quarter == quarter && standing.basis == main.basis => units.push(unit),
                Some(standing) if standing.quarter == quarter => {
                    others_by_basis.entry(standing.basis.clone()).or_default().push(unit);
                }
                _ => absent.push(unit),
            }
        }
        let apart = others_by_basis.into_iter().filter_map(|(basis, units)| {
            let sums = sums.remove(&(quarter, basis.clone()))?.pop()?;
            Some(Apart { cohort: Cohort::new(basis, sums, wanted.minimum)?, units })
        });
        let mut apart: Vec<Apart> = apart.collect();
        apart.sort_by_key(|apart| std::cmp::Reverse(apart.units.len()));
        let catalog = &main.sums.shape.catalog;
        let spreads = spreads(catalog, &units, &main.hidden, wanted.minimum);
        Some(Self { wanted, quarter, framework, units, apart, absent, main, spreads, trend, by_team, others })
    }

    fn catalog(&self) -> &Framework {
        &self.main.sums.shape.catalog
    }

    /// How many units the tables are of, added up or not.
    pub fn all(&self) -> usize {
        self.units.len() + self.absent.len() + self.apart.iter().map(|apart| apart.units.len()).sum::<usize>()
    }

    /// How many of them are added up.
    pub fn added(&self) -> usize {
        self.units.len()
    }

    /// Whether the figures of a node are shown.
    fn shows(&self, node: Node) -> bool {
        !self.main.hidden.contains(&node)
    }

    /// The framework as a whole.
    fn whole(&self) -> Node {
        Node::Framework(self.catalog().at)
    }
}

/// How the scores of units spread in each node that is shown and has a score of enough units.
fn spreads(catalog: &Framework, units: &[Unit], hidden: &BTreeSet<Node>, minimum: u32) -> BTreeMap<Node, UnitSpread> {
    let spread = |(at, node): (usize, Node)| {
        let scores = units.iter().filter_map(|unit| *unit.standing.as_ref()?.scores.get(at)?).collect();
        let spread = UnitSpread::of(scores).filter(|spread| spread.units >= minimum)?;
        Some((node, spread))
    };
    let shown = catalog.nodes().enumerate().filter(|(_, node)| !hidden.contains(node));
    shown.collect::<Vec<_>>().into_par_iter().filter_map(spread).collect()
}

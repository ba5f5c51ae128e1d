//! Tests that every output of the worked example shows the same figures, to the last digit.
//!
//! Each output is read back to cells under heads, HTML with a browser's parser, and compared with the scorecard.

use std::collections::BTreeMap;
use std::process::Command;

use milepost::base::number::{Level, Mean, signed};
use milepost::diagnostic::Code;
use milepost::export::change::{self, Comparison};
use milepost::export::table::{self, Style};
use milepost::export::{Selection, csv, json};
use milepost::model::assessment::Assessment;
use milepost::model::catalog::Node;
use milepost::model::evidence::{Answer, Item, Period, State};
use milepost::model::ids::{AnswerId, ControlId, FrameworkId, FunctionId, QuarterId, TeamId};
use milepost::report::address::{Address, Data, QuarterPage, QuarterPair};
use milepost::score::change::{NodeChange, between};
use milepost::score::explain::{Explanation, Formula, Input, Subject, explain};
use milepost::score::finding::{Finding, findings};
use milepost::score::gap::{self, Gaps};
use milepost::score::{Counts, Figures, Scored, ScoredQuarter, Tree, Withheld, score};
use rayon::prelude::*;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

use crate::support::built_sites::{EXAMPLE, Example};
use crate::support::independent_arithmetic::{Exact, MILLION, cut, half_up, shown_as, value_of, weighted};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

impl Example {
    fn file(&self, path: &str) -> &str {
        std::str::from_utf8(&self.files[path]).unwrap()
    }

    fn assessment(&self) -> &Assessment {
        &self.scored.assessment
    }

    fn quarter(&self, quarter: QuarterId) -> ScoredQuarter<'_> {
        self.scored.quarter(quarter)
    }

    fn quarters(&self) -> impl ExactSizeIterator<Item = QuarterId> + Clone + use<> {
        self.assessment().quarters.ids()
    }

    fn teams(&self) -> impl ExactSizeIterator<Item = TeamId> + Clone + use<> {
        self.assessment().settings.teams.ids()
    }

    fn functions(&self) -> impl ExactSizeIterator<Item = FunctionId> + Clone + use<> {
        self.assessment().framework().functions.ids()
    }

    /// The frameworks beside the main one.
    fn other_frameworks(&self) -> impl ExactSizeIterator<Item = FrameworkId> + Clone + use<> {
        self.assessment().frameworks.ids().skip(1)
    }

    fn tree(&self, quarter: QuarterId, team: Option<TeamId>) -> &Tree {
        self.tree_of(quarter, FrameworkId::MAIN, team)
    }

    fn tree_of(&self, quarter: QuarterId, framework: FrameworkId, team: Option<TeamId>) -> &Tree {
        self.quarter(quarter).tree(framework, team)
    }

    /// The same of the quarter before, where there is one.
    fn before(&self, quarter: QuarterId, team: Option<TeamId>) -> Option<&Tree> {
        quarter.before().map(|quarter| self.tree(quarter, team))
    }

    fn select(&self, quarter: QuarterId, team: Option<TeamId>, function: Option<FunctionId>) -> Selection<'_> {
        Selection { quarter: self.quarter(quarter), framework: FrameworkId::MAIN, team, function }
    }

    /// Everything that `--quarter`, `--team`, `--function` and `--framework` can select.
    fn selections(&self) -> Vec<Selection<'_>> {
        let mut selections = Vec::new();
        for (quarter, (framework, catalog)) in
            self.quarters().flat_map(|quarter| self.assessment().frameworks.entries().map(move |f| (quarter, f)))
        {
            for team in std::iter::once(None).chain(self.teams().map(Some)) {
                for function in std::iter::once(None).chain(catalog.functions.ids().map(Some)) {
                    selections.push(Selection { quarter: self.quarter(quarter), framework, team, function });
                }
            }
        }
        selections
    }

    /// Every number of the report: each node of each framework in each quarter, for all teams and for each alone.
    fn subjects(&self) -> Vec<(Subject<'_>, &Figures)> {
        let mut subjects = Vec::new();
        for selection in self.selections().into_iter().filter(|selection| selection.function.is_none()) {
            let Selection { quarter, framework, team, .. } = selection;
            let tree = self.tree_of(quarter.id, framework, team);
            let subject = |node| Subject { quarter, team, node, words: &quarter.assessment.english };
            subjects.push((subject(Node::Framework(framework)), &tree.overall));
            let functions = tree.functions.entries().map(|(f, figures)| (Node::Function(f), figures));
            let categories = tree.categories.entries().map(|(c, figures)| (Node::Category(c), figures));
            let controls = tree.controls.entries().map(|(c, figures)| (Node::Control(c), figures));
            let nodes = functions.chain(categories).chain(controls);
            subjects.extend(nodes.map(|(node, figures)| (subject(node), figures)));
        }
        subjects
    }

    fn ranked(&self, selection: &Selection<'_>) -> Gaps {
        gap::rank(selection.catalog(), selection.tree())
    }

    /// The gaps of a selection as rows: rank, id, and the cells beside them.
    fn gap_rows<'a>(&self, selection: &Selection<'a>) -> Vec<(String, &'a str, Cells)> {
        let ranked = self.ranked(selection).ranked.into_iter().zip(1..).filter(|(gap, _)| selection.holds(gap.control));
        let row = |(gap, rank): (gap::Gap, usize)| {
            let figures = &selection.tree().controls[gap.control];
            let mut cells = cells(figures);
            assert_eq!(cells["Gap"], gap.gap.shown_half_down(decimals()));
            cells.retain(|head, _| ["Gap", "Score", "Target", "Lowest answer", "Assessed"].contains(head));
            (rank.to_string(), selection.catalog().controls[gap.control].id.as_str(), cells)
        };
        ranked.map(row).collect()
    }

    fn page(&self, address: Address) -> Html {
        let html = Html::parse_document(self.file(&address.path(self.assessment())));
        assert!(html.errors.is_empty(), "{address:?}: {:?}", html.errors);
        html
    }
}

fn decimals() -> u32 {
    EXAMPLE.assessment().settings.scoring.decimals
}

// ---------------------------------------------------------------------------------------------------------------------
// What every output should say
// ---------------------------------------------------------------------------------------------------------------------

/// Cells by the heads of their columns; blank where there is nothing to say.
type Cells = BTreeMap<&'static str, String>;

/// How a node's figures are printed, in every output.
fn cells(figures: &Figures) -> Cells {
    let counts = &figures.counts;
    let shown = |mean: &Option<Mean>| mean.as_ref().map(|mean| mean.shown(decimals())).unwrap_or_default();
    let range = |low: &Mean, high: &Mean| format!("{} to {}", low.shown(decimals()), high.shown(decimals()));
    let kept = |mean: &Option<Mean>| if figures.withheld.is_some() { String::new() } else { shown(mean) };
    let share = (counts.targeted > 0).then(|| format!("{} %", percent(counts.at_target, counts.targeted)));
    BTreeMap::from([
        ("Score", score_of(figures)),
        ("Assessed", format!("{} of {}", counts.assessed, counts.applicable())),
        (
            "Range",
            figures.low.as_ref().zip(figures.high.as_ref()).map(|(low, high)| range(low, high)).unwrap_or_default(),
        ),
        ("Lowest answer", counts.floor.map(Level::shown).unwrap_or_default()),
        ("Target", shown(&figures.target)),
        ("Gap", figures.shown_gap(decimals()).unwrap_or_default()),
        ("Claimed", kept(&figures.claimed)),
        ("Supported", kept(&figures.supported)),
        ("Unweighted", kept(&figures.unweighted)),
        ("At target", share.unwrap_or_default()),
        ("Unknown", counts.unknown.to_string()),
        ("Unanswered", counts.unanswered.to_string()),
        ("Not applicable", counts.not_applicable.to_string()),
    ])
}

/// A score, or why there is none.
fn score_of(figures: &Figures) -> String {
    let none = match figures.why_withheld() {
        Some(Withheld::Coverage) => "withheld",
        Some(Withheld::TeamLevel) => "by team",
        None => "none",
    };
    figures.score(decimals()).unwrap_or_else(|| none.to_owned())
}

/// Half up, by long division.
fn percent(part: u32, whole: u32) -> u32 {
    let (down, rest) = (part * 100 / whole, part * 100 % whole);
    if rest * 2 >= whole { down + 1 } else { down }
}

/// Compares the cells that `found` has under heads that `wanted` knows, at least `least` of them.
fn agree<'a>(place: &str, found: impl IntoIterator<Item = (&'a str, String)>, wanted: &Cells, least: usize) {
    let known = found.into_iter().filter_map(|(head, cell)| Some((head, cell, wanted.get(head)?)));
    let compared = known.inspect(|(head, cell, wanted)| assert_eq!(cell, *wanted, "{head} of {place}")).count();
    assert!(compared >= least, "{place}: only {compared} figures are there");
}

// ---------------------------------------------------------------------------------------------------------------------
// Tables and data files
// ---------------------------------------------------------------------------------------------------------------------

/// The rows of CSV by the heads of their columns.
fn csv_rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<_> = reader.deserialize().map(|row: Result<BTreeMap<String, String>, _>| row.unwrap()).collect();
    rows
}

/// The rows of a Markdown table: the first cell and the others by the heads of their columns.
fn markdown_rows(text: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let cells = |line: &str| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let mut lines = text.lines().filter(|line| line.starts_with('|'));
    let heads = lines.next().map(cells).unwrap_or_default();
    let row = |line| {
        let cells = cells(line);
        (cells[0].clone(), heads.iter().cloned().zip(cells).skip(1).collect())
    };
    lines.skip(1).map(row).collect()
}

/// The rows of an aligned table with `heads`, each right above the end of its cells: what stands before them, and they.
fn aligned_rows<'a>(text: &str, heads: &[&'a str]) -> Vec<(String, BTreeMap<&'a str, String>)> {
    let mut lines = text.split("\n\n").nth(1).unwrap_or_default().lines();
    let header = lines.next().unwrap_or_default();
    let ends = heads.iter().map(|head| header.rfind(head).map(|start| start + head.len())).collect::<Option<Vec<_>>>();
    let Some(ends) = ends else { return Vec::new() };
    let row = |line: &str| {
        let chars: Vec<char> = line.chars().collect();
        let slice =
            |from: usize, to: usize| chars[from.min(chars.len())..to.min(chars.len())].iter().collect::<String>();
        let first = slice(0, ends[0]);
        let by_team = first.strip_suffix(" by team").map(|label| (label, "by team"));
        let (label, first) = by_team.or_else(|| first.rsplit_once(' ')).unwrap();
        let others = ends.windows(2).map(|ends| slice(ends[0], ends[1]).trim().to_owned());
        let cells = std::iter::once(first.to_owned()).chain(others);
        (label.trim().to_owned(), heads.iter().copied().zip(cells).collect())
    };
    lines.map(row).collect()
}

/// A cell of the tables for people. They have a dash where pages have a blank.
fn undashed(head: &str, cell: &str) -> String {
    match cell {
        "-" if head == "Score" => "none".to_owned(),
        "-" | "- to -" => String::new(),
        other => other.to_owned(),
    }
}

/// The id that a row's label starts with.
fn id(label: &str) -> &str {
    label.split(' ').next().unwrap()
}

const SCORE_HEADS: [&str; 8] = ["Score", "Claimed", "Assessed", "Range", "Lowest answer", "Target", "Gap", "At target"];
const GAP_HEADS: [&str; 5] = ["Gap", "Score", "Target", "Lowest answer", "Assessed"];

#[test]
fn scores_as_csv_are_those_of_the_scorecard() {
    for selection in EXAMPLE.selections() {
        let rows = csv_rows(&csv::scores(&selection));
        let nodes = selection.rows();
        assert_eq!(rows.len(), nodes.len());
        for (row, node) in rows.iter().zip(&nodes) {
            assert_eq!((row["id"].as_str(), row["rank"].as_str()), (node.id, node.node.rank()));
            assert_eq!(row["quarter"], selection.quarter.name().to_string());
            let cell = |key: &str| row[key].clone();
            let range =
                if cell("low").is_empty() { String::new() } else { format!("{} to {}", row["low"], row["high"]) };
            let found = [
                ("Score", if cell("score").is_empty() { score_of(node.figures) } else { cell("score") }),
                ("Assessed", format!("{} of {}", row["assessed"], row["applicable"])),
                ("Range", range),
                ("Lowest answer", cell("floor")),
                ("Target", cell("target")),
                ("Gap", cell("gap")),
                ("Claimed", cell("claimed")),
                ("Supported", cell("supported")),
                ("Unweighted", cell("unweighted")),
                ("Unknown", cell("unknown")),
                ("Unanswered", cell("unanswered")),
                ("Not applicable", cell("not_applicable")),
            ];
            agree(node.id, found, &cells(node.figures), 12);
            let counts = &node.figures.counts;
            let of_targets = (cell("at_target"), cell("targeted"));
            assert_eq!(of_targets, (counts.at_target.to_string(), counts.targeted.to_string()));
        }
    }
}

#[test]
fn scores_as_json_are_those_of_the_scorecard() {
    for selection in EXAMPLE.selections() {
        let json: Value = serde_json::from_str(&json::scores(&selection)).unwrap();
        let lists = ["functions", "categories", "controls"].map(|key| json[key].as_array().unwrap());
        let found: Vec<&Value> = std::iter::once(&json["overall"]).chain(lists.into_iter().flatten()).collect();
        let mut nodes = selection.rows();
        // JSON lists the nodes rank by rank.
        nodes.sort_by_key(|node| match node.node {
            Node::Framework(_) => 0,
            Node::Function(_) => 1,
            Node::Category(_) => 2,
            Node::Control(_) => 3,
        });
        assert_eq!(found.len(), nodes.len());
        for (found, node) in found.into_iter().zip(nodes) {
            let Figures { low, high, target, counts, withheld, .. } = node.figures;
            // A withheld figure is withheld here too.
            let shown = |figure| node.figures.shown(figure).cloned();
            let Figures { mean, claimed, supported, unweighted, gap, .. } = node.figures;
            let [mean, claimed, supported, unweighted, gap] = &[mean, claimed, supported, unweighted, gap].map(shown);
            assert_eq!((&found["id"], &found["title"]), (&Value::from(node.id), &Value::from(node.title)));
            let means = [("mean", mean), ("claimed", claimed), ("supported", supported), ("unweighted", unweighted)];
            let others = [("low", low), ("high", high), ("target", target), ("gap", gap)];
            for (key, mean) in means.into_iter().chain(others) {
                assert_eq!(found[key].as_i64(), mean.as_ref().map(Mean::millionths), "{key} of {}", node.id);
            }
            assert_eq!(found["floor"].as_i64(), counts.floor.map(Level::millionths));
            let score = found["score"].as_f64().map(|score| format!("{score:.*}", decimals() as usize));
            assert_eq!(score, node.figures.score(decimals()), "{}", node.id);
            let number = |key: &str| u32::try_from(found[key].as_u64().unwrap()).unwrap();
            let keys = ["assessed", "applicable", "unknown", "unanswered", "not_applicable", "at_target", "targeted"];
            let Counts { assessed, unknown, unanswered, not_applicable, at_target, targeted, .. } = *counts;
            let wanted = [assessed, counts.applicable(), unknown, unanswered, not_applicable, at_target, targeted];
            assert_eq!(keys.map(number), wanted, "{}", node.id);
            assert_eq!(
                (&found["levels"], &found["withheld"]),
                (&Value::from(counts.levels.clone()), &Value::from(withheld.is_some()))
            );
        }
    }
}

#[test]
fn scores_as_tables_are_those_of_the_scorecard() {
    for selection in EXAMPLE.selections() {
        let aligned = aligned_rows(&table::scores(&selection, Style::Text), &SCORE_HEADS);
        let marked = markdown_rows(&table::scores(&selection, Style::Markdown));
        let mut nodes = selection.rows();
        nodes.retain(|node| !matches!(node.node, Node::Control(_)) || selection.function.is_some());
        let ids: Vec<&str> = nodes.iter().map(|node| node.id).collect();
        assert_eq!(aligned.iter().map(|(label, _)| id(label)).collect::<Vec<_>>(), ids);
        assert_eq!(marked.iter().map(|(label, _)| id(label)).collect::<Vec<_>>(), ids);
        for ((node, (_, aligned)), (_, marked)) in nodes.iter().zip(&aligned).zip(&marked) {
            let wanted = cells(node.figures);
            agree(node.id, aligned.iter().map(|(head, cell)| (*head, undashed(head, cell))), &wanted, 8);
            agree(node.id, marked.iter().map(|(head, cell)| (head.as_str(), undashed(head, cell))), &wanted, 8);
        }
    }
}

#[test]
fn gap_lists_are_the_same_in_every_format() {
    for selection in EXAMPLE.selections() {
        let wanted = EXAMPLE.gap_rows(&selection);
        let gaps = EXAMPLE.ranked(&selection);
        let of_csv = csv_rows(&csv::gaps(&selection, &gaps));
        let of_json: Value = serde_json::from_str(&json::gaps(&selection, &gaps)).unwrap();
        let of_json = of_json["gaps"].as_array().unwrap();
        let aligned = aligned_rows(&table::gaps(&selection, &gaps, usize::MAX, Style::Text), &GAP_HEADS);
        let marked = markdown_rows(&table::gaps(&selection, &gaps, usize::MAX, Style::Markdown));
        assert_eq!([of_csv.len(), of_json.len(), aligned.len(), marked.len()], [wanted.len(); 4]);
        for (index, (rank, name, wanted)) in wanted.iter().enumerate() {
            let place = format!("gap {rank} of {}", selection.quarter.name());
            let row = &of_csv[index];
            assert_eq!((&row["rank"], row["id"].as_str()), (rank, *name));
            let [gap, score, target, floor] = ["gap", "score", "target", "floor"].map(|key| row[key].clone());
            let assessed = format!("{} of {}", row["assessed"], row["applicable"]);
            agree(&place, GAP_HEADS.into_iter().zip([gap, score, target, floor, assessed]), wanted, 5);
            let (label, row) = &aligned[index];
            assert!(label.starts_with(&format!("{rank} ")) && id(label[rank.len()..].trim()) == *name, "{label}");
            agree(&place, row.iter().map(|(head, cell)| (*head, undashed(head, cell))), wanted, 5);
            let (label, row) = &marked[index];
            assert_eq!((label, id(&row["Control"])), (rank, *name));
            agree(&place, row.iter().map(|(head, cell)| (head.as_str(), undashed(head, cell))), wanted, 5);
            let row = &of_json[index];
            assert_eq!((row["rank"].to_string(), row["id"].as_str().unwrap()), (rank.clone(), *name));
            let gap = &gaps.ranked.iter().find(|gap| selection.catalog().controls[gap.control].id == *name).unwrap();
            assert_eq!(row["gap"].as_i64(), Some(gap.gap.millionths()));
        }
    }
}

/// What the program itself prints.
fn milepost(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_milepost")).args(["--root", ROOT]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_command_line_prints_the_same_bytes_as_the_library_and_the_site() {
    EXAMPLE.quarters().collect::<Vec<_>>().into_par_iter().for_each(|q| {
        let selection = EXAMPLE.select(q, None, None);
        let quarter = selection.quarter.name().to_string();
        let gaps = EXAMPLE.ranked(&selection);
        let printed = |command: &str, format: &str, rest: &[&str]| {
            milepost(&[&[command, "--quarter", &quarter, "--format", format], rest].concat())
        };
        assert_eq!(*printed("score", "text", &[]), *table::scores(&selection, Style::Text));
        assert_eq!(*printed("score", "markdown", &[]), *table::scores(&selection, Style::Markdown));
        assert_eq!(*printed("gaps", "text", &["--all"]), *table::gaps(&selection, &gaps, usize::MAX, Style::Text));
        assert_eq!(
            *printed("gaps", "markdown", &["--all"]),
            *table::gaps(&selection, &gaps, usize::MAX, Style::Markdown)
        );
        assert_eq!(*printed("gaps", "json", &[]), *json::gaps(&selection, &gaps));
        let file = |data| EXAMPLE.file(&Address::Data(q, data).path(EXAMPLE.assessment())).to_owned();
        assert_eq!(printed("score", "json", &[]), *file(Data::ScoresJson));
        // Files start with a mark, for Excel; what is printed does not.
        assert_eq!(format!("\u{feff}{}", printed("score", "csv", &[])), *file(Data::ScoresCsv));
        assert_eq!(format!("\u{feff}{}", printed("gaps", "csv", &[])), *file(Data::GapsCsv));
        assert_eq!(*json::scores(&selection), *file(Data::ScoresJson));
    });
}

#[test]
fn the_command_line_selects_what_the_library_does() {
    let assessment = EXAMPLE.assessment();
    let (team, function) = (EXAMPLE.teams().nth(1).unwrap(), EXAMPLE.functions().nth(2).unwrap());
    let selection = EXAMPLE.select(assessment.newest(), Some(team), Some(function));
    let team = &assessment.settings.teams[team].id;
    let function = &assessment.framework().functions[function].id;
    let chosen = ["--team", team, "--function", function];
    assert_eq!(*milepost(&[&["score"] as &[_], &chosen].concat()), *table::scores(&selection, Style::Text));
    let json = milepost(&[&["gaps", "--format", "json"] as &[_], &chosen].concat());
    assert_eq!(*json, *json::gaps(&selection, &EXAMPLE.ranked(&selection)));
}

/// The unit in which a figure of a node is exact: teams join to whole millionths, and above them nothing is rounded.
fn exactly(node: Node, value: Exact) -> Exact {
    if matches!(node, Node::Control(_)) { Exact::new(half_up(value * MILLION), MILLION) } else { value }
}

#[test]
fn every_number_is_explained_as_it_is_shown() {
    EXAMPLE.subjects().into_par_iter().for_each(|(subject, figures)| {
        let made = explain(subject);
        let place = format!("{} {:?} in {}", made.id, made.team, made.quarter);
        assert_eq!(made.score, figures.score(decimals()), "{place}");
        assert_eq!(made.formula.as_ref().map(|f| f.value.clone()), figures.shown_mean().map(Mean::cut), "{place}");
        assert_eq!(made.withheld.is_empty(), made.score.is_some(), "{place}");
        let wanted = cells(figures);
        let beside = |name: &str| made.beside.iter().find(|row| row.name == name);
        let shown = |name: &str| beside(name).map(|row| row.shown.as_str()).unwrap_or_default();
        assert_eq!(shown("Assessed").rsplit_once(' ').unwrap().0, wanted["Assessed"], "{place}");
        assert_eq!(shown("Lowest answer").split(',').next().unwrap(), wanted["Lowest answer"], "{place}");
        for name in ["Claimed", "Gap", "At target"] {
            assert_eq!(shown(name), wanted[name], "{name} of {place}");
        }
        let target = target_basis(figures).map_or_else(|| "Target".to_owned(), |basis| format!("Target {basis}"));
        assert_eq!(shown(&target), wanted["Target"], "{place}");
        let of_all = format!("Target of all {} applicable controls", figures.counts.applicable_controls);
        let wanted = figures.target_of_all.as_ref().filter(|_| target_basis(figures).is_some());
        assert_eq!(shown(&of_all), wanted.map(|mean| mean.shown(decimals())).unwrap_or_default(), "{place}");
        let unweighted = figures.unweighted.as_ref().filter(|_| figures.withheld.is_none());
        let unweighted = unweighted.map(|mean| mean.shown(decimals())).unwrap_or_default();
        assert_eq!(shown("Unweighted"), unweighted, "{place}");
        let ends = [("0", &figures.low), ("5", &figures.high)];
        for (end, mean) in ends.into_iter().filter(|_| figures.counts.assessed < figures.counts.applicable()) {
            let mean = mean.as_ref().map(|mean| mean.shown(decimals())).unwrap_or_default();
            assert_eq!(shown(&format!("If all that is not assessed were {end}")), mean, "{place}");
        }
    });
}

#[test]
fn every_formula_gives_the_number_that_is_shown() {
    EXAMPLE.subjects().into_par_iter().for_each(|(subject, _)| {
        let made = explain(subject);
        let place = format!("{} {:?} in {}", made.id, made.team, made.quarter);
        let own = made.formula.iter().zip(&made.score).map(|(formula, score)| ("Score", formula, score));
        let means = made.beside.iter().filter(|row| row.name != "At target");
        let means = means.filter_map(|row| Some((row.name.as_str(), row.formula.as_ref()?, &row.shown)));
        for (name, formula, wanted) in own.chain(means) {
            let value = exactly(subject.node, value_of(&formula.text));
            assert_eq!(cut(value), formula.value, "{} of {place}", formula.text);
            assert_eq!(&shown_as(name, value, decimals()), wanted, "{} of {place}", formula.text);
            // A reader who rounds the printed value gets the shown one, although digits were cut.
            let printed = value_of(formula.value.trim_end_matches('…'));
            // Where digits were cut, the value is a little larger, which matters exactly at a half.
            let cut_off = Exact::new(i128::from(formula.value.ends_with('…')), MILLION * MILLION);
            assert_eq!(&shown_as(name, printed + cut_off, decimals()), wanted, "{} of {place}", formula.value);
        }
        for row in made.beside.iter().filter(|row| row.name == "At target") {
            let share = value_of(&row.formula.as_ref().unwrap().text);
            assert_eq!(row.shown, format!("{} %", half_up(share)), "{place}");
        }
        // The inputs of a mean are those of its formula: weighted and divided, they give it again.
        let Some(formula) = made.formula.filter(|formula| !formula.text.starts_with("the lowest")) else { return };
        let part = |input: &Input| (input.weight, Some(value_of(input.value.split(" = ").next().unwrap())));
        let mean = weighted(made.inputs.iter().map(part)).unwrap();
        assert_eq!(cut(exactly(subject.node, mean)), formula.value, "{place}");
    });
}

#[test]
fn the_command_line_explains_what_the_library_does() {
    let newest = EXAMPLE.assessment().newest();
    let first_team = EXAMPLE.teams().next().unwrap();
    let mut asked = Vec::new();
    for (subject, _) in EXAMPLE.subjects() {
        let made = explain(subject);
        let picked = match (subject.team, subject.quarter.id == newest) {
            (None, true) => ["PR.DS-11", "PR.DS", "PR", "csf-2.0", "DRC.RU-01", "delivery"].contains(&made.id.as_str()),
            (None, false) => made.id == "PR.DS-11",
            (Some(team), newest) => team == first_team && newest && ["PR.DS", "delivery"].contains(&made.id.as_str()),
        };
        if picked {
            asked.push((subject, made));
        }
    }
    assert_eq!(asked.len(), 8 + EXAMPLE.quarters().len() - 1);
    asked.into_par_iter().for_each(|(subject, made)| {
        let mut arguments = vec!["explain", &made.id, "--quarter", &made.quarter];
        arguments
            .extend(subject.team.iter().flat_map(|team| ["--team", &EXAMPLE.assessment().settings.teams[*team].id]));
        let text = milepost(&arguments);
        let first = text.lines().next().unwrap();
        assert!(first.ends_with(&format!(": {}", made.score.as_ref().unwrap_or(&made.withheld))), "{first}");
        let formula = made.formula.as_ref().map(|formula| formula.text.clone()).unwrap_or_default();
        assert!(text.contains(&formula), "{formula} is not in {text}");
        arguments.extend(["--format", "json"]);
        let json: Value = serde_json::from_str(&milepost(&arguments)).unwrap();
        assert_eq!(json, serde_json::to_value::<&Explanation>(&made).unwrap());
        assert_eq!(json["score"].as_str(), made.score.as_deref());
        assert_eq!(json["formula"]["value"].as_str(), made.formula.as_ref().map(|formula| formula.value.as_str()));
    });
}

#[test]
fn findings_are_the_same_everywhere() {
    let assessment = EXAMPLE.assessment();
    for q in EXAMPLE.quarters() {
        let quarter = EXAMPLE.quarter(q);
        let found = findings(quarter, &quarter.assessment.english);
        let count = |code: Code| found.iter().filter(|finding| finding.code == code).count();
        let address = Address::Quarterly(q, QuarterPage::Findings);
        let (page, place) = (EXAMPLE.page(address), address.path(assessment));
        let rows: Vec<Vec<String>> = Table::all(&page, &["About"]).into_iter().flat_map(|table| table.rows).collect();
        assert_eq!(rows.len(), found.len(), "{place}");
        for finding in &found {
            // A row whose first cell names the subject does not repeat it.
            let given = rows.iter().any(|row| {
                let says = row.iter().any(|cell| *cell == finding.detail || *cell == finding.message());
                says && row.last() == Some(&finding.origin.shown())
            });
            assert!(given, "{place}: {}", finding.message());
        }
        let groups: Vec<usize> = texts(page.root_element(), "main h2")
            .iter()
            .map(|head| head.rsplit(' ').next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(groups.iter().sum::<usize>(), found.len(), "{place}");
        let dashboard = EXAMPLE.page(Address::Quarterly(q, QuarterPage::Dashboard));
        let said = texts(dashboard.root_element(), "main section[aria-labelledby=evidence]").concat();
        assert!(said.contains(&format!("All {} findings", found.len())), "{said}");
        // Each answer of which evidence supports less than is claimed is one of them, and is counted so by each node.
        let answers = quarter.all_answers().filter_map(|(id, _)| Some((id, quarter.levels(id)?)));
        let short: Vec<_> = answers.filter(|(_, levels)| levels.supported < levels.claimed).collect();
        assert_eq!(count(Code::UnsupportedClaim), short.len(), "{place}");
        for f in assessment.frameworks.ids() {
            let counts = short.iter().filter(|(AnswerId { control, team }, _)| {
                control.framework() == f && quarter.teams_that_count(*control, None).any(|counted| counted == *team)
            });
            assert_eq!(counts.count(), EXAMPLE.tree_of(q, f, None).overall.counts.unsupported as usize, "{place}");
        }
        // The dashboard has the same number in both places.
        assert!(said.contains(&format!("{} answer", short.len())), "{said}");
        let trust = texts(dashboard.root_element(), "main section:has(> #trust) dd");
        assert!(trust.contains(&short.len().to_string()), "{trust:?}");
    }
    let newest = findings(EXAMPLE.scored.newest(), &EXAMPLE.scored.assessment.english);
    let printed: Value = serde_json::from_str(&milepost(&["check", "--format", "json"])).unwrap();
    let printed = printed.as_array().unwrap().iter().filter(|row| row["severity"] == "finding");
    let mut printed: Vec<&str> = printed.map(|row| row["message"].as_str().unwrap()).collect();
    let mut wanted: Vec<String> = newest.iter().map(Finding::message).collect();
    printed.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(printed, wanted);
}

/// The verdicts of a page of gates: name, class of the verdict, what was found, and the causes of a failure.
fn verdicts_shown(page: &Html) -> Vec<(String, String, String, Vec<String>)> {
    let row = |row: ElementRef<'_>| {
        let class = select(row, "td[class^=verdict-]")[0].value().attr("class").unwrap().to_owned();
        let name = texts(row, "th code").concat();
        (name, class, texts(row, "td.words > p:first-child").concat(), texts(row, "td li"))
    };
    select(page.root_element(), "table.gates > tbody > tr").into_iter().map(row).collect()
}

#[test]
fn pages_of_gates_show_what_the_command_line_says() {
    let mut failed_somewhere = false;
    for q in EXAMPLE.quarters() {
        let quarter = EXAMPLE.quarter(q);
        let name = quarter.name().to_string();
        let closing: &[&str] = if quarter.is_open() { &[] } else { &["--closing"] };
        let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
        command.args(["--root", ROOT, "gate", "--quarter", &name, "--format", "json"]).args(closing);
        let printed = String::from_utf8(command.output().unwrap().stdout).unwrap();
        assert_eq!(printed, EXAMPLE.file(&Address::Data(q, Data::GatesJson).path(EXAMPLE.assessment())));
        let printed: Value = serde_json::from_str(&printed).unwrap();
        let words = |value: &Value| value.as_str().unwrap().to_owned();
        let gate = |gate: &Value| {
            let failed = gate["verdict"] != "passed";
            let cause = |cause: &Value| match cause["file"].as_str() {
                Some(file) => format!("{} {file}:{}", words(&cause["what"]), cause["line"]),
                None => words(&cause["what"]),
            };
            let causes = gate["causes"].as_array().unwrap().iter().filter(|_| failed).map(cause).collect();
            let class = format!("verdict-{}", words(&gate["verdict"]));
            (words(&gate["gate"]), class, words(&gate["message"]), causes)
        };
        let wanted: Vec<_> = printed["gates"].as_array().unwrap().iter().map(gate).collect();
        let page = EXAMPLE.page(Address::Quarterly(q, QuarterPage::Gates));
        assert_eq!(verdicts_shown(&page), wanted, "{name}");
        let failed = wanted.iter().filter(|(_, class, ..)| class == "verdict-failed").count();
        failed_somewhere |= failed > 0;
        assert_eq!(Value::from(failed), printed["failed"]);
        let dashboard = EXAMPLE.page(Address::Quarterly(q, QuarterPage::Dashboard));
        let link = texts(dashboard.root_element(), "section:has(> #trust) a[href$='gates/index.html']");
        assert_eq!(link, [format!("{failed} of {}", wanted.len())], "{name}");
    }
    assert!(failed_somewhere);
}

/// The control's id, the team and the place of each row of the table with this caption; none where there is no such table.
fn answers_listed(page: &Html, caption: &str) -> Vec<[String; 3]> {
    let tables = select(page.root_element(), "table").into_iter();
    let mut tables = tables.filter(|table| texts(*table, "caption") == [caption]);
    let rows = tables.next().map(|table| select(table, "tbody tr")).unwrap_or_default().into_iter();
    let row = |row: ElementRef<'_>| {
        let cells = texts(row, "th, td");
        [id(&cells[0]).to_owned(), cells[1].clone(), cells.last().unwrap().clone()]
    };
    rows.map(row).collect()
}

#[test]
fn evidence_registers_hold_every_item_the_oldest_first() {
    let assessment = EXAMPLE.assessment();
    for q in EXAMPLE.quarters() {
        let quarter = EXAMPLE.quarter(q);
        let address = Address::Quarterly(q, QuarterPage::Evidence);
        let (page, place) = (EXAMPLE.page(address), address.path(assessment));
        let mut rows = Table::one(&page, &["Kind", "What", "Supports", "Team"], &place).rows;
        let ages: Vec<i32> = rows.iter().map(|row| row[5].parse().unwrap()).collect();
        assert!(ages.is_sorted_by(|one, next| one >= next), "{place}: {ages:?}");
        let row = |(AnswerId { control, team }, item): (AnswerId, &Item)| {
            let age = item.period.age(quarter.closes());
            let left = quarter.rules(control).max_age() - age;
            let artifact = item.artifact.iter().map(|file| format!(" {} sha256 {}…", file.path, &file.sha256[..12]));
            let Period { from, to } = item.period;
            vec![
                item.kind.name().to_owned(),
                item.title.to_string() + &artifact.collect::<String>(),
                assessment.control(control).id.clone(),
                assessment.team(team).name.clone(),
                if from == to { to.to_string() } else { format!("{from} to {to}") },
                age.to_string(),
                if left < 0 { "stale".to_owned() } else { format!("{left} days") },
                item.origin.shown(),
            ]
        };
        let mut wanted: Vec<Vec<String>> = quarter.all_evidence().map(row).collect();
        rows.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(rows.len(), wanted.len(), "{place}");
        for (row, wanted) in rows.iter().zip(&wanted) {
            assert_eq!(row, wanted, "{place}");
        }
    }
}

#[test]
fn coverage_by_evidence_is_what_the_data_files_say() {
    let assessment = EXAMPLE.assessment();
    for q in EXAMPLE.quarters() {
        let quarter = EXAMPLE.quarter(q);
        let name = quarter.name().to_string();
        let page = EXAMPLE.page(Address::Quarterly(q, QuarterPage::Evidence));
        let rows = |head: &str| Table::one(&page, &[head, "Assessed", "With current evidence"], &name).rows;
        let share = |evidenced: u32, assessed: u32| {
            if assessed > 0 { format!("{} %", percent(evidenced, assessed)) } else { String::new() }
        };
        // Functions, as each framework's file of scores has them.
        let mut wanted = Vec::new();
        for (id, framework) in assessment.frameworks.entries() {
            let address = if id == FrameworkId::MAIN {
                Address::Data(q, Data::ScoresCsv)
            } else {
                Address::FrameworkData(q, id, Data::ScoresCsv)
            };
            let csv = csv_rows(EXAMPLE.file(&address.path(assessment)));
            for node in framework.whole_and_functions() {
                let row = csv.iter().find(|row| row["id"] == framework.id_of(node)).unwrap();
                let count = |column: &str| row[column].parse::<u32>().unwrap();
                let title = match node {
                    Node::Framework(_) => framework.title.clone(),
                    _ => format!("{} {}", framework.id_of(node), framework.title_of(node)),
                };
                let (assessed, evidenced) = (count("assessed"), count("evidenced"));
                wanted.push(vec![title, assessed.to_string(), evidenced.to_string(), share(evidenced, assessed)]);
            }
        }
        assert_eq!(rows("Function"), wanted, "{name}");
        // Teams, as the command line has them, over all frameworks.
        let teams = quarter.teams_listed().map(|team| {
            let sum = assessment.frameworks.iter().fold((0, 0), |sum, framework| {
                let id = &quarter.settings().teams[team].id;
                let arguments =
                    ["score", "--format", "json", "--quarter", &name, "--team", id, "--framework", &framework.id];
                let scores: Value = serde_json::from_str(&milepost(&arguments)).unwrap();
                let count = |key: &str| u32::try_from(scores["overall"][key].as_u64().unwrap()).unwrap();
                (sum.0 + count("assessed"), sum.1 + count("evidenced"))
            });
            let name = quarter.settings().teams[team].name.clone();
            vec![name, sum.0.to_string(), sum.1.to_string(), share(sum.1, sum.0)]
        });
        assert_eq!(rows("Team"), teams.collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn every_zero_unknown_and_exclusion_is_listed() {
    let assessment = EXAMPLE.assessment();
    for q in EXAMPLE.quarters() {
        let quarter = EXAMPLE.quarter(q);
        let address = Address::Quarterly(q, QuarterPage::Exclusions);
        let (page, place) = (EXAMPLE.page(address), address.path(assessment));
        let captions = ["Not applicable", "Unknown", "Lowest level, Absent"];
        let mut wanted: BTreeMap<&str, Vec<[String; 3]>> =
            BTreeMap::from(captions.map(|caption| (caption, Vec::new())));
        for (answer_id, answer) in quarter.all_answers() {
            let caption = match answer.state {
                State::NotApplicable { .. } => captions[0],
                State::Unknown { .. } => captions[1],
                State::Assessed { .. } if quarter.level(answer_id) == Some(assessment.settings.scale.bottom) => {
                    captions[2]
                }
                State::Assessed { .. } => continue,
            };
            let AnswerId { control, team } = answer_id;
            let (control, team) = (assessment.control(control).id.clone(), assessment.team(team).name.clone());
            wanted.get_mut(caption).unwrap().push([control, team, answer.origin.shown()]);
        }
        for (caption, wanted) in wanted {
            assert_eq!(answers_listed(&page, caption), wanted, "{caption} in {place}");
        }
    }
}

#[test]
fn what_is_not_joined_over_teams_shows_no_joined_mean_anywhere() {
    let frameworks = &EXAMPLE.assessment().frameworks;
    let apart: Vec<FrameworkId> = frameworks.ids().filter(|f| frameworks[*f].team_level).collect();
    assert!(!apart.is_empty());
    for selection in EXAMPLE.selections().iter().filter(|s| apart.contains(&s.framework) && s.team.is_none()) {
        let assessed = selection.tree().overall.counts.assessed > 0;
        for row in csv_rows(&csv::scores(selection)) {
            let blank = ["score", "low", "high", "gap", "claimed", "supported", "unweighted"];
            assert!(blank.iter().all(|key| row[*key].is_empty()), "{row:?}");
        }
        let json: Value = serde_json::from_str(&json::scores(selection)).unwrap();
        let lists = ["functions", "categories", "controls"].map(|key| json[key].as_array().unwrap());
        for node in std::iter::once(&json["overall"]).chain(lists.into_iter().flatten()) {
            let null = ["score", "mean", "low", "high", "gap", "claimed", "supported", "unweighted"];
            assert!(null.iter().all(|key| node[*key].is_null()), "{node}");
        }
        let table = table::scores(selection, Style::Text);
        for (label, row) in aligned_rows(&table, &SCORE_HEADS) {
            let score = if assessed { "by team" } else { "-" };
            assert_eq!(row["Score"], score, "{label}: {row:?}");
            assert!(["Claimed", "Range", "Gap"].iter().all(|head| row[head] == "-"), "{label}: {row:?}");
        }
        let gaps = EXAMPLE.ranked(selection);
        assert!(gaps.ranked.is_empty() && table::gaps(selection, &gaps, 10, Style::Markdown).contains("--team ID"));
    }
    for f in apart {
        for (subject, _) in EXAMPLE.subjects().into_iter().filter(|(s, _)| s.node.framework() == f && s.team.is_none())
        {
            let made = explain(subject);
            assert!(made.score.is_none() && made.formula.is_none() && made.rounding.is_empty(), "{made:?}");
            let beside = made
                .beside
                .iter()
                .filter(|row| !row.name.starts_with("Target"))
                .filter(|row| !row.name.starts_with("Reviewed"))
                .filter(|row| !["Assessed", "Lowest answer", "At target"].contains(&row.name.as_str()));
            assert_eq!(beside.count(), 0, "{:?}", made.beside);
        }
        for q in EXAMPLE.quarters() {
            let address = Address::Framework(q, f);
            let (page, place) = (EXAMPLE.page(address), address.path(EXAMPLE.assessment()));
            assert!(select(page.root_element(), ".making, figure.chart-figure svg[id=profile]").is_empty(), "{place}");
            for c in frameworks[f].controls.ids() {
                let address = Address::Control(q, c);
                let (page, place) = (EXAMPLE.page(address), address.path(EXAMPLE.assessment()));
                agree_headline(&page, &EXAMPLE.tree_of(q, f, None).controls[c], None, &place);
                assert!(select(page.root_element(), ".making .formula").is_empty(), "{place}");
                let scores = Table::one(&page, &["Team"], &place).rows.pop().unwrap();
                assert!(scores[1..].iter().all(|cell| cell == "by team" || cell == "none"), "{place}: {scores:?}");
            }
        }
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Pages
// ---------------------------------------------------------------------------------------------------------------------

fn select<'a>(within: ElementRef<'a>, query: &str) -> Vec<ElementRef<'a>> {
    within.select(&Selector::parse(query).unwrap()).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What target and gap rest on, if that is not everything.
fn target_basis(figures: &Figures) -> Option<String> {
    figures.target_rests_on().map(|assessed| match assessed {
        1 => "of the 1 assessed control".to_owned(),
        _ => format!("of the {assessed} assessed controls"),
    })
}

fn texts(within: ElementRef<'_>, query: &str) -> Vec<String> {
    select(within, query).into_iter().map(text).collect()
}

/// A table as a reader sees it.
struct Table {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// The tables of a page whose first columns are headed so.
    fn all(page: &Html, heads: &[&str]) -> Vec<Self> {
        let of = |table| Self {
            heads: texts(table, "thead th"),
            rows: select(table, "tbody tr").into_iter().map(|row| texts(row, "th, td")).collect(),
        };
        let tables = select(page.root_element(), "table").into_iter().map(of);
        tables
            .filter(|table: &Self| {
                table.heads.iter().zip(heads).filter(|(one, other)| one == other).count() == heads.len()
            })
            .collect()
    }

    fn one(page: &Html, heads: &[&str], place: &str) -> Self {
        let mut tables = Self::all(page, heads);
        assert_eq!(tables.len(), 1, "{place}: tables under {heads:?}");
        tables.remove(0)
    }

    /// Compares each row with a node: its title, figures and those of the quarter before.
    fn agree(&self, place: &str, nodes: &[(&str, &Figures, Option<&Figures>)], least: usize) {
        assert_eq!(self.rows.len(), nodes.len(), "{place}");
        for (row, (title, figures, before)) in self.rows.iter().zip(nodes) {
            // A key control bears its mark.
            assert!(row[0].trim_end_matches(" key").ends_with(title), "{place}: {} is not {title}", row[0]);
            let found = || self.heads.iter().map(String::as_str).zip(row.iter().cloned());
            agree(&format!("{title} in {place}"), found(), &cells(figures), least);
            let was = found().find(|(head, _)| *head == "Last quarter").map(|(_, cell)| cell);
            assert_eq!(was, before.map(score_of), "{title} before, in {place}");
        }
    }
}

/// A node of a page's table: title, figures and those of the quarter before.
type Row<'a> = (&'a str, &'a Figures, Option<&'a Figures>);

fn function_nodes<'a>(tree: &'a Tree, before: Option<&'a Tree>) -> Vec<Row<'a>> {
    let functions = EXAMPLE.assessment().framework().functions.iter().zip(tree.functions.entries());
    functions.map(|(named, (f, now))| (named.title.as_str(), now, before.map(|tree| &tree.functions[f]))).collect()
}

fn category_nodes<'a>(function: FunctionId, tree: &'a Tree, before: Option<&'a Tree>) -> Vec<Row<'a>> {
    let catalog = EXAMPLE.assessment().framework();
    let node = |c| (catalog.categories[c].title.as_str(), &tree.categories[c], before.map(|tree| &tree.categories[c]));
    catalog.functions[function].categories.iter().map(node).collect()
}

/// Compares a page's headline with its node.
fn agree_headline(page: &Html, figures: &Figures, before: Option<&Figures>, place: &str) {
    let counts = &figures.counts;
    let shown = texts(page.root_element(), ".headline .score strong");
    let score = match score_of(figures).as_str() {
        "none" => "no score".to_owned(),
        score => score.to_owned(),
    };
    assert_eq!(shown, [score], "{place}");
    let facts = select(page.root_element(), ".headline .facts > div").into_iter();
    let facts: BTreeMap<String, String> = facts
        .map(|fact| (texts(fact, "dt > .term, dt:not(:has(.term))").concat(), texts(fact, "dd").join(" ")))
        .collect();
    let cells = cells(figures);
    let beside = |cell: &str, rest: String| if cell.is_empty() { String::new() } else { format!("{cell}{rest}") };
    let share = if counts.applicable() > 0 {
        format!(" ({} %)", percent(counts.assessed, counts.applicable()))
    } else {
        String::new()
    };
    let at_floor = counts.floor.map_or(0, |floor| counts.levels[EXAMPLE.assessment().settings.scale.position(floor)]);
    let answers = if at_floor == 1 { "answer" } else { "answers" };
    let gap = if cells["Gap"].is_empty() { String::new() } else { format!(" gap {}", cells["Gap"]) };
    let basis = target_basis(figures).map(|basis| format!(" {basis}")).unwrap_or_default();
    let without =
        [(counts.unknown, "unknown"), (counts.unanswered, "unanswered"), (counts.not_applicable, "not applicable")];
    let without: Vec<String> =
        without.iter().filter(|(count, _)| *count > 0).map(|(count, state)| format!("{count} {state}")).collect();
    let of = |figures: &Figures| {
        beside(&figures.counts.assessed.to_string(), format!(" of {}", figures.counts.applicable()))
    };
    let claims = if counts.unsupported == 1 { "claim" } else { "claims" };
    let unsupported = format!(" {} {claims} not supported", counts.unsupported);
    let unsupported = if counts.unsupported == 0 { String::new() } else { unsupported };
    let was = before
        .map(|was| if was.counts.applicable() > 0 { format!("{} {}", score_of(was), of(was)) } else { score_of(was) });
    let wanted = [
        ("Claimed", beside(&cells["Claimed"], unsupported)),
        ("Unweighted", cells["Unweighted"].clone()),
        ("Assessed", beside(&cells["Assessed"], share)),
        ("Range", cells["Range"].clone()),
        ("Lowest answer", beside(&cells["Lowest answer"], format!(" {at_floor} {answers}"))),
        ("Target", beside(&cells["Target"], gap + &basis)),
        ("At target", beside(&cells["At target"], format!(" {} of {}", counts.at_target, counts.targeted))),
        ("Answers without a level", without.join(" ")),
        ("Last quarter", was.unwrap_or_default()),
    ];
    for (name, wanted) in wanted {
        // A fact with nothing to say is left out.
        assert_eq!(facts.get(name).map(String::as_str).unwrap_or_default(), wanted, "{name} of {place}");
    }
}

/// Compares what a page says of how its number was made with what `milepost explain` says.
fn agree_making(page: &Html, quarter: QuarterId, node: Node, team: Option<TeamId>, place: &str) {
    let made =
        explain(Subject { quarter: EXAMPLE.quarter(quarter), team, node, words: &EXAMPLE.scored.assessment.english });
    let root = page.root_element();
    let equation = |formula: &Formula| format!("{} = {}", formula.text, formula.value);
    let trivial = |formula: &Formula| formula.text == formula.value;
    let formula = made.formula.as_ref().map(|f| if trivial(f) { f.value.clone() } else { equation(f) });
    assert_eq!(texts(root, ".making .formula code"), formula.into_iter().collect::<Vec<_>>(), "{place}");
    let said = texts(root, ".making > p").join(" ");
    assert!(said.contains(&made.rule) && said.contains(&made.rounding), "{place}: {said}");
    // Why a mean is not shown, a page says in words of its own.
    assert_eq!(said.contains("Not shown:"), !made.withheld.is_empty(), "{place}: {said}");
    let found: Vec<String> = texts(root, ".making .beside > div");
    let beside = made.beside.iter().map(|row| {
        let formula = row.formula.as_ref().filter(|formula| !trivial(formula)).map(equation).unwrap_or_default();
        format!("{} {} {formula}", row.name, row.shown).trim().to_owned()
    });
    let squeezed = |text: &String| text.split_whitespace().collect::<String>();
    assert_eq!(
        found.iter().map(squeezed).collect::<Vec<_>>(),
        beside.map(|row| squeezed(&row)).collect::<Vec<_>>(),
        "{place}"
    );
    let left: Vec<String> = texts(root, ".making > ul > li strong");
    assert_eq!(left, made.excluded.iter().map(|input| input.name.clone()).collect::<Vec<_>>(), "{place}");
}

/// An answer that claims more than its evidence supports says so.
fn agree_shortfall(article: ElementRef<'_>, quarter: QuarterId, answer: AnswerId, place: &str) {
    let levels = EXAMPLE.quarter(quarter).levels(answer);
    let short = levels.filter(|levels| levels.claimed != levels.supported);
    let wanted = short.map(|s| format!("Claimed {}, supported {}:", s.claimed.shown(), s.supported.shown()));
    assert_eq!(texts(article, ".shortfall strong"), wanted.into_iter().collect::<Vec<_>>(), "{place}");
}

/// Compares a page's table of answers by level with the nodes that it counts.
fn agree_levels(page: &Html, nodes: &[Row<'_>], place: &str) {
    let table = Table::one(page, &["Part", "0"], place);
    assert_eq!(table.rows.len(), nodes.len(), "{place}");
    for (row, (title, figures, _)) in table.rows.iter().zip(nodes) {
        let counts = &figures.counts;
        let numbers = counts.levels.iter().chain([&counts.unknown, &counts.unanswered, &counts.not_applicable]);
        let wanted: Vec<String> = std::iter::once((*title).to_owned()).chain(numbers.map(u32::to_string)).collect();
        assert_eq!(*row, wanted, "{place}");
    }
}

/// Compares what a page's first chart says of itself with the nodes that it draws.
fn agree_chart(page: &Html, nodes: &[Row<'_>], place: &str) {
    let said = texts(page.root_element(), "main figure svg desc").into_iter().next().unwrap();
    for (title, figures, before) in nodes {
        let score = |figures: &Figures| figures.score(decimals()).unwrap_or_else(|| "no score".to_owned());
        let target =
            figures.target.as_ref().map(|target| format!(", target {}", target.shown(decimals()))).unwrap_or_default();
        let claimed = figures.claimed.as_ref().filter(|claimed| Some(*claimed) != figures.shown_mean());
        let claimed = claimed.filter(|_| figures.withheld.is_none());
        let claimed = claimed.map(|claimed| format!(", claimed {}", claimed.shown(decimals()))).unwrap_or_default();
        let before = before.and_then(|before| before.score(decimals()));
        let before = before.map(|before| format!(", last quarter {before}")).unwrap_or_default();
        let wanted = format!("{title}: {}{claimed}{target}{before}", score(figures));
        assert!(
            said.trim_end_matches('.').split("; ").any(|part| part == wanted),
            "{place}: {wanted} is not in {said}"
        );
    }
}

/// Compares a page's gap list with the first `most` rows of the ranked one.
fn agree_gaps(page: &Html, quarter: QuarterId, team: Option<TeamId>, most: usize, place: &str) {
    let wanted = EXAMPLE.gap_rows(&EXAMPLE.select(quarter, team, None));
    let wanted = &wanted[..most.min(wanted.len())];
    let table = Table::one(page, &["#", "Control", "Gap"], place);
    assert_eq!(table.rows.len(), wanted.len(), "{place}");
    for (row, (rank, name, cells)) in table.rows.iter().zip(wanted) {
        assert_eq!((&row[0], id(&row[1])), (rank, *name), "{place}");
        agree(place, table.heads.iter().map(String::as_str).zip(row.iter().cloned()), cells, 4);
        if let Some(lowest) = table.heads.iter().position(|head| head == "Lowest") {
            assert_eq!(id(&row[lowest]), cells["Lowest answer"], "{place}");
        }
    }
}

/// A team's answer in short; empty if the team is not asked.
fn answer_in_short(quarter: QuarterId, id: AnswerId) -> Option<String> {
    let quarter = EXAMPLE.quarter(quarter);
    quarter.is_asked(id).then(|| match quarter.answer(id) {
        None => "unanswered".to_owned(),
        Some(answer) => match quarter.levels(id) {
            Some(levels) => levels.score(EXAMPLE.assessment().settings.scoring.score).shown(),
            None if answer.is_not_applicable() => "not applicable".to_owned(),
            None => "unknown".to_owned(),
        },
    })
}

/// The same in a cell, where what is claimed stands beside what counts.
fn answer_in_a_cell(quarter: QuarterId, id: AnswerId) -> Option<String> {
    let short = answer_in_short(quarter, id)?;
    let levels = EXAMPLE.quarter(quarter).levels(id);
    let claimed = levels.filter(|levels| levels.claimed != levels.supported);
    Some(claimed.map_or(short.clone(), |levels| format!("{short} claimed {}", levels.claimed.shown())))
}

/// Whether a cell shows this answer, a state in words beside a sign for those who see it.
fn shows(cell: &str, wanted: Option<&str>) -> bool {
    let wanted = wanted.unwrap_or("not asked");
    cell == wanted || !wanted.starts_with(|c: char| c.is_ascii_digit()) && cell.to_lowercase().ends_with(wanted)
}

/// Each page of a kind, over all quarters.
fn each<P: Copy + Send>(all: &(impl Iterator<Item = P> + Clone), check: impl Fn(QuarterId, P) + Sync) {
    let of = |quarter| all.clone().map(move |position| (quarter, position));
    let pages: Vec<_> = EXAMPLE.quarters().flat_map(of).collect();
    pages.into_par_iter().for_each(|(quarter, position)| check(quarter, position));
}

#[test]
fn dashboards_show_the_scorecard() {
    let newest = EXAMPLE.assessment().newest();
    let addresses =
        EXAMPLE.quarters().map(|q| (q, Address::Quarterly(q, QuarterPage::Dashboard))).chain([(newest, Address::Home)]);
    for (q, address) in addresses {
        let (page, place) = (EXAMPLE.page(address), address.path(EXAMPLE.assessment()));
        let (tree, before) = (EXAMPLE.tree(q, None), EXAMPLE.before(q, None));
        agree_headline(&page, &tree.overall, None, &place);
        let functions = function_nodes(tree, before);
        Table::one(&page, &["Function"], &place).agree(&place, &functions, 7);
        agree_making(&page, q, Node::Framework(FrameworkId::MAIN), None, &place);
        agree_levels(&page, &functions, &place);
        agree_chart(&page, &functions, &place);
        agree_gaps(&page, q, None, 10, &place);
        let others = EXAMPLE.other_frameworks().map(|f| {
            let overall = |q| &EXAMPLE.tree_of(q, f, None).overall;
            (EXAMPLE.assessment().frameworks[f].title.as_str(), overall(q), q.before().map(overall))
        });
        Table::one(&page, &["Framework"], &place).agree(&place, &others.collect::<Vec<_>>(), 8);
        let quarters: Vec<(String, &Figures)> = EXAMPLE
            .quarters()
            .filter(|other| *other <= q)
            .map(|q| (EXAMPLE.assessment().quarters[q].quarter.to_string(), &EXAMPLE.tree(q, None).overall))
            .collect();
        let quarters: Vec<Row<'_>> = quarters.iter().map(|(name, figures)| (name.as_str(), *figures, None)).collect();
        Table::one(&page, &["Quarter", "Score"], &place).agree(&place, &quarters, 4);
        agree_teams(&page, q, &place);
        agree_lists(&page, q, &place);
    }
}

/// The team as it is in a quarter: one of the example is renamed.
fn as_in(q: QuarterId, team: TeamId) -> TeamId {
    EXAMPLE.assessment().in_quarter(q).team_here(team)
}

/// Compares the dashboard's table of teams.
fn agree_teams(page: &Html, q: QuarterId, place: &str) {
    let table = Table::one(page, &["Team", "Score"], place);
    assert_eq!(table.rows.len(), EXAMPLE.teams().len());
    for (row, t) in table.rows.iter().zip(EXAMPLE.teams()) {
        let team = &EXAMPLE.assessment().settings.teams[t];
        assert_eq!(row[0], team.name);
        if team.asked_in(EXAMPLE.assessment().quarters[q].quarter) {
            let found = table.heads.iter().map(String::as_str).zip(row.iter().cloned());
            agree(&format!("{} in {place}", team.name), found, &cells(&EXAMPLE.tree(q, Some(t)).overall), 7);
            let before = q.before().map(|q| &EXAMPLE.tree(q, Some(as_in(q, t))).overall);
            let before = before.map(|was| if was.counts.applicable() > 0 { score_of(was) } else { String::new() });
            let column = table.heads.iter().position(|head| head == "Last quarter");
            assert_eq!(column.map(|column| &row[column]), before.as_ref(), "{place}");
        } else {
            assert_eq!(row[1..], ["not asked in this quarter"], "{place}");
        }
    }
}

/// Compares the dashboard's lists of answers at the bottom and of those that nobody knows.
fn agree_lists(page: &Html, q: QuarterId, place: &str) {
    let bottom = EXAMPLE.assessment().settings.scale.bottom.shown();
    for (heading, wanted) in [("Lowest level", bottom.as_str()), ("Unknown", "unknown")] {
        let list = select(page.root_element(), "main div").into_iter().find(|part| {
            texts(*part, "h3").first().is_some_and(|first| first.starts_with(heading)) && texts(*part, "h3").len() == 1
        });
        let found: Vec<(String, Vec<String>)> = select(list.unwrap(), "li")
            .into_iter()
            .map(|item| (texts(item, ".id").concat(), texts(item, ".quiet a")))
            .collect();
        let controls = EXAMPLE.assessment().framework().controls.entries();
        let listed = controls.map(|(c, control)| {
            let teams = EXAMPLE.teams().filter(|team| answer_in_short(q, c.of(*team)).as_deref() == Some(wanted));
            (
                control.id.clone(),
                teams.map(|team| EXAMPLE.assessment().settings.teams[team].name.clone()).collect::<Vec<_>>(),
            )
        });
        assert_eq!(found, listed.filter(|(_, teams)| !teams.is_empty()).collect::<Vec<_>>(), "{heading} in {place}");
    }
}

#[test]
fn function_pages_show_the_scorecard() {
    each(&EXAMPLE.functions(), |q, f| {
        let address = Address::Function(q, f);
        let (page, place) = (EXAMPLE.page(address), address.path(EXAMPLE.assessment()));
        let (tree, before) = (EXAMPLE.tree(q, None), EXAMPLE.before(q, None));
        agree_headline(&page, &tree.functions[f], before.map(|tree| &tree.functions[f]), &place);
        agree_making(&page, q, Node::Function(f), None, &place);
        let categories = category_nodes(f, tree, before);
        Table::one(&page, &["Category"], &place).agree(&place, &categories, 7);
        agree_levels(&page, &categories, &place);
        agree_chart(&page, &categories, &place);
        let catalog = EXAMPLE.assessment().framework();
        let tables = Table::all(&page, &["Control", "Score"]);
        assert_eq!(tables.len(), categories.len());
        for (table, c) in tables.iter().zip(catalog.functions[f].categories.iter()) {
            let category = &catalog.categories[c];
            let controls = category.controls.iter();
            let whole = (category.id.as_str(), &tree.categories[c], None);
            let rows = controls
                .clone()
                .map(|control| (catalog.controls[control].title.as_str(), &tree.controls[control], None));
            table.agree(&place, &std::iter::once(whole).chain(rows).collect::<Vec<_>>(), 7);
            for (row, control) in table.rows[1..].iter().zip(controls) {
                assert_eq!(id(&row[0]), catalog.controls[control].id);
                for team in EXAMPLE.assessment().in_quarter(q).teams_listed() {
                    let named = &EXAMPLE.assessment().settings.teams[team].name;
                    let column = table.heads.iter().position(|head| head == named).unwrap();
                    let wanted = answer_in_a_cell(q, control.of(team));
                    assert!(shows(&row[column], wanted.as_deref()), "{place}: {} is not {wanted:?}", row[column]);
                }
            }
        }
    });
}

#[test]
fn control_pages_show_the_scorecard() {
    let catalog = EXAMPLE.assessment().framework();
    let quarters: Vec<String> =
        EXAMPLE.assessment().quarters.iter().map(|quarter| quarter.quarter.to_string()).collect();
    each(&catalog.controls.ids(), |q, c: ControlId| {
        let address = Address::Control(q, c);
        let (page, place) = (EXAMPLE.page(address), address.path(EXAMPLE.assessment()));
        let figures = &EXAMPLE.tree(q, None).controls[c];
        agree_headline(&page, figures, None, &place);
        agree_making(&page, q, Node::Control(c), None, &place);
        let asked = EXAMPLE.teams().filter_map(|team| Some((team, answer_in_short(q, c.of(team))?)));
        let articles = select(page.root_element(), "article.answer");
        assert_eq!(articles.len(), asked.clone().count(), "{place}");
        for (article, (team, wanted)) in articles.into_iter().zip(asked) {
            assert_eq!(texts(article, "h3"), [EXAMPLE.assessment().settings.teams[team].name.clone()], "{place}");
            let chips = texts(article, "header .chip");
            assert!(chips.len() == 1 && shows(&chips[0], Some(&wanted)), "{place}: {chips:?} is not {wanted}");
            agree_shortfall(article, q, c.of(team), &place);
        }
        let history = Table::one(&page, &["Team"], &place);
        assert_eq!(history.heads[1..], quarters, "{place}");
        let (scores, teams) = history.rows.split_last().unwrap();
        let wanted: Vec<String> = EXAMPLE.quarters().map(|q| score_of(&EXAMPLE.tree(q, None).controls[c])).collect();
        assert_eq!((scores[0].as_str(), &scores[1..]), ("Score", wanted.as_slice()), "{place}");
        for row in teams {
            let team = EXAMPLE.teams().find(|team| EXAMPLE.assessment().settings.teams[*team].name == row[0]).unwrap();
            for (column, q) in (1..).zip(EXAMPLE.quarters()) {
                let wanted = answer_in_a_cell(q, c.of(as_in(q, team)));
                assert!(shows(&row[column], wanted.as_deref()), "{place}: {} is not {wanted:?}", row[column]);
            }
        }
    });
}

#[test]
fn team_pages_show_the_scorecard() {
    each(&EXAMPLE.teams(), |q, t| {
        let address = Address::Team(q, t);
        let (page, place) = (EXAMPLE.page(address), address.path(EXAMPLE.assessment()));
        let asked =
            |q: QuarterId| EXAMPLE.assessment().settings.teams[t].asked_in(EXAMPLE.assessment().quarters[q].quarter);
        if !asked(q) {
            assert!(select(page.root_element(), "main table, .headline").is_empty(), "{place}");
            return;
        }
        let tree = EXAMPLE.tree(q, Some(t));
        let named = &EXAMPLE.assessment().settings.teams;
        let was_asked = |q: &QuarterId| named[as_in(*q, t)].asked_in(EXAMPLE.assessment().quarters[*q].quarter);
        let before = q.before().filter(was_asked).map(|q| EXAMPLE.tree(q, Some(as_in(q, t))));
        agree_headline(&page, &tree.overall, before.map(|tree| &tree.overall), &place);
        let functions = function_nodes(tree, before);
        // Only Functions of which the team is asked something are listed.
        let catalog = EXAMPLE.assessment().framework();
        let is_asked = |f| catalog.functions[f].controls.iter().any(|c| answer_in_short(q, c.of(t)).is_some());
        let listed = EXAMPLE.functions().zip(&functions).filter(|(f, _)| is_asked(*f)).map(|(_, row)| *row);
        let listed: Vec<Row<'_>> = listed.collect();
        Table::one(&page, &["Function"], &place).agree(&place, &listed, 7);
        agree_chart(&page, &functions, &place);
        agree_levels(&page, &functions, &place);
        agree_gaps(&page, q, Some(t), 10, &place);
        agree_making(&page, q, Node::Framework(FrameworkId::MAIN), Some(t), &place);
        let others = EXAMPLE.other_frameworks().filter_map(|f| {
            let figures = &EXAMPLE.tree_of(q, f, Some(t)).overall;
            let asked = figures.counts.applicable() + figures.counts.not_applicable > 0;
            asked.then_some((EXAMPLE.assessment().frameworks[f].title.as_str(), figures, None))
        });
        Table::one(&page, &["Framework"], &place).agree(&place, &others.collect::<Vec<_>>(), 8);
        let articles = select(page.root_element(), "article.answer");
        let controls = EXAMPLE.assessment().frameworks.iter().flat_map(|framework| framework.controls.ids());
        let answers: Vec<AnswerId> = controls.map(|c| c.of(t)).filter(|id| answer_in_short(q, *id).is_some()).collect();
        assert_eq!(articles.len(), answers.len(), "{place}");
        for (article, answer) in articles.into_iter().zip(answers) {
            assert_eq!(texts(article, "h3 .id"), [EXAMPLE.assessment().control(answer.control).id.clone()], "{place}");
            let (chips, wanted) = (texts(article, "header .chip"), answer_in_short(q, answer));
            assert!(chips.len() == 1 && shows(&chips[0], wanted.as_deref()), "{place}: {chips:?} is not {wanted:?}");
            agree_shortfall(article, q, answer, &place);
        }
    });
}

#[test]
fn gap_pages_show_the_scorecard() {
    for q in EXAMPLE.quarters() {
        let address = Address::Quarterly(q, QuarterPage::Gaps);
        let (page, place) = (EXAMPLE.page(address), address.path(EXAMPLE.assessment()));
        agree_headline(&page, &EXAMPLE.tree(q, None).overall, None, &place);
        agree_gaps(&page, q, None, usize::MAX, &place);
        let selection = EXAMPLE.select(q, None, None);
        let controls = &EXAMPLE.assessment().framework().controls;
        let unscored = EXAMPLE.ranked(&selection).unscored.into_iter().map(|control| controls[control].id.clone());
        let unscored: Vec<String> = unscored.collect();
        assert_eq!(texts(page.root_element(), "section[aria-labelledby=unscored] li .id"), unscored, "{place}");
        let json = json::gaps(&selection, &EXAMPLE.ranked(&selection));
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["unscored"], Value::from(unscored));
    }
}

#[test]
fn framework_pages_show_the_scorecard() {
    let assessment = EXAMPLE.assessment();
    each(&EXAMPLE.other_frameworks(), |q, f| {
        let (catalog, address) = (&assessment.frameworks[f], Address::Framework(q, f));
        let (page, place) = (EXAMPLE.page(address), address.path(assessment));
        let tree = EXAMPLE.tree_of(q, f, None);
        agree_headline(&page, &tree.overall, None, &place);
        let titles = catalog.functions.iter().map(|function| function.title.as_str());
        let functions: Vec<Row<'_>> = titles.zip(&tree.functions).map(|(title, now)| (title, now, None)).collect();
        agree_levels(&page, &functions, &place);
        if !catalog.team_level {
            agree_making(&page, q, Node::Framework(f), None, &place);
            let before = q.before().map(|q| EXAMPLE.tree_of(q, f, None));
            let named = functions.iter().zip(catalog.functions.ids());
            let rows =
                named.map(|((title, now, _), function)| (*title, *now, before.map(|tree| &tree.functions[function])));
            let rows: Vec<Row<'_>> = rows.collect();
            Table::one(&page, &["Function"], &place).agree(&place, &rows, 8);
            agree_chart(&page, &rows, &place);
        }
        let asked = EXAMPLE.teams().filter_map(|t| {
            let figures = &EXAMPLE.tree_of(q, f, Some(t)).overall;
            let asked = figures.counts.applicable() + figures.counts.not_applicable > 0;
            asked.then_some((assessment.settings.teams[t].name.as_str(), figures, None))
        });
        let asked: Vec<Row<'_>> = asked.collect();
        let by_team = Table::all(&page, &["Team"]).pop();
        by_team.into_iter().for_each(|table| table.agree(&place, &asked, 8));
        for (table, (c, category)) in Table::all(&page, &["Control", "Score"]).iter().zip(catalog.categories.entries())
        {
            let own = &tree.categories[c];
            let controls = category.controls.iter();
            let controls = controls.map(|c| (catalog.controls[c].title.as_str(), &tree.controls[c], None));
            let rows: Vec<Row<'_>> = std::iter::once((category.id.as_str(), own, None)).chain(controls).collect();
            table.agree(&place, &rows, 8);
        }
        let tables = Table::all(&page, &["Control", "Score"]).len();
        assert_eq!(tables, catalog.categories.len(), "{place}");
    });
}

#[test]
fn what_the_scores_would_be_is_scored_as_the_scores_are() {
    let assessment = EXAMPLE.assessment();
    let bottom = assessment.settings.scale.bottom;
    let basis = assessment.settings.scoring.score;
    for q in EXAMPLE.quarters() {
        let address = Address::Quarterly(q, QuarterPage::Exclusions);
        let (page, place) = (EXAMPLE.page(address), address.path(assessment));
        let table = Table::one(&page, &["Part", "Score", "Not applicable"], &place);
        let tree = EXAMPLE.tree(q, None);
        let ids = assessment.quarters[q].answers.ids().filter(|id| id.control.framework() == FrameworkId::MAIN);
        let ids: Vec<AnswerId> = ids.collect();
        let mut taken = assessment.clone();
        for id in &ids {
            let answer = &mut taken.quarters[q].answers[*id];
            if answer.as_ref().is_some_and(Answer::is_not_applicable) {
                *answer = None;
            }
        }
        let applied = score(taken);
        let mut kept = assessment.clone();
        for id in &ids {
            let zero = EXAMPLE.quarter(q).levels(*id).is_some_and(|levels| levels.score(basis) == bottom);
            if let Some(answer) = kept.quarters[q].answers[*id].as_mut().filter(|_| zero) {
                answer.state = State::NotApplicable { reason: "".into(), approved_by: "".into() };
            }
        }
        let kept = score(kept);
        let main = |scored: &Scored| scored.quarter(q).tree(FrameworkId::MAIN, None).clone();
        let trees = [tree.clone(), main(&applied), main(&kept)];
        let nodes = std::iter::once(Node::Framework(FrameworkId::MAIN)).chain(EXAMPLE.functions().map(Node::Function));
        let shown = |mean: &Option<Mean>| mean.as_ref().map(|mean| mean.shown(decimals())).unwrap_or_default();
        assert_eq!(table.rows.len(), tree.functions.len() + 1, "{place}");
        for (row, node) in table.rows.iter().zip(nodes) {
            let [now, applied, kept] = trees.each_ref().map(|tree| &tree[node]);
            let open = now.counts.applicable() - now.counts.assessed;
            let wanted = [
                score_of(now),
                now.counts.not_applicable.to_string(),
                shown(&applied.low),
                shown(&applied.high),
                shown(&kept.mean),
                open.to_string(),
                shown(&now.low),
                shown(&now.high),
            ];
            assert_eq!(row[1..], wanted, "{} of {place}", row[0]);
        }
    }
}

#[test]
fn pages_of_two_quarters_show_what_diff_says() {
    let example = &*EXAMPLE;
    let pairs = QuarterPair::all(example.assessment());
    assert!(pairs.iter().any(|pair| pair.to.before() != Some(pair.from)), "{pairs:?}");
    for pair in pairs {
        let (from, to) = (example.quarter(pair.from), example.quarter(pair.to));
        let [from_name, to_name] = [from.name(), to.name()].map(|quarter| quarter.to_string());
        let change = between(from, to, FrameworkId::MAIN, None);
        let all =
            Comparison { from, to, from_name: &from_name, framework: FrameworkId::MAIN, team: None, change: &change };
        let json = example.file(&Address::ComparedData(pair).path(example.assessment()));
        assert_eq!(json, &*change::json(&all), "{from_name} to {to_name}");
        let page = example.page(Address::Compared(pair));
        let shown = |amount: Option<i64>| {
            amount.map(|amount| signed(amount, to.settings().scoring.change_decimals())).unwrap_or_default()
        };
        let whole = change.nodes.first();
        let headline = texts(page.root_element(), ".headline .score strong");
        assert_eq!(headline.join(" "), shown(whole.and_then(NodeChange::total)), "{from_name} to {to_name}");
        let causes = texts(page.root_element(), "table.causes td.strong");
        let parts = whole.iter().flat_map(|whole| &whole.parts).map(|part| shown(Some(part.amount)));
        let causes: Vec<&String> = causes.iter().filter(|amount| amount.starts_with(['+', '−', '0'])).collect();
        assert_eq!(causes, parts.collect::<Vec<_>>().iter().collect::<Vec<_>>(), "{from_name} to {to_name}");
        let rows = select(page.root_element(), "[aria-labelledby='parts'] tbody tr");
        let nodes: BTreeMap<&str, &NodeChange> = change.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
        for row in rows.into_iter().skip(1) {
            let node = nodes[texts(row, ".id")[0].as_str()];
            assert_eq!(texts(row, "td.strong").join(""), shown(node.total()), "{from_name} to {to_name}, {}", node.id);
        }
    }
}

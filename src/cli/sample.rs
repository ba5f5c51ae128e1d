//! `milepost sample`: draws answers of a sealed quarter for a reviewer to look at.

use std::path::Path;

use clap::ValueEnum;
use serde::Serialize;

use super::select::quarter;
use super::source::{Assessed, Snapshot, SourceArg};
use super::{Output, Terminal};
use crate::base::layout::REVIEWS;
use crate::base::link::{is_name, slugs};
use crate::base::text::as_name;
use crate::border::{Shown, json};
use crate::history::review_sheet::review_sheet;
use crate::model::ids::AnswerId;
use crate::model::review::{Drawn, Strata};
use crate::score::sample::{Sample, SampleRefusal, draw, key};
use crate::score::{Scored, ScoredQuarter};
use crate::write::add;

/// Draw a sample of a sealed quarter's answers, and write it as a review file to fill in. The same seal and seed give the same
/// sample on every machine. Answers for key controls, and those that rose by two levels or more, are always in it and do not count
/// towards its size.
#[derive(Debug, clap::Args)]
pub(super) struct SampleArgs {
    /// How many answers to draw.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    size: u32,
    /// The quarter, as in 2026-Q3; the newest sealed one by default.
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<String>,
    /// How to divide the answers: each part gets its share of the sample.
    #[arg(long, value_enum, default_value_t)]
    by: StrataBy,
    /// The seed: a text that no team knew before the quarter was sealed. It is written down with the sample.
    #[arg(long, value_name = "TEXT")]
    seed: String,
    /// The role that reviews. It names the file, too.
    #[arg(long, value_name = "NAME", default_value = "Reviewer")]
    reviewer: String,
    /// Print the sample and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// How to print the sample.
    #[arg(long, value_enum, default_value_t)]
    format: SampleFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum StrataBy {
    /// The Functions of all frameworks.
    #[default]
    Function,
    /// The teams.
    Team,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum SampleFormat {
    /// For people.
    #[default]
    Text,
    /// JSON: each answer with its key.
    Json,
}

pub(super) fn run(root: &Path, args: &SampleArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let Assessed { snapshot: Snapshot { workspace, .. }, assessment, remarks } =
        SourceArg::default().assess(root, terminal.remarks)?;
    let usage = |why: &str| Output::usage(remarks.clone() + &Shown::error(why));
    let failure = |why: &str| Output::failure(remarks.clone() + &Shown::error(why));
    let wanted = args.quarter.as_deref().map(|name| quarter(&assessment, name)).transpose();
    let wanted = wanted.map_err(|why| Output::usage(remarks.clone() + &why))?;
    let (seed, reviewer) = (args.seed.trim(), args.reviewer.trim());
    if seed.is_empty() || reviewer.is_empty() {
        return Err(usage(if seed.is_empty() { "the seed is empty" } else { "the reviewer has no name" }));
    }
    let named = as_name(reviewer);
    let mut teams = assessment.settings.teams.iter();
    if let Some(team) = teams.find(|team| team.names().any(|name| as_name(name) == named)) {
        return Err(usage(&format!(
            "{reviewer} is the team `{}`, and no team reviews; name the role that looks",
            team.id
        )));
    }
    let scored = crate::score::score(assessment);
    let (here, seal) = sealed(&scored, wanted.map(|quarter| scored.quarter(quarter))).map_err(|why| failure(&why))?;
    let by = if matches!(args.by, StrataBy::Team) { Strata::Team } else { Strata::Function };
    let how = Drawn { size: args.size, by, seed: seed.to_owned(), seal };
    let sample = draw(here, &how).map_err(|refusal| match refusal {
        SampleRefusal::Nothing => {
            failure(&format!("no team gave an answer in {}, so there is nothing to draw from", here.name()))
        }
        SampleRefusal::TooLarge(most) => usage(&format!(
            "{} has {most} answers to draw from, beside those that are always looked at; --size {} is more",
            here.name(),
            how.size
        )),
    })?;
    let sentence = sample.sentence(here, &how, &scored.assessment.english);
    let result = match args.format {
        SampleFormat::Text => text(here, &sample, &sentence),
        SampleFormat::Json => as_json(here, &sample, &how, &sentence),
    };
    if args.dry_run {
        return Ok(Output::result(result, remarks));
    }
    if let Some(seal) = here.answers().seal.as_ref().and_then(|seal| seal.reviews.seal()) {
        return Err(failure(&format!("the reviews of {} are sealed, by {}", here.name(), seal.path)));
    }
    let folder = workspace.folder_of_quarter(here.name());
    let folder = folder.ok_or_else(|| failure(&format!("{} has no folder", here.name())))?;
    let path = format!("{folder}/{REVIEWS}/{}.toml", file_name(reviewer));
    let sheet = review_sheet(here, &sample, &how, reviewer, &sentence);
    add(&root.join(&path), &sheet, &|step| terminal.tell_of(step)).map_err(|why| failure(&why))?;
    let told = Shown::line(&format!("{}: verdicts to fill in", workspace.shown(&path)));
    Ok(Output::result(result, remarks + &told))
}

/// The quarter to draw from, and the SHA-256 of its seal.
fn sealed<'a>(scored: &'a Scored, wanted: Option<ScoredQuarter<'a>>) -> Result<(ScoredQuarter<'a>, String), String> {
    let Some(here) = wanted.or_else(|| scored.newest().newest_sealed()) else {
        return Err(
            "no quarter is sealed, and a sample is drawn from a seal; `milepost seal QUARTER` closes one".to_owned()
        );
    };
    match &here.answers().seal {
        Some(sealed) => Ok((here, sealed.sha256.clone())),
        None => {
            Err(format!("{0} is not sealed, and its answers may change; `milepost seal {0}` closes it", here.name()))
        }
    }
}

/// The reviewer's name as the name of a file.
fn file_name(reviewer: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let words = reviewer.split_whitespace().map(|word| word.chars().map(plain).collect::<String>());
    let name = words.collect::<Vec<_>>().join("-");
    let is_plain = reviewer.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ' || c == '-');
    if is_plain && is_name(&name) && name != "seal" {
        name
    } else {
        slugs([reviewer, "seal"].into_iter()).swap_remove(0).to_lowercase()
    }
}

/// Why an answer is in the sample.
fn parts(sample: &Sample) -> impl Iterator<Item = (&'static str, AnswerId)> {
    let parts = [("drawn", &sample.drawn), ("key", &sample.keys), ("rise", &sample.rises)];
    parts.into_iter().flat_map(|(why, ids)| ids.iter().map(move |id| (why, *id)))
}

fn text(quarter: ScoredQuarter<'_>, sample: &Sample, sentence: &str) -> Shown {
    let mut out = Shown::line(sentence);
    let heads = [("drawn", "Drawn"), ("key", "Key controls"), ("rise", "Rose by two levels or more")];
    for (why, head) in heads {
        let rows: Vec<AnswerId> = parts(sample).filter(|(part, _)| *part == why).map(|(_, id)| id).collect();
        if rows.is_empty() {
            continue;
        }
        out += &(Shown::line("") + &Shown::line(&format!("{head}: {}", rows.len())));
        for id in rows {
            let (named, team) = (quarter.control(id.control), quarter.team(id.team));
            out += &Shown::line(&format!("  {}  {}  {}", named.called.name(), team.id, named.title));
        }
    }
    out
}

#[derive(Serialize)]
struct SampleJson<'a> {
    quarter: String,
    seal: &'a str,
    seed: &'a str,
    by: &'static str,
    size: u32,
    population: usize,
    sentence: &'a str,
    strata: Vec<StratumJson<'a>>,
    answers: Vec<AnswerJson<'a>>,
}

#[derive(Serialize)]
struct StratumJson<'a> {
    name: &'a str,
    size: usize,
    seats: usize,
}

#[derive(Serialize)]
struct AnswerJson<'a> {
    framework: &'a str,
    control: &'a str,
    team: &'a str,
    /// `drawn`, `key` or `rise`.
    why: &'static str,
    /// The SHA-256 that decides who is drawn.
    key: String,
}

fn as_json(quarter: ScoredQuarter<'_>, sample: &Sample, how: &Drawn, sentence: &str) -> Shown {
    let answer = |(why, id): (&'static str, AnswerId)| AnswerJson {
        framework: &quarter.framework(id.control.framework()).id,
        control: &quarter.control(id.control).id,
        team: &quarter.team(id.team).id,
        why,
        key: key(quarter, how, id),
    };
    let strata = sample.strata.iter().map(|part| StratumJson { name: &part.name, size: part.size, seats: part.seats });
    json::print(&SampleJson {
        quarter: quarter.name().to_string(),
        seal: &how.seal,
        seed: &how.seed,
        by: how.by.name(),
        size: how.size,
        population: sample.population,
        sentence,
        strata: strata.collect(),
        answers: parts(sample).map(answer).collect(),
    })
}

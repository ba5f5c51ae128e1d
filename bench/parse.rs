//! A corpus of `corpus.py` in, the number of its answers out: reads its evidence files into types and judges nothing, which is
//! the least that `milepost check` has to do.

#![allow(clippy::expect_used, reason = "a figure of half a corpus is none")]
#![allow(clippy::print_stdout, reason = "the number shows that all was read")]
#![allow(dead_code, reason = "that it is parsed is all that is asked of it")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;

use serde::Deserialize;
use toml::value::Datetime;
use walkdir::WalkDir;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "UPPERCASE")]
struct Evidence {
    #[serde(rename = "attested")]
    attested: Attested,
    #[serde(default)]
    gv: BTreeMap<String, Answer>,
    #[serde(default)]
    id: BTreeMap<String, Answer>,
    #[serde(default)]
    pr: BTreeMap<String, Answer>,
    #[serde(default)]
    de: BTreeMap<String, Answer>,
    #[serde(default)]
    rs: BTreeMap<String, Answer>,
    #[serde(default)]
    rc: BTreeMap<String, Answer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attested {
    by: String,
    on: Datetime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    level: Option<u8>,
    note: Option<String>,
    #[serde(default)]
    evidence: Vec<Item>,
    not_applicable: Option<String>,
    approved_by: Option<String>,
    unknown: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    kind: String,
    title: String,
    date: Datetime,
    url: String,
}

fn main() {
    let workspace = std::env::args_os().nth(1).expect("the workspace is named");
    // Three levels down, below the quarter and the team.
    let entries =
        WalkDir::new(workspace).min_depth(4).into_iter().map(|entry| entry.expect("it can be listed").into_path());
    let files = entries.filter(|path| path.extension() == Some(OsStr::new("toml")));
    let answers = files.map(|path| {
        let text = fs::read_to_string(path).expect("it can be read");
        let Evidence { gv, id, pr, de, rs, rc, .. } = toml::from_str(&text).expect("it is an evidence file");
        [gv, id, pr, de, rs, rc].iter().map(BTreeMap::len).sum::<usize>()
    });
    println!("{}", answers.sum::<usize>());
}

//! Makes a handover of a quarter: one zip archive with the report, the seal, what the numbers rest on, and the digest of each file.
//! And judges one that was read again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write};

use toml::de::{DeTable, DeValue};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::sealing::{TOOL, draft};
use crate::base::layout::{CONFIG, PROFILE_FILE, SEAL_FILE, ancestors, is_map, name_of, quarter_of_folder};
use crate::base::quarter::Quarter;
use crate::border::toml::quoted;
use crate::load::archive::{ARCHIVE_LIMIT, Archive, EntryNames, WORKSPACE};
use crate::load::workspace::{Entry, Workspace, sha256};
use crate::model::assessment::InQuarter;
use crate::model::seal::{self, Role, Sealed, SealedReviews};
use crate::model::settings::Audience;
use crate::score::ScoredQuarter;

/// The digests of all other files, as `sha256sum` prints them.
pub const SUMS: &str = "SHA256SUMS";
/// What a handover is of.
pub const ABOUT: &str = "handover.toml";
/// The digests of artifacts that were left out.
const LEFT_OUT: &str = "ARTIFACTS";
/// What a seal would hold of a quarter that is open.
const DRAFT: &str = "open.toml";
/// The rules of the quarter, one a line.
const METHOD: &str = "method.txt";
/// The folder of the report.
const REPORT: &str = "report";

/// Files by their paths in the archive.
pub type ArchiveFiles = BTreeMap<String, Vec<u8>>;

/// What a handover is made of besides the quarter.
#[derive(Clone, Copy, Debug)]
pub struct Handing<'a> {
    /// For whom it is.
    pub audience: Audience,
    /// The commit, or why it is not known, in words.
    pub commit: &'a str,
    /// Whether artifacts are left out, and only their digests stay.
    pub without_artifacts: bool,
}

/// The paths of the files that go below `workspace/`, with their roles: what the numbers of the quarter rest on, the seals that its seal
/// continues, the theme, and the reviews, also those of earlier quarters, because retests name their findings.
pub fn inputs(workspace: &Workspace, quarter: InQuarter<'_>) -> BTreeMap<String, Role> {
    let mut all: BTreeMap<String, Role> = BTreeMap::new();
    let own = seal::files(workspace).remove(&quarter.name()).unwrap_or_default();
    all.extend(own.into_iter().map(|(role, path)| (path.to_owned(), role)));
    let policy = quarter.assessment.policy.files().iter().map(|file| &file.path);
    let shared = workspace.patterns.profile_folders().into_iter().map(|folder| format!("{folder}/{PROFILE_FILE}"));
    let shared = policy.filter(|path| !workspace.is_embedded(path)).cloned().chain(shared);
    all.extend(shared.chain([CONFIG.to_owned()]).map(|path| (path, Role::Policy)));
    let is_seal =
        |path: &str| name_of(path) == SEAL_FILE && workspace.patterns.quarter_of(path) <= Some(quarter.name());
    let seals =
        workspace.files.keys().filter(|path| workspace.patterns.quarter_folder(path).is_some() && is_seal(path));
    all.extend(seals.map(|path| (path.clone(), Role::Own)));
    let reviewed =
        |path: &str| ancestors(path).find_map(|folder| quarter_of_folder(workspace.patterns.reviewed_by(folder)?));
    let is_beside = |path: &str| {
        path.starts_with("themes/") || is_map(path) || reviewed(path).is_some_and(|reviewed| reviewed <= quarter.name())
    };
    let beside = workspace.own_files().map(|(path, _)| path).filter(|path| is_beside(path));
    all.extend(beside.map(|path| (path.clone(), Role::Own)));
    let is_there = |path: &str| workspace.files.contains_key(path) && !workspace.is_embedded(path);
    all.retain(|path, _| is_there(path));
    all.extend(quarter.answers().artifacts().into_iter().map(|path| (path.to_owned(), Role::Artifacts)));
    all
}

/// The files of a handover. `bytes` reads a file of the workspace that is not kept in it, and `report` holds the pages for the audience;
/// `scored` sees everything.
///
/// # Errors
/// Why it cannot be made.
pub fn files(
    workspace: &Workspace,
    scored: ScoredQuarter<'_>,
    report: ArchiveFiles,
    handing: Handing<'_>,
    bytes: impl Fn(&str) -> Result<Vec<u8>, String>,
) -> Result<ArchiveFiles, String> {
    let mut all: ArchiveFiles = report.into_iter().map(|(path, page)| (format!("{REPORT}/{path}"), page)).collect();
    if handing.audience == Audience::Full {
        let mut left_out = String::new();
        for (path, role) in inputs(workspace, *scored) {
            let digest = workspace.digest(&path).ok_or_else(|| format!("{path} cannot be read"))?;
            if role == Role::Artifacts && handing.without_artifacts {
                left_out += &format!("{digest}  {WORKSPACE}/{path}\n");
                continue;
            }
            let held = match workspace.files.get(&path) {
                Some(Entry::Text(text)) => text.as_bytes().to_vec(),
                Some(Entry::Asset(asset)) => asset.clone(),
                _ => bytes(&path)?,
            };
            if sha256(&held) != digest {
                return Err(format!("{path} was changed while it was read"));
            }
            all.insert(format!("{WORKSPACE}/{path}"), held);
        }
        all.extend(handing.without_artifacts.then(|| (LEFT_OUT.to_owned(), left_out.into_bytes())));
        if scored.answers().seal.is_none() {
            let draft = seal::print(&draft(workspace, scored)?);
            all.insert(DRAFT.to_owned(), draft.into_bytes());
        }
        let rules: String =
            scored.answers().in_force.rules.iter().map(|(rule, value)| format!("{rule} = {value}\n")).collect();
        all.insert(METHOD.to_owned(), rules.into_bytes());
    }
    all.insert(ABOUT.to_owned(), about(scored, handing).into_bytes());
    all.insert("README.txt".to_owned(), readme(scored, handing).into_bytes());
    let odd = all.keys().find(|path| path.contains(|c: char| c.is_control() || c == '\\' || c == ':'));
    if let Some(odd) = odd {
        return Err(format!("the name `{}` cannot stand in a handover", odd.escape_debug()));
    }
    let mut names = EntryNames::default();
    all.keys().try_for_each(|name| names.add(name))?;
    let sums: String = all.iter().map(|(path, bytes)| format!("{}  {path}\n", sha256(bytes))).collect();
    all.insert(SUMS.to_owned(), format!("# {}\n{sums}", handing.commit).into_bytes());
    Ok(all)
}

/// What a handover is of, as TOML.
fn about(scored: ScoredQuarter<'_>, handing: Handing<'_>) -> String {
    let seal = scored.answers().seal.as_ref();
    let seal = seal.map(|seal| format!("seal = {}\n", quoted(&seal.sha256))).unwrap_or_default();
    format!(
        "quarter = \"{}\"\naudience = {}\ncommit = {}\ntool = \"{TOOL}\"\nopen = {}\n{seal}",
        scored.name(),
        quoted(handing.audience.name()),
        quoted(handing.commit),
        scored.answers().seal.is_none(),
    )
}

/// What stands where, and how to check it.
fn readme(scored: ScoredQuarter<'_>, handing: Handing<'_>) -> String {
    let quarter = scored.name();
    let mut out = format!(
        "Handover of {quarter}, for the audience \"{}\", made by milepost {TOOL} from {}.\n\n",
        handing.audience.name(),
        handing.commit
    );
    if scored.answers().seal.is_none() {
        out += &format!("{quarter} is not sealed: its numbers may still change.\n\n");
    }
    out += "report/index.html  the report, for any browser\n\
            handover.toml      what this is a handover of\n\
            SHA256SUMS         the digest of every other file\n";
    if handing.audience != Audience::Full {
        return out
            + "\nThis edition holds none of the files that its numbers rest on, because the audience may not see them all.\n\
               So the numbers cannot be made again from it. That no file was changed, this says where it is unpacked:\n\n\
               sha256sum -c SHA256SUMS\n";
    }
    out += "method.txt         the rules of the quarter, one a line; report/ holds them in words\n\
            workspace/         the files that the numbers of the quarter rest on, its seal and its reviews\n";
    out += if handing.without_artifacts {
        "ARTIFACTS          the digests of the artifacts, which were left out\n"
    } else {
        ""
    };
    out += if scored.answers().seal.is_none() { "open.toml          what a seal would hold today\n" } else { "" };
    out += "\nWhere it is unpacked, this says that no file was changed:\n\nsha256sum -c SHA256SUMS\n\n\
            This makes the numbers of the quarter again, from the archive itself:\n\nmilepost verify FILE.zip\n";
    if let Some(seal) = &scored.answers().seal {
        out += &format!(
            "\nThe digest of the seal is {}.\nIts last two lines hold the digest of all lines above them:\n\n\
             head -n -2 {WORKSPACE}/{} | sha256sum\n",
            seal.sha256, seal.path
        );
    }
    out
}

/// The archive of `files`: sorted, stored as they are, and dated 1980-01-01, so that the same files make the same bytes.
///
/// # Errors
/// It would be too large.
pub fn pack(files: &ArchiveFiles) -> Result<Vec<u8>, String> {
    let size: u64 = files.values().map(|bytes| bytes.len() as u64).sum();
    let too_large = || format!("the handover would be larger than the {} MiB that are read", ARCHIVE_LIMIT >> 20);
    if size > ARCHIVE_LIMIT - (ARCHIVE_LIMIT >> 4) {
        return Err(too_large());
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (path, bytes) in files {
        zip.start_file(path, plain).map_err(|error| format!("{path}: {error}"))?;
        zip.write_all(bytes).map_err(|error| format!("{path}: {error}"))?;
    }
    let packed = zip.finish().map_err(|error| error.to_string())?.into_inner();
    if packed.len() as u64 > ARCHIVE_LIMIT { Err(too_large()) } else { Ok(packed) }
}

/// What a handover says of itself.
#[derive(Clone, Debug, Default)]
pub struct HandoverAbout {
    /// The quarter.
    pub quarter: String,
    /// For whom it is.
    pub audience: Audience,
    /// The commit in words.
    pub commit: String,
    /// The version that made it.
    pub tool: String,
    /// Whether the quarter was open.
    pub open: bool,
    /// The SHA-256 of its seal; `None` if the quarter was open.
    pub seal: Option<String>,
}

impl HandoverAbout {
    /// Reads `handover.toml`; `None` if it is none.
    pub fn of(archive: &Archive) -> Option<Self> {
        let read = DeTable::parse(archive.texts.get(ABOUT)?).ok()?;
        let table = read.get_ref();
        let text = |key: &str| match table.get(key)?.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => None,
        };
        let audience = text("audience")?;
        Some(Self {
            quarter: text("quarter")?,
            audience: Audience::ALL.into_iter().find(|known| known.name() == audience)?,
            commit: text("commit")?,
            tool: text("tool")?,
            open: matches!(table.get("open")?.get_ref(), DeValue::Boolean(true)),
            seal: text("seal"),
        })
    }

    /// Whether it holds what its numbers rest on.
    pub fn holds_inputs(&self) -> bool {
        self.audience == Audience::Full
    }

    /// Where the archive holds something else than it says, in words. `seals` are those of its workspace.
    pub fn lies(&self, archive: &Archive, seals: &[Sealed]) -> Vec<String> {
        let quarter = &self.quarter;
        if !self.holds_inputs() {
            let prefix = format!("{WORKSPACE}/");
            let holds = archive.digests.keys().any(|path| path.starts_with(&prefix));
            let lie = format!("{ABOUT} says that it is for the audience {}, and it holds inputs", self.audience.name());
            return holds.then_some(lie).into_iter().collect();
        }
        let held = seals.iter().find(|sealed| sealed.quarter.to_string() == *quarter);
        let held = held.map(|sealed| sealed.sha256.as_str());
        let lie = match (self.open, &self.seal, held) {
            (true, None, None) => None,
            (true, _, _) => Some(format!("{ABOUT} says that {quarter} was open, and there is a seal of it")),
            (false, Some(named), Some(held)) if named == held => None,
            (false, _, _) => Some(format!("{ABOUT} names another seal of {quarter} than the archive holds")),
        };
        lie.into_iter().collect()
    }
}

/// The files of an archive that are not as its list says, each with what is wrong.
pub fn unlike(archive: &Archive) -> Vec<String> {
    let Some(sums) = archive.texts.get(SUMS) else { return vec![format!("{SUMS} is missing")] };
    let mut faults = Vec::new();
    let mut listed: BTreeMap<&str, &str> = BTreeMap::new();
    for (line, number) in sums.lines().zip(1..).filter(|(line, _)| !line.starts_with('#')) {
        match line.split_once("  ") {
            Some((digest, path)) if !listed.contains_key(path) => drop(listed.insert(path, digest)),
            Some((_, path)) => faults.push(format!("{path} is listed twice in {SUMS}")),
            None => faults.push(format!("line {number} of {SUMS} is no digest of a file")),
        }
    }
    let held: BTreeMap<&str, &str> = archive
        .digests
        .iter()
        .map(|(path, digest)| (path.as_str(), digest.as_str()))
        .filter(|(path, _)| *path != SUMS)
        .collect();
    let all: BTreeSet<&str> = listed.keys().chain(held.keys()).copied().collect();
    let fault = |path: &str| match (listed.get(path), held.get(path)) {
        (Some(listed), Some(held)) if listed == held => None,
        (Some(_), Some(_)) => Some(format!("{path} was changed")),
        (Some(_), None) => Some(format!("{path} is missing")),
        _ => Some(format!("{path} is not listed in {SUMS}")),
    };
    faults.extend(all.into_iter().filter_map(fault));
    faults
}

/// Gives the workspace of an archive the digests of the artifacts that were left out of it. Returns how many there are.
pub fn with_left_out(archive: &mut Archive) -> usize {
    let lines = archive.texts.get(LEFT_OUT).map(String::as_str).unwrap_or_default().lines();
    let artifacts = lines.filter_map(|line| {
        let (digest, path) = line.split_once("  ")?;
        Some((path.strip_prefix(WORKSPACE)?.strip_prefix('/')?.to_owned(), digest.to_owned()))
    });
    let mut count = 0;
    for (path, sha256) in artifacts {
        count += 1;
        archive.workspace.files.entry(path).or_insert(Entry::Artifact { sha256, exchanged: None });
    }
    count
}

/// Takes the reviews out of the workspace of an archive, because no number rests on one, and those of an earlier quarter judge answers
/// that the archive does not hold. Returns how those of the quarter are closed.
pub fn reviews_apart(archive: &mut Archive, about: &HandoverAbout, seals: Vec<Sealed>) -> SealedReviews {
    let Workspace { files, patterns, .. } = &mut archive.workspace;
    files.retain(|path, _| patterns.reviewed_folder(path).is_none());
    let own = seals.into_iter().find(|sealed| sealed.quarter.to_string() == about.quarter);
    own.map_or(SealedReviews::Open(0), |own| own.reviews)
}

/// The seal of the quarter of an archive, or what a seal would have held; `None` if there is neither.
pub fn sealed(archive: &Archive, about: &HandoverAbout, seals: &[Sealed]) -> Option<Sealed> {
    if !about.open {
        return seals.iter().find(|sealed| sealed.quarter.to_string() == about.quarter).cloned();
    }
    let text = archive.texts.get(DRAFT)?;
    let (seal, faults) = seal::read(text);
    let quarter: Quarter = about.quarter.parse().ok()?;
    if seal.as_ref().is_some_and(|seal| seal.quarter != quarter) {
        return None;
    }
    let own = seal::files(&archive.workspace).remove(&quarter).unwrap_or_default();
    let changes = seal.iter().flat_map(|seal| {
        seal::changes(seal, &archive.workspace, |path| archive.workspace.digest(path), own.iter().copied())
    });
    let changes = changes.collect();
    Some(Sealed {
        quarter,
        path: DRAFT.to_owned(),
        sha256: sha256(text.as_bytes()),
        seal,
        faults,
        changes,
        rules: Vec::new(),
        reviews: SealedReviews::Open(0),
    })
}

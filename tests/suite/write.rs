//! Sites in, folders on a real disk out: what a build leaves, what it leaves alone, and what is left of it when it is killed.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use crate::support::temp_workspace::{MILEPOST, Run, TempWorkspace, kills, run, tree};
use milepost::check;
use milepost::load::workspace::{self, sha256};
use milepost::report::site::site;
use milepost::report::theme::Theme;
use milepost::report::view::Report;
use milepost::score;
use milepost::write::{MANIFEST, WriteFailure, Written, write};
use walkdir::WalkDir;

impl TempWorkspace {
    /// A copy of the small workspace, and room beside it.
    fn small() -> Self {
        Self::with("site/small", "workspace")
    }

    fn root(&self) -> PathBuf {
        self.path("workspace")
    }

    /// Where the site goes unless a test says otherwise.
    fn out(&self) -> PathBuf {
        self.path("site")
    }

    /// Gives the report its first title, or a second one that every page shows.
    fn title(&self, n: usize) {
        let path = self.root().join("milepost.toml");
        let text = fs::read_to_string(&path).unwrap();
        let (head, rest) = text.split_once("title = \"").unwrap();
        let (_, rest) = rest.split_once('\n').unwrap();
        fs::write(path, format!("{head}title = \"Harbour rules, round {n}\"\n{rest}")).unwrap();
    }

    /// Builds the site of the workspace to `out`.
    fn build_to(&self, out: &Path) -> Result<Written, WriteFailure> {
        let workspace = workspace::load(&self.root());
        let assessment = check::check(&workspace).assessment.unwrap();
        let theme = Theme::new(&workspace, &assessment.settings.theme, &assessment.strings).unwrap();
        let scored = score::score(assessment);
        write(&site(Report::new(&scored, None, None), &theme), out, &|_| ())
    }

    fn build(&self) -> Written {
        self.build_to(&self.out()).unwrap()
    }

    fn build_refusal(&self, out: &Path) -> String {
        match self.build_to(out) {
            Err(WriteFailure::Refused(why)) => why,
            other => panic!("it was not refused: {other:?}"),
        }
    }

    /// Everything but the workspace: the site, and nothing that a build should have taken away.
    fn names_beside_the_workspace(&self) -> Vec<String> {
        let names = fs::read_dir(self.path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name != "workspace").collect();
        names.sort();
        names
    }
}

fn files(folder: &Path) -> Vec<String> {
    let entries = WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| !entry.file_type().is_dir());
    entries.map(|entry| entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned()).collect()
}

/// What tells whether a file was touched: inode, and time of change in nanoseconds.
fn stamps(folder: &Path) -> BTreeMap<String, (u64, i64, i64)> {
    let stamp = |path: String| {
        let data = fs::metadata(folder.join(&path)).unwrap();
        (path, (data.ino(), data.mtime(), data.mtime_nsec()))
    };
    files(folder).into_iter().map(stamp).collect()
}

/// The files of `after` that are not the very same as in `before`.
fn touched(before: &Path, after: &BTreeMap<String, (u64, i64, i64)>) -> Vec<String> {
    let now = stamps(before);
    now.into_iter().filter(|(path, stamp)| after.get(path) != Some(stamp)).map(|(path, _)| path).collect()
}

#[test]
fn the_first_build_writes_every_file_and_the_second_none() {
    let temp = TempWorkspace::small();
    let first = temp.build();
    let written = files(&temp.out());
    assert_eq!(first, Written { files: written.len() - 1, changed: written.len() - 1, removed: 0 });
    assert!(written.contains(&MANIFEST.to_owned()) && written.contains(&"index.html".to_owned()));
    let before = stamps(&temp.out());
    assert_eq!(temp.build(), Written { changed: 0, ..first });
    assert_eq!(stamps(&temp.out()), before);
    assert_eq!(temp.names_beside_the_workspace(), ["site"]);
}

#[test]
fn what_did_not_change_stays_the_same_file() {
    let temp = TempWorkspace::small();
    let first = temp.build();
    let before = stamps(&temp.out());
    temp.edit("workspace/content/2026-Q3/bridge/rules.toml", "the *first* buoy", "the *last* buoy");
    let second = temp.build();
    // The note stands on two pages and in one file of the search.
    let changed = ["2026-Q3/controls/H.A-1/index.html", "2026-Q3/teams/bridge/index.html", "search/1.js"];
    let mut touched = touched(&temp.out(), &before);
    touched.retain(|path| path != MANIFEST);
    assert_eq!(touched, changed);
    assert_eq!(second, Written { changed: changed.len(), ..first });
}

#[test]
fn pages_that_are_no_more_are_removed_and_so_are_their_folders() {
    let temp = TempWorkspace::small();
    let first = temp.build();
    fs::remove_dir_all(temp.root().join("content/2026-Q2")).unwrap();
    let second = temp.build();
    assert_eq!(second.files + second.removed, first.files);
    assert!(second.removed > 10, "{second:?}");
    assert!(!temp.out().join("2026-Q2").exists() && !temp.out().join("data/2026-Q2").exists());
    assert_eq!(files(&temp.out()).len(), second.files + 1);
}

#[test]
fn what_others_put_there_stays() {
    let temp = TempWorkspace::small();
    temp.build();
    let foreign = ["CNAME", ".nojekyll", ".well-known/security.txt", "2026-Q2/teams/notes.txt", "gone/deep/below.txt"];
    for path in foreign {
        temp.put(format!("site/{path}"), path.as_bytes());
    }
    symlink("index.html", temp.out().join("latest.html")).unwrap();
    let before = stamps(&temp.out());
    fs::remove_dir_all(temp.root().join("content/2026-Q2")).unwrap();
    temp.title(2);
    let written = temp.build();
    assert!(written.changed > 0 && written.removed > 0);
    let after = stamps(&temp.out());
    for path in foreign {
        assert_eq!(after[path], before[path], "{path}");
    }
    assert_eq!(fs::read_link(temp.out().join("latest.html")).unwrap(), Path::new("index.html"));
    assert!(!temp.out().join("2026-Q2/teams/bridge").exists());
    // None of it became Milepost's own.
    let manifest = fs::read_to_string(temp.out().join(MANIFEST)).unwrap();
    assert!(foreign.iter().chain(&["latest.html"]).all(|path| !manifest.contains(path)));
    assert_eq!(temp.build(), Written { changed: 0, removed: 0, ..written });
}

#[test]
fn a_file_of_others_is_never_written_over() {
    let temp = TempWorkspace::small();
    // The page of a quarter to come is taken already.
    temp.build();
    temp.put("site/2026-Q4/index.html", b"mine");
    temp.put("workspace/content/2026-Q4/quarter.toml", b"title = \"To come\"\n");
    let before = (tree(&temp.out()), stamps(&temp.out()));
    let why = temp.build_refusal(&temp.out());
    assert!(why.contains("2026-Q4/index.html") && why.contains("move it away"), "{why}");
    assert_eq!((tree(&temp.out()), stamps(&temp.out())), before);
    // Nor is one that stands where a folder has to be, or as a folder where a page has to be.
    for place in ["2026-Q4", "2026-Q4/index.html/below"] {
        fs::remove_dir_all(temp.out().join("2026-Q4")).unwrap();
        temp.put(format!("site/{place}"), b"mine");
        let before = (tree(&temp.out()), stamps(&temp.out()));
        let why = temp.build_refusal(&temp.out());
        assert!(why.contains("2026-Q4"), "{why}");
        assert_eq!((tree(&temp.out()), stamps(&temp.out())), before, "{place}");
        assert_eq!(temp.names_beside_the_workspace(), ["site"]);
        if temp.out().join("2026-Q4").is_file() {
            fs::remove_file(temp.out().join("2026-Q4")).unwrap();
            fs::create_dir(temp.out().join("2026-Q4")).unwrap();
        }
    }
}

#[test]
fn a_folder_that_no_build_made_is_refused_and_an_empty_one_is_not() {
    let temp = TempWorkspace::small();
    temp.put("home/photo.jpg", b"irreplaceable");
    let before = stamps(&temp.path("home"));
    let why = temp.build_refusal(&temp.path("home"));
    assert!(why.contains("holds files that milepost did not write") && why.contains("--out"), "{why}");
    assert_eq!(stamps(&temp.path("home")), before);
    fs::create_dir(temp.path("empty")).unwrap();
    assert!(temp.build_to(&temp.path("empty")).is_ok());
    assert_eq!(temp.names_beside_the_workspace(), ["empty", "home"]);
}

#[test]
fn a_damaged_manifest_is_refused() {
    let temp = TempWorkspace::small();
    temp.build();
    for manifest in ["", "index.html\n", "Written by another\nindex.html\n"] {
        temp.put(format!("site/{MANIFEST}"), manifest.as_bytes());
        let before = stamps(&temp.out());
        let why = temp.build_refusal(&temp.out());
        assert!(why.contains(MANIFEST) && why.contains("damaged"), "{why}");
        assert_eq!(stamps(&temp.out()), before);
    }
}

#[test]
fn a_list_that_names_files_that_are_not_there_removes_none_and_is_put_right() {
    let temp = TempWorkspace::small();
    temp.build();
    let manifest = temp.out().join(MANIFEST);
    let right = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, right.clone() + "no/such/page.html\n").unwrap();
    let Written { changed, removed, .. } = temp.build();
    assert_eq!((changed, removed), (0, 0));
    assert_eq!(fs::read_to_string(&manifest).unwrap(), right);
}

#[test]
fn a_folder_that_another_workspace_reads_is_refused_even_if_it_is_not_there() {
    let temp = TempWorkspace::small();
    temp.put("other/milepost.toml", b"[report]\ntitle = \"Other\"\n[files]\nevidence = [\"answers/*/*/*.toml\"]\n");
    for out in ["controls", "controls/new/site", "answers/2026-Q3/web", "themes/own", "mappings"] {
        let why = temp.build_refusal(&temp.path("other").join(out));
        assert!(why.contains("of the workspace") && why.contains("which reads it") && why.contains("--out"), "{why}");
        assert!(!temp.path("other").join(out).exists());
    }
    assert!(temp.build_to(&temp.path("other/public")).is_ok());
}

#[test]
fn a_manifest_cannot_reach_out_of_its_folder() {
    let temp = TempWorkspace::small();
    temp.build();
    temp.put("precious.txt", b"precious");
    let manifest = temp.out().join(MANIFEST);
    let text = fs::read_to_string(&manifest).unwrap()
        + "../precious.txt\n"
        + temp.path("precious.txt").to_str().unwrap()
        + "\n";
    fs::write(manifest, text).unwrap();
    let _ = temp.build_to(&temp.out());
    assert_eq!(fs::read(temp.path("precious.txt")).unwrap(), b"precious");
}

#[test]
fn a_broken_template_leaves_the_old_site() {
    let temp = TempWorkspace::small();
    temp.build();
    let before = stamps(&temp.out());
    let template = include_str!("../../themes/default/templates/control.html");
    let broken = template.replacen("{{ body.outcome }}", "{{ body.outcmoe }}", 1);
    let line = broken.lines().position(|line| line.contains("outcmoe")).unwrap() + 1;
    let column = broken.lines().nth(line - 1).unwrap().find("body.outcmoe").unwrap() + 1;
    temp.put("workspace/themes/default/templates/control.html", broken.as_bytes());
    // A change that other pages would show.
    temp.title(2);
    let run = milepost(&temp.root(), &["build", "--out", temp.out().to_str().unwrap()]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    let place = format!("themes/default/templates/control.html:{line}:{column}");
    assert!(run.stderr.contains("error[bad-template]") && run.stderr.contains("outcmoe"), "{}", run.stderr);
    assert!(run.stderr.contains(&place), "no {place} in {}", run.stderr);
    assert_eq!(run.stderr.matches("error[").count(), 1, "{}", run.stderr);
    assert_eq!(stamps(&temp.out()), before);
    assert_eq!(temp.names_beside_the_workspace(), ["site"]);
    // Nor is anything made where there was nothing.
    milepost(&temp.root(), &["build", "--out", temp.path("new/site").to_str().unwrap()]);
    assert!(!temp.path("new/site").exists());
}

fn milepost(folder: &Path, args: &[&str]) -> Run {
    run(Command::new(MILEPOST).current_dir(folder).args(args))
}

#[test]
fn where_nothing_can_be_written_it_says_so() {
    let temp = TempWorkspace::small();
    temp.put("file", b"in the way");
    for out in ["file", "file/site", "file/deep/site"] {
        let run = milepost(&temp.root(), &["build", "--out", temp.path(out).to_str().unwrap()]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{out}");
        assert!(run.stderr.starts_with("error: ") && run.stderr.contains("file"), "{out}: {}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{out}: {}", run.stderr);
    }
    assert_eq!(fs::read(temp.path("file")).unwrap(), b"in the way");
    assert_eq!(temp.names_beside_the_workspace(), ["file"]);
}

#[test]
fn the_folder_may_be_named_in_many_ways() {
    let temp = TempWorkspace::small();
    let expected = temp.build();
    fs::create_dir(temp.path("empty")).unwrap();
    for (from, out) in [("empty", "../empty/"), ("workspace", "public/"), ("workspace", "./a/b/../c")] {
        let run = milepost(&temp.path(from), &["--root", temp.root().to_str().unwrap(), "build", "--out", out]);
        assert_eq!(run.code, Some(0), "{from} {out}: {}", run.stderr);
        assert_eq!(files(&temp.path(from).join(out)).len(), expected.files + 1, "{from} {out}");
    }
    // The folder changes places with another, so it cannot be the one somebody stands in.
    for out in [".", "..", "/"] {
        let run = milepost(&temp.path("empty"), &["--root", temp.root().to_str().unwrap(), "build", "--out", out]);
        assert_eq!(run.code, Some(1), "{out}");
        assert!(run.stderr.starts_with(&format!("error: {out} ")), "{}", run.stderr);
    }
}

#[test]
fn the_folder_that_nobody_named_is_no_link_and_holds_none() {
    let temp = TempWorkspace::small();
    let elsewhere = temp.path("other");
    temp.build_to(&elsewhere).unwrap();
    let before = (tree(&elsewhere), stamps(&elsewhere));
    let refused = |link: &str| {
        let run = milepost(&temp.root(), &["build"]);
        let why = format!("error: {} is a link, ", temp.root().join(link).display());
        let why = why.replace(&format!("{}/", temp.root().display()), "");
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{link}");
        assert!(
            run.stderr.starts_with(&why.replace("./", "")) && run.stderr.contains("--out"),
            "{link}: {}",
            run.stderr
        );
        assert_eq!((tree(&elsewhere), stamps(&elsewhere)), before, "{link}");
    };
    let public = temp.root().join("public");
    for target in ["../other", "/nowhere", "public"] {
        symlink(target, &public).unwrap();
        refused("public");
        fs::remove_file(&public).unwrap();
    }
    // A report of which a file, or a folder, leads elsewhere.
    let made = milepost(&temp.root(), &["build"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    for (path, target) in [("index.html", "/dev/zero"), ("2026-Q3", "../../other/2026-Q3"), ("notes", "../content")] {
        let place = public.join(path);
        let aside = temp.path("aside");
        let there = fs::rename(&place, &aside).is_ok();
        symlink(target, &place).unwrap();
        refused(&format!("public/{path}"));
        fs::remove_file(&place).unwrap();
        if there {
            fs::rename(&aside, &place).unwrap();
        }
    }
    assert_eq!(milepost(&temp.root(), &["build"]).code, Some(0));
}

#[test]
fn no_link_in_a_folder_that_somebody_named_is_followed() {
    let temp = TempWorkspace::small();
    let first = temp.build();
    temp.put("elsewhere/x", "precious");
    fs::rename(temp.out().join("2026-Q3"), temp.path("elsewhere/2026-Q3")).unwrap();
    let before = (tree(&temp.path("elsewhere")), stamps(&temp.path("elsewhere")));
    // Where a folder of the report has to be, another's link is not taken away, and where a page has to be, it is.
    symlink("../elsewhere/2026-Q3", temp.out().join("2026-Q3")).unwrap();
    assert!(temp.build_refusal(&temp.out()).contains("site/2026-Q3 was not written by milepost"));
    fs::remove_file(temp.out().join("2026-Q3")).unwrap();
    // Some systems would take this for the page itself.
    fs::write(temp.out().join("Index.HTML"), "precious").unwrap();
    assert!(temp.build_refusal(&temp.out()).contains("site/Index.HTML was not written by milepost"));
    fs::remove_file(temp.out().join("Index.HTML")).unwrap();
    for target in ["/dev/zero", "../elsewhere/x", "index.html"] {
        fs::remove_file(temp.out().join("index.html")).unwrap();
        symlink(target, temp.out().join("index.html")).unwrap();
        let written = temp.build();
        assert!(written.changed > 0 && written.files == first.files, "{written:?}");
        assert!(fs::symlink_metadata(temp.out().join("index.html")).unwrap().is_file());
    }
    assert_eq!((tree(&temp.path("elsewhere")), stamps(&temp.path("elsewhere"))), before);
}

#[test]
fn nothing_in_the_folder_is_read_without_a_bound() {
    let temp = TempWorkspace::small();
    let first = temp.build();
    // A hole of a terabyte in place of a page, and a pipe to which nobody writes.
    fs::File::create(temp.out().join("index.html")).unwrap().set_len(1 << 40).unwrap();
    fs::remove_file(temp.out().join("search/1.js")).unwrap();
    let pipe =
        |path: &str| rustix::fs::mkfifoat(rustix::fs::CWD, temp.out().join(path), rustix::fs::Mode::RUSR).unwrap();
    pipe("search/1.js");
    pipe("pipe");
    assert_eq!(temp.build(), Written { changed: 2, ..first });
    assert!(!fs::symlink_metadata(temp.out().join("pipe")).unwrap().is_file());
    let manifest = temp.out().join(MANIFEST);
    fs::File::options().write(true).open(&manifest).unwrap().set_len(1 << 40).unwrap();
    assert!(temp.build_refusal(&temp.out()).contains("damaged"));
    fs::remove_file(&manifest).unwrap();
    pipe(MANIFEST);
    assert!(temp.build_refusal(&temp.out()).contains("damaged"));
    fs::remove_file(&manifest).unwrap();
    symlink("/dev/zero", &manifest).unwrap();
    assert!(temp.build_refusal(&temp.out()).contains("damaged"));
}

#[test]
fn what_others_put_where_a_report_takes_shape_stays_and_what_a_killed_run_left_goes() {
    let stage = ".site.milepost-stage";
    for others in ["file", "folder", "link"] {
        let temp = TempWorkspace::small();
        temp.put("precious/x", "mine");
        match others {
            "file" => temp.put(stage, "mine"),
            "folder" => temp.put(format!("{stage}/deep/x"), "mine"),
            _ => symlink("precious", temp.path(stage)).unwrap(),
        }
        let before = stamps(&temp.path(""));
        temp.build();
        temp.title(2);
        assert!(temp.build().changed > 0);
        let after = stamps(&temp.path(""));
        assert!(
            before
                .iter()
                .filter(|(path, _)| !path.starts_with("workspace/"))
                .all(|(path, stamp)| after.get(path) == Some(stamp)),
            "{others}"
        );
        assert_eq!(temp.names_beside_the_workspace(), [stage, "precious", "site"], "{others}");
    }
    // What runs that were killed left: before the mark was there, and after.
    let temp = TempWorkspace::small();
    temp.put(format!("{stage}/made-by-milepost"), "");
    temp.put(format!("{stage}/new/index.html"), "half");
    fs::create_dir(temp.path(format!("{stage}-1"))).unwrap();
    temp.build();
    assert_eq!(temp.names_beside_the_workspace(), [&format!("{stage}-1"), "site"]);
    // And between the two steps of an exchange.
    fs::create_dir(temp.path(stage)).unwrap();
    temp.put(format!("{stage}/made-by-milepost"), "");
    fs::rename(temp.out(), temp.path(format!("{stage}/old"))).unwrap();
    let (old, _) = (tree(&temp.path(format!("{stage}/old"))), fs::remove_dir(temp.path(format!("{stage}-1"))));
    temp.edit("workspace/milepost.toml", "[report]", "[report]\ntheme = \"own\"");
    temp.put("workspace/themes/own/templates/control.html", "{{ no_such_name }}");
    assert!(matches!(temp.build_to(&temp.out()), Err(WriteFailure::Page(_))));
    assert_eq!(tree(&temp.out()), old);
    assert_eq!(temp.names_beside_the_workspace(), ["site"]);
}

#[test]
fn who_waits_says_for_whom_and_gives_up() {
    let temp = TempWorkspace::small();
    // Where only `std` is used, a file stands for the folder, and nobody says who holds it.
    let is_portable = cfg!(feature = "portable");
    let name = sha256(fs::canonicalize(temp.path("")).unwrap().as_os_str().as_encoded_bytes());
    let file = std::env::temp_dir().join(format!("milepost-{name}.lock"));
    let lock = if is_portable { fs::File::create(&file) } else { fs::File::open(temp.path("")) };
    let lock = lock.unwrap();
    lock.lock().unwrap();
    let out = temp.out();
    let build = || {
        let mut command = Command::new(MILEPOST);
        command
            .arg("--root")
            .arg(temp.root())
            .arg("build")
            .arg("--out")
            .arg(&out)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let me = if is_portable { "another program".to_owned() } else { format!("process {} (", std::process::id()) };
    // What it says first, it says while it waits.
    let mut child = build();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let waits = said.next().unwrap();
    assert!(waits.starts_with(&format!("waiting for {me}")) && waits.contains("has locked"), "{waits}");
    lock.unlock().unwrap();
    assert!(said.any(|line| line.contains("written")) && child.wait().unwrap().success());
    lock.lock().unwrap();
    let given_up = build().wait_with_output().unwrap();
    let said = String::from_utf8(given_up.stderr).unwrap();
    assert_eq!(given_up.status.code(), Some(1), "{said}");
    assert!(
        said.contains(&format!("error: {me}")) && said.contains("nothing was written") && said.contains(&me),
        "{said}"
    );
    assert!(temp.names_beside_the_workspace() == ["site"]);
    let _ = fs::remove_file(file);
}

#[test]
fn a_link_to_the_folder_stays_a_link() {
    let temp = TempWorkspace::small();
    fs::create_dir(temp.path("www")).unwrap();
    symlink("www", temp.out()).unwrap();
    for n in 0..2 {
        temp.title(n);
        let written = temp.build();
        assert_eq!(fs::read_link(temp.out()).unwrap(), Path::new("www"));
        assert_eq!(files(&temp.path("www")).len(), written.files + 1);
    }
    assert_eq!(temp.names_beside_the_workspace(), ["site", "www"]);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long a build takes says when to kill one")]
#[expect(clippy::print_stdout, reason = "who kills hundreds wants to know what they left")]
fn a_killed_build_leaves_the_old_site_or_the_new_one() {
    let temp = TempWorkspace::small();
    for quarter in ["2025-Q3", "2025-Q4", "2026-Q1"] {
        temp.put(format!("workspace/content/{quarter}/quarter.toml"), b"title = \"Earlier\"\n");
    }
    let whole = [0, 1].map(|n| {
        temp.title(n);
        temp.build_to(&temp.path(format!("whole-{n}"))).unwrap();
        tree(&temp.path(format!("whole-{n}")))
    });
    let build = || {
        let mut command = Command::new(MILEPOST);
        command.arg("--root").arg(temp.root()).arg("build").arg("--out").arg(temp.out());
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let start = std::time::Instant::now();
    assert!(build().wait().unwrap().success());
    let mut time = start.elapsed();
    // Where in a build the sites change places, as far as is known.
    let (mut change, mut killed, mut seen) = (1.0, 0, [0, 0]);
    let (kills, mut old) = (kills(30), 1);
    for n in 0..kills {
        temp.title(1 - old);
        // The golden ratio's multiples fall evenly and never twice on one moment.
        let spread = (f64::from(n) * 0.618_034).fract();
        let moment = if n < kills / 2 { 1.2 * spread } else { change * (0.9 + 0.2 * spread) };
        let mut child = build();
        thread::sleep(time.mul_f64(moment));
        let _ = child.kill();
        let late = child.wait().unwrap().signal() != Some(9);
        killed += u32::from(!late);
        // The first build may have been slow for reasons of the machine's own.
        time = if late { time.mul_f64(0.95) } else { time };
        let left = tree(&temp.out());
        let which = whole.iter().position(|site| *site == left);
        let which = which.unwrap_or_else(|| panic!("neither the old site nor the new one after {moment} of {time:?}"));
        seen[usize::from(which != old)] += 1;
        if n >= kills / 2 {
            change *= if which == old { 1.15 } else { 0.93 };
        }
        old = which;
    }
    println!("{kills} builds, {killed} killed; {seen:?} left the old and the new site");
    assert!(killed >= kills / 4, "only {killed} of {kills} builds were killed");
    // What the last one left of its stage is gone after the next build.
    assert!(build().wait().unwrap().success());
    assert_eq!(temp.names_beside_the_workspace(), ["site", "whole-0", "whole-1"]);
    assert!(whole.contains(&tree(&temp.out())));
}

#[test]
fn builds_at_once_wait_for_each_other() {
    let temp = TempWorkspace::small();
    temp.build_to(&temp.path("whole")).unwrap();
    let whole = tree(&temp.path("whole"));
    for round in 0..4 {
        let out = temp.path(format!("site-{round}"));
        let build = || {
            let mut command = Command::new(MILEPOST);
            command.arg("--root").arg(temp.root()).arg("build").arg("--out").arg(&out);
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        };
        let builds = [build(), build(), build()];
        assert!(builds.into_iter().all(|mut child| child.wait().unwrap().success()), "{round}");
        assert!(tree(&out) == whole, "{round}: another site");
    }
    assert_eq!(temp.names_beside_the_workspace(), ["site-0", "site-1", "site-2", "site-3", "whole"]);
}

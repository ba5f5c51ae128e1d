//! Tests that two machines make the same bytes of a workspace, and that no output names its machine.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;
use walkdir::WalkDir;

/// Where programs are found; all else of an environment is the machine's own.
const PATH: &str = env!("PATH");

/// Settings of a user's own for git, each of which changes what git prints.
const SETTINGS: &str = "
[blame]
    blankBoundary = true
    date = relative
    showEmail = true
[color]
    ui = always
[core]
    abbrev = 20
    pager = cat -n
    quotePath = false
[diff]
    algorithm = patience
    noprefix = true
    renames = copies
[i18n]
    logOutputEncoding = ISO-8859-9
[log]
    date = relative
    showRoot = false
";

/// The same example, in the hands of somebody with ways of their own.
struct Machine {
    folder: TempDir,
    /// The workspace, and where its user stands, below the folder.
    root: &'static str,
    standing: &'static str,
    umask: &'static str,
    environment: &'static [(&'static str, &'static str)],
}

impl Machine {
    fn one() -> Self {
        let machine = Self {
            folder: TempDir::with_prefix("quarterdeck-").unwrap(),
            root: "northgate",
            standing: "northgate",
            umask: "022",
            environment: &[
                ("RAYON_NUM_THREADS", "1"),
                ("TZ", "America/Adak"),
                ("LANG", "C"),
                ("USER", "bosun-2317"),
                ("HOSTNAME", "longboat-2317"),
            ],
        };
        fs::create_dir(machine.path("home")).unwrap();
        machine.settle(files(&example()));
        machine
    }

    fn two() -> Self {
        let machine = Self {
            folder: TempDir::with_prefix("forecastle-").unwrap(),
            root: "başka bir yer/ΔΟΚΙΜΉ",
            standing: "home",
            umask: "077",
            environment: &[
                ("RAYON_NUM_THREADS", "5"),
                ("TZ", "Pacific/Kiritimati"),
                ("LANG", "tr_TR.UTF-8"),
                ("LC_ALL", "tr_TR.UTF-8"),
                ("LANGUAGE", "tr"),
                ("USER", "pilot-4202"),
                ("LOGNAME", "pilot-4202"),
                ("HOSTNAME", "lightship-4202"),
                ("SOURCE_DATE_EPOCH", "0"),
                ("COLUMNS", "33"),
            ],
        };
        fs::create_dir(machine.path("home")).unwrap();
        fs::write(machine.path("home/.gitconfig"), SETTINGS).unwrap();
        // Most file systems list files in the order in which they came.
        machine.settle(files(&example()).into_iter().rev().collect());
        machine
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn root(&self) -> PathBuf {
        self.path(self.root)
    }

    /// Puts the files there one by one, with a history of two commits.
    fn settle(&self, files: Vec<String>) {
        for path in files {
            let (from, to) = (example().join(&path), self.root().join(&path));
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(to, fs::read(from).unwrap()).unwrap();
        }
        let settings = fs::read_to_string(self.root().join("milepost.toml")).unwrap();
        let told = settings.replacen("[report]\n", "[report]\nprovenance = true\n", 1);
        fs::write(self.root().join("milepost.toml"), told).unwrap();
        self.git(&["init", "--quiet"]);
        self.git(&[
            "add",
            "--",
            "milepost.toml",
            "controls",
            "maps",
            "content/2026-Q1",
            "content/2026-Q2",
            "content/2026-Q3",
        ]);
        self.git(&["commit", "--quiet", "--message=Three quarters"]);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=The year"]);
    }

    fn git(&self, args: &[&str]) {
        let mut git = self.command("git", &self.root());
        for (role, name) in [("AUTHOR", "Bosun"), ("COMMITTER", "Bosun")] {
            git.env(format!("GIT_{role}_NAME"), name).env(format!("GIT_{role}_EMAIL"), "bosun@ferry.example");
            git.env(format!("GIT_{role}_DATE"), "2026-11-02T10:00:00+02:00");
        }
        assert!(git.args(args).status().unwrap().success(), "{args:?}");
    }

    /// A program in this machine's environment, in one of its folders.
    fn command(&self, program: &str, folder: &Path) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("umask {}; exec \"$0\" \"$@\"", self.umask), program]);
        shell.current_dir(folder).env_clear().env("PATH", PATH).env("HOME", self.path("home"));
        shell.envs(self.environment.iter().copied()).stdin(Stdio::null());
        shell
    }

    /// What a run prints as its result.
    fn run(&self, args: &[&str]) -> Vec<u8> {
        let standing = self.path(self.standing);
        let mut command = self.command(env!("CARGO_BIN_EXE_milepost"), &standing);
        if standing != self.root() {
            command.arg("--root").arg(self.root());
        }
        let output = command.args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// The site that is built with these options, by its paths, each below `name`.
    fn site(&self, name: &str, options: &[&str]) -> BTreeMap<String, Vec<u8>> {
        let out = self.path(&format!("sites/{name}"));
        self.run(&[&["build", "--out", out.to_str().unwrap()], options].concat());
        let files = files(&out).into_iter();
        files.map(|path| (format!("{name}/{path}"), fs::read(out.join(path)).unwrap())).collect()
    }

    /// The words that only this machine has.
    fn own_words(&self) -> Vec<String> {
        let folder = self.folder.path().file_name().unwrap().to_str().unwrap().to_owned();
        let names = self.environment.iter().filter(|(name, _)| ["USER", "HOSTNAME", "TZ"].contains(name));
        let mut words: Vec<String> = names.map(|(_, word)| (*word).to_owned()).collect();
        words.push(folder);
        words
    }
}

/// This repository, which is a workspace.
fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The files of a workspace or a site, sorted, without git's own.
fn files(folder: &Path) -> Vec<String> {
    let ours = |path: &Path| {
        let path = path.strip_prefix(folder).unwrap();
        let first = path.iter().next().map(|part| part.to_str().unwrap());
        folder != example() || matches!(first, None | Some("milepost.toml" | "content" | "controls" | "maps"))
    };
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter();
    let entries = entries.filter_entry(|entry| entry.file_name() != ".git" && ours(entry.path())).map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files.map(|entry| entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned()).collect()
}

/// Asserts that both are the same, and that neither names a machine.
fn alike(machines: &[Machine; 2], outputs: &[BTreeMap<String, Vec<u8>>; 2]) {
    let [first, second] = outputs;
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    let other: Vec<&String> = first.keys().filter(|name| first[*name] != second[*name]).collect();
    assert_eq!(other, [""; 0]);
    let words: Vec<String> = machines.iter().flat_map(Machine::own_words).collect();
    let told = first.iter().flat_map(|(name, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        words.iter().filter(move |word| text.contains(word.as_str())).map(move |word| format!("{name} tells {word}"))
    });
    assert_eq!(told.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn two_machines_build_the_same_reports() {
    let machines = [Machine::one(), Machine::two()];
    for audience in ["full", "internal", "board"] {
        let sites = machines.each_ref().map(|machine| machine.site(audience, &["--audience", audience]));
        assert!(sites[0].len() > 100 && sites[0].contains_key(&format!("{audience}/index.html")));
        alike(&machines, &sites);
    }
    let committed = machines.each_ref().map(|machine| machine.site("committed", &["--at", "HEAD~1"]));
    alike(&machines, &committed);
    // File modes may differ between machines.
    for (machine, modes) in machines.iter().zip([[0o100_644, 0o40755], [0o100_600, 0o40700]]) {
        let entries = WalkDir::new(machine.path("sites/full")).into_iter().map(Result::unwrap);
        let mut found: Vec<u32> = entries.map(|entry| entry.metadata().unwrap().permissions().mode()).collect();
        found.sort_by_key(|mode| (mode & 0o40000, *mode));
        found.dedup();
        assert_eq!(found, modes);
    }
}

/// What the commands print that write nothing.
const COMMANDS: &[&str] = &[
    "check --format text",
    "check --format json",
    "check --format sarif",
    "check --format github",
    "check --format gitlab",
    "check --format junit",
    "score --format text",
    "score --format json",
    "score --format csv",
    "score --format markdown --team fleet",
    "score --format json --at HEAD~1",
    "gaps --all --format text",
    "gaps --format json",
    "gaps --format csv",
    "diff --format text",
    "diff --format json",
    "diff --format markdown --quarter 2026-Q3 --base HEAD~1",
    "explain overall",
    "explain PR.DS-11",
    "explain PR.DS-11 --team ticketing --format json",
    "gate --format json",
    "gate --format sarif",
    "gate --format junit",
    "verify --format json",
    "completions bash",
];

#[test]
fn two_machines_print_the_same_results() {
    let machines = [Machine::one(), Machine::two()];
    let printed = machines.each_ref().map(|machine| {
        let runs = COMMANDS.iter().map(|line| ((*line).to_owned(), machine.run(&line.split(' ').collect::<Vec<_>>())));
        runs.collect::<BTreeMap<_, _>>()
    });
    let of_people = String::from_utf8_lossy(&printed[0]["explain PR.DS-11 --team ticketing --format json"]);
    assert!(of_people.contains("Bosun"), "{of_people}");
    alike(&machines, &printed);
}

#[test]
fn two_machines_close_and_open_the_same_quarter() {
    let machines = [Machine::one(), Machine::two()];
    let written = machines.each_ref().map(|machine| {
        let printed = [
            ("seal".to_owned(), machine.run(&["seal", "2026-Q4"])),
            ("quarter".to_owned(), machine.run(&["quarter", "2027-Q1"])),
        ];
        let root = machine.root();
        let files = files(&root).into_iter().map(|path| (path.clone(), fs::read(root.join(path)).unwrap()));
        files.chain(printed).collect::<BTreeMap<_, _>>()
    });
    assert!(written[0].contains_key("content/2026-Q4/seal.toml"));
    assert!(written[0].keys().any(|path| path.starts_with("content/2027-Q1/")));
    alike(&machines, &written);
}

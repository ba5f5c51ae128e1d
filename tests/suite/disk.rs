//! Tests builds on bad folders and full disks: there is always the old report, a new one, or a message.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::support::temp_workspace::{MILEPOST, TempWorkspace, put_milepost, run, skipped, tree};

/// A user without rights, because root may write in spite of any mode.
const NOBODY: u32 = 65_534;

impl TempWorkspace {
    /// A copy of the small workspace and of the program, which everybody may use, and room beside them.
    fn shared() -> Self {
        let temp = Self::with("site/small", "workspace");
        put_milepost(&temp.path("milepost"));
        temp.allow(".", 0o755);
        temp
    }

    fn allow(&self, path: &str, mode: u32) {
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Gives every page another title.
    fn change(&self) {
        self.edit("workspace/milepost.toml", "title = \"", "title = \"Again ");
    }

    /// The copy of the program, about to run on the copy of the workspace.
    fn copied(&self, args: &[&str]) -> Command {
        let mut command = Command::new(self.path("milepost"));
        command.current_dir(self.path("")).args(["--root", "workspace"]).args(args);
        command
    }

    /// How a run of it ends, and all that it says.
    fn milepost(&self, args: &[&str]) -> (Option<i32>, String) {
        ended(&mut self.copied(args))
    }

    /// The same as nobody.
    fn milepost_as_nobody(&self, args: &[&str]) -> (Option<i32>, String) {
        as_nobody(&mut self.copied(args))
    }
}

/// Runs a command as nobody, or as who runs the tests where that is not root.
fn as_nobody(command: &mut Command) -> (Option<i32>, String) {
    // The user who runs the tests owns this process.
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.uid(NOBODY).gid(NOBODY);
    }
    ended(command)
}

fn ended(command: &mut Command) -> (Option<i32>, String) {
    let run = run(command);
    (run.code, run.said())
}

#[test]
fn a_report_within_its_own_input_or_around_it_is_refused() {
    let temp = TempWorkspace::shared();
    let before = tree(&temp.path("workspace"));
    for out in ["workspace/content/site", "workspace/content/2026-Q3/new/site", "workspace/controls/x/../site"] {
        let (code, said) = temp.milepost(&["build", "--out", out]);
        assert!(code == Some(1) && said.contains(" lies in con") && said.contains("--out"), "{out}: {said}");
    }
    symlink("workspace/content", temp.path("link")).unwrap();
    let (code, said) = temp.milepost(&["build", "--out", "link/site"]);
    assert!(code == Some(1) && said.contains("link/site lies in content/"), "{said}");
    assert_eq!(tree(&temp.path("workspace")), before);
    // Even where an earlier report would allow it.
    assert_eq!(temp.milepost(&["build", "--out", "site"]).0, Some(0));
    fs::rename(temp.path("workspace"), temp.path("site/workspace")).unwrap();
    let old = tree(&temp.path("site"));
    for out in ["site", "site/workspace", "site/workspace/.."] {
        let (code, said) = ended(Command::new(temp.path("milepost")).current_dir(temp.path("")).args([
            "--root",
            "site/workspace",
            "build",
            "--out",
            out,
        ]));
        assert!(code == Some(1) && said.contains("holds the workspace"), "{out}: {said}");
    }
    assert_eq!(tree(&temp.path("site")), old);
}

#[test]
fn ten_thousand_files_are_read() {
    let temp = TempWorkspace::shared();
    for n in 0..10_000 {
        temp.put(format!("workspace/content/2026-Q3/bridge/artifacts/{}/{n}.txt", n / 500), b"x");
    }
    let (code, said) = temp.milepost(&["build", "--out", "site"]);
    assert!(code == Some(0), "{}", said.chars().take(500).collect::<String>());
}

#[test]
fn what_cannot_be_read_is_told_and_the_old_report_stays() {
    let temp = TempWorkspace::shared();
    temp.put("out/keep", b"");
    fs::remove_file(temp.path("out/keep")).unwrap();
    temp.allow("out", 0o777);
    assert_eq!(temp.milepost_as_nobody(&["build", "--out", "out/site"]).0, Some(0));
    let old = tree(&temp.path("out/site"));
    let file = "workspace/content/2026-Q3/bridge/rules.toml";
    for (path, closed) in
        [(file, 0o000), ("workspace/content/2026-Q3/bridge", 0o000), ("workspace/milepost.toml", 0o200)]
    {
        let open = fs::metadata(temp.path(path)).unwrap().permissions();
        temp.allow(path, closed);
        let (code, said) = temp.milepost_as_nobody(&["build", "--out", "out/site"]);
        fs::set_permissions(temp.path(path), open).unwrap();
        assert!(code == Some(1) && said.contains("permission denied"), "{path}: {said}");
        assert!(tree(&temp.path("out/site")) == old, "{path}: the old report is another");
    }
}

#[test]
fn a_workspace_that_is_read_only_is_built_elsewhere() {
    let temp = TempWorkspace::shared();
    temp.put("out/keep", b"");
    temp.allow("out", 0o777);
    temp.allow("workspace", 0o555);
    let (code, said) = temp.milepost_as_nobody(&["build"]);
    assert!(code == Some(1) && said.contains("permission denied") && said.lines().count() == 1, "{said}");
    assert_eq!(temp.milepost_as_nobody(&["check"]).0, Some(0));
    let (code, said) = temp.milepost_as_nobody(&["build", "--out", "out/site"]);
    assert!(code == Some(0), "{said}");
    // A report that may no longer be replaced stays.
    let old = tree(&temp.path("out/site"));
    temp.allow("workspace", 0o755);
    temp.change();
    temp.allow("out", 0o555);
    let (code, said) = temp.milepost_as_nobody(&["build", "--out", "out/site"]);
    assert!(code == Some(1) && said.contains("permission denied"), "{said}");
    assert!(tree(&temp.path("out/site")) == old);
}

#[test]
fn names_that_are_one_on_some_disks_are_told() {
    let cases = [
        ("milepost.toml", "id = \"bridge\"", "id = \"CON\"", "bad-name"),
        ("milepost.toml", "id = \"bridge\"", "id = \"nul.1\"", "bad-name"),
        ("milepost.toml", "id = \"bridge\"", "id = \"Bridge\"", "bad-name"),
        ("controls/harbour/framework.toml", "id = \"", "id = \"aux.", "bad-name"),
    ];
    for (path, from, to, code) in cases {
        let temp = TempWorkspace::shared();
        temp.edit(&format!("workspace/{path}"), from, to);
        let (ended, said) = temp.milepost(&["build", "--out", "site"]);
        assert!(ended == Some(1) && said.contains(&format!("error[{code}]")), "{to}: {said}");
        assert!(!temp.path("site").exists());
    }
    let temp = TempWorkspace::shared();
    for name in ["Quay", "quay"] {
        temp.put(format!("workspace/content/guides/{name}.md"), b"+++\ntitle = \"Quay\"\n+++\n");
    }
    let (ended, said) = temp.milepost(&["build", "--out", "site"]);
    assert!(ended == Some(1) && said.contains("error[duplicate-id]"), "{said}");
}

/// `Prüfung`, with the `ü` in one character and in two.
const COMPOSED: &str = "Pr\u{fc}fung";
const APART: &str = "Pru\u{308}fung";

#[test]
fn a_name_is_the_same_however_unicode_writes_it() {
    for (on_disk, in_file) in [(COMPOSED, APART), (APART, COMPOSED)] {
        let temp = TempWorkspace::shared();
        let evidence = "workspace/content/2026-Q3/bridge";
        temp.put(format!("{evidence}/artifacts/{on_disk}/{on_disk}.txt"), "x");
        let sha256 = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
        let item = format!(
            "{{ kind = \"record\", title = \"x\", date = 2026-09-01, file = \"artifacts/{in_file}/{in_file}.txt\", sha256 = \"{sha256}\" }}"
        );
        temp.put(format!("{evidence}/{on_disk}.toml"), format!("[Q.L-2]\nlevel = 1\nevidence = [{item}]\n"));
        // The folder of the evidence, and what names it.
        fs::rename(temp.path("workspace/content"), temp.path(format!("workspace/{on_disk}"))).unwrap();
        temp.edit(
            "workspace/milepost.toml",
            "[scoring]",
            &format!("[files]\nevidence = [\"{in_file}/*/*/*.toml\"]\n\n[scoring]"),
        );
        let (code, said) = temp.milepost(&["check"]);
        assert!(code == Some(0) && !said.contains("error["), "{said}");
        let (_, explained) = temp.milepost(&["explain", "Q.L-2"]);
        assert!(explained.contains(&format!("{COMPOSED}/2026-Q3/bridge/{COMPOSED}.toml:1")), "{explained}");
        // What is not there is looked for, and the words say how names compare.
        fs::remove_file(temp.path(format!("workspace/{on_disk}/2026-Q3/bridge/artifacts/{on_disk}/{on_disk}.txt")))
            .unwrap();
        let (code, said) = temp.milepost(&["check"]);
        assert!(code == Some(1) && said.contains("error[missing-artifact]") && said.contains("(NFC)"), "{said}");
    }
}

#[test]
fn two_files_of_one_name_are_told() {
    let temp = TempWorkspace::shared();
    for (name, level) in [(COMPOSED, 1), (APART, 2)] {
        temp.put(format!("workspace/content/2026-Q3/bridge/{name}.toml"), format!("[Q.L-2]\nlevel = {level}\n"));
    }
    let (code, said) = temp.milepost(&["check"]);
    assert!(
        code == Some(1) && said.contains("error[unreadable]") && said.contains("two files have this name"),
        "{said}"
    );
    assert!(said.contains(&format!("{COMPOSED}.toml")), "{said}");
}

#[test]
fn a_root_whose_name_is_no_text_is_read() {
    let temp = TempWorkspace::shared();
    let root = temp.path(OsStr::from_bytes(b"r\xff"));
    fs::rename(temp.path("workspace"), &root).unwrap();
    for args in [&["check"] as &[&str], &["build"], &["quarter", "2026-Q4"], &["seal", "2026-Q3"]] {
        let mut command = Command::new(MILEPOST);
        let (code, said) = ended(command.current_dir(temp.path("")).arg("--root").arg(&root).args(args));
        assert!(code == Some(0) && !said.contains("unreadable"), "{args:?}: {said}");
    }
    assert!(root.join("public/index.html").is_file());
    // A name below it that is not UTF-8 is still reported.
    fs::write(root.join(OsStr::from_bytes(b"content/2026-Q3/bridge/\xff.toml")), "").unwrap();
    let (code, said) = ended(Command::new(MILEPOST).arg("--root").arg(&root).arg("check"));
    assert!(code == Some(1) && said.matches("error[").count() == 1 && said.contains("its name is not UTF-8"), "{said}");
}

#[test]
fn where_no_thread_can_be_had_one_line_says_so() {
    let temp = TempWorkspace::shared();
    let mut command = Command::new("prlimit");
    command.arg("--nproc=1").arg(temp.path("milepost")).args(["--root", "workspace", "check"]);
    let (code, said) = as_nobody(command.current_dir(temp.path("")));
    assert!(code == Some(2) && said.lines().count() == 1, "{code:?}: {said}");
    assert!(said.starts_with("error: the system gives no threads: "), "{said}");
}

/// Builds on a disk that is full, and again when there is room: the folder on it, the program's words, the exit codes.
const ON_A_FULL_DISK: &str = r#"
mount -t tmpfs -o size=4m none disk || exit 77
./milepost --root workspace build --out disk/site || exit 3
cp -r disk/site old
sed -i 's/^title = "/title = "Again /' workspace/milepost.toml
cat /dev/zero > disk/filler 2>/dev/null
./milepost --root workspace build --out disk/site
echo "ended with $?"
diff -r old disk/site && [ "$(ls -A disk | tr '\n' ' ')" = "filler site " ] && echo "the old report stays"
rm disk/filler
./milepost --root workspace build --out disk/site && ! diff -rq old disk/site >/dev/null && echo "then the new one"
mkdir small
mount -t tmpfs -o size=64k none small || exit 77
./milepost init small/new
echo "init ended with $?"
./milepost --root small/new check
echo "check ended with $?"
mount -o remount,size=4m small
./milepost init small/new && ./milepost --root small/new check && ls -A small/new && echo "then a workspace"
"#;

#[test]
fn a_full_disk_leaves_the_old_report_and_half_a_workspace_is_finished() {
    let temp = TempWorkspace::shared();
    fs::create_dir(temp.path("disk")).unwrap();
    let mut shell = Command::new("unshare");
    shell.args(["--mount", "--map-root-user", "sh", "-c", ON_A_FULL_DISK]).current_dir(temp.path(""));
    match shell.output() {
        Ok(output) if output.status.code() == Some(0) => {
            let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            for part in [
                "ended with 1",
                "the old report stays",
                "then the new one",
                "error: disk/",
                "error: small/new/",
                "init ended with 1",
                "check ended with 1",
                "then a workspace",
            ] {
                assert!(said.contains(part), "{part}: {said}");
            }
        }
        Ok(output)
            if output.status.code() == Some(77) || String::from_utf8_lossy(&output.stderr).contains("unshare") =>
        {
            skipped("no disk can be mounted here");
        }
        Ok(output) => panic!("{output:?}"),
        Err(_) => skipped("there is no unshare here"),
    }
}

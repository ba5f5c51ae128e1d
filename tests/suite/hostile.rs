//! Inputs made to break a parser or to mislead a reader in, words out: never a crash, a hang or a stranger's text.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use milepost::base::text::is_deceptive;
use milepost::load::workspace;
use tempfile::TempDir;

const EVIDENCE: &str = "content/2026-Q3/payments/protect.toml";
const CONFIG: &str = "[report]\ntitle = \"T\"\n\n[[team]]\nid = \"payments\"\nname = \"Payments\"\n";

/// A workspace with these files beside its `milepost.toml`.
fn workspace_with(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, bytes) in [("milepost.toml", CONFIG.as_bytes())].iter().chain(files) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// Runs the program; the exit code, which a signal has none of, and all that it said.
fn run(folder: &Path, args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_milepost")).arg("--root").arg(folder).args(args).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap_or_else(|| panic!("{args:?} ended by {:?}", output.status)), said)
}

#[test]
fn depth_ends_in_words_and_never_in_a_crash() {
    let deep = 100_000;
    let texts = [
        format!("x = {}", "[".repeat(deep)),
        format!("x = {}1{}", "[".repeat(deep), "]".repeat(deep)),
        format!("x = {}", "{a=".repeat(deep)),
        format!("{} = 1", vec!["a"; deep].join(".")),
        format!("[{}]", vec!["a"; deep].join(".")),
        format!("x = {}1", "-".repeat(deep)),
    ];
    for text in &texts {
        for path in [EVIDENCE, "content/profile.toml", "content/actions.toml"] {
            let folder = workspace_with(&[(EVIDENCE, b"[PR.DS-11]\nlevel = 1\n"), (path, text.as_bytes())]);
            let (code, said) = run(folder.path(), &["check"]);
            assert!(code == 1 && said.contains("error["), "{path}: {code} {}", &said[..said.len().min(300)]);
        }
    }
    for mark in [">", "- ", "[", "*", "`", "![", "<", "&", "| "] {
        let note = mark.repeat(deep);
        let text = format!("[PR.DS-11]\nlevel = 1\nnote = '''\n{note}\n'''\n");
        let folder = workspace_with(&[(EVIDENCE, text.as_bytes()), ("content/2026-Q3/summary.md", note.as_bytes())]);
        let out = folder.path().join("site");
        let (code, said) = run(folder.path(), &["build", "--out", out.to_str().unwrap()]);
        assert!(code <= 1, "{mark:?}: {code} {}", &said[..said.len().min(300)]);
    }
}

#[test]
fn links_that_lead_in_circles_end_at_once_and_lead_nowhere() {
    let folder = workspace_with(&[(EVIDENCE, b"[PR.DS-11]\nlevel = 1\n")]);
    let team = folder.path().join("content/2026-Q3/payments");
    for (name, to) in [("l0", "."), ("l1", "."), ("up", "../../.."), ("etc", "/etc"), ("gone", "nowhere")] {
        symlink(to, team.join(name)).unwrap();
    }
    symlink("/etc/passwd", team.join("passwd.toml")).unwrap();
    let workspace = workspace::load(folder.path());
    let linked: Vec<&String> =
        workspace.files.keys().filter(|path| path.contains("/etc/") || path.contains("l0/")).collect();
    assert!(linked.is_empty(), "{linked:?}");
    let (code, said) = run(folder.path(), &["check"]);
    assert!(code == 1 && said.contains("error[symbolic-link]") && !said.contains("root:x:"), "{said}");
}

#[test]
fn an_unprintable_word_of_a_file_is_a_plain_text_in_every_format() {
    let escaped = "[PR.DS-11]\nlevel = 1\n\"\\u001b[31m\\u202e\" = 1\n\"\\u0085\" = \"\\u009b\"\n";
    let bare = "[PR.DS-11]\nlevel = 1 # \u{200f}\u{61c}\nlevle = \"\u{200e}\u{9b}31m\u{202e}\" # \u{ffff}\u{7f}\u{8}\n";
    for text in [escaped.as_bytes(), bare.as_bytes(), b"[PR.DS-\xc2\x92\xff]\nlevel = 1\n"] {
        let folder = workspace_with(&[(EVIDENCE, text)]);
        for format in ["text", "json", "sarif", "github"] {
            let (code, said) = run(folder.path(), &["check", "--format", format]);
            assert!(code == 1 && said.contains("payments/protect.toml"), "{format}: {said:?}");
            assert!(!said.contains(is_deceptive), "{format}: {said:?}");
        }
    }
}

#[test]
fn an_unprintable_name_is_a_diagnostic_or_a_plain_text() {
    for name in ["\u{1b}[31mred.toml", "a\u{202e}lmot.toml", "::error file=x::.toml", "CON.toml", "%2e%2e.toml"] {
        let path: PathBuf = Path::new("content/2026-Q3/payments").join(name);
        let folder = workspace_with(&[(EVIDENCE, b""), (path.to_str().unwrap(), b"[PR.DS-11]\nlevel = 9\n")]);
        for format in ["text", "json", "sarif", "github"] {
            let (code, said) = run(folder.path(), &["check", "--format", format]);
            assert_eq!(code, 1, "{name:?}");
            let bare = said.chars().any(|c| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c));
            assert!(!bare, "{name:?} in {format}: {said:?}");
        }
    }
}

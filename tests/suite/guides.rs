//! Tests the guides in `docs/guides`: their commands are run one by one as they stand there, in an empty folder.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::temp_workspace::{TempWorkspace, put_milepost, run};

/// What the commands of a guide print, block by block, and the folder in which they ran, `work`.
fn followed(name: &str) -> (Vec<String>, TempWorkspace) {
    let guides = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guides");
    let guide = fs::read_to_string(guides.join(name)).unwrap();
    let temp = TempWorkspace::empty();
    for folder in ["bin", "work"] {
        fs::create_dir(temp.path(folder)).unwrap();
    }
    put_milepost(&temp.path("bin/milepost"));
    let path = format!("{}:{}", temp.path("bin").display(), std::env::var("PATH").unwrap());
    let blocks = guide.split("```sh\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
    let said = blocks.map(|block| {
        let mut shell = Command::new("sh");
        let ended = run(shell.current_dir(temp.path("work")).env("PATH", &path).args(["-euc", block]));
        assert_eq!(ended.code, Some(0), "{block}\n{}", ended.said());
        ended.said()
    });
    (said.collect(), temp)
}

#[test]
fn a_framework_of_ones_own_is_imported_and_answered() {
    let (said, temp) = followed("own-framework.md");
    assert!(said.concat().contains("1 Function, 1 control, 1 sub-control, 1 id withdrawn"), "{said:?}");
    assert!(temp.read("work/controls/harbour-rules/gates.toml").contains("Every gate is locked by [time of day]."));
    assert!(temp.path("work/public/2026-Q4/controls/GA-1(1)/index.html").is_file());
}

#[test]
fn a_spreadsheet_becomes_a_first_report() {
    let (said, temp) = followed("first-report.md");
    let [_, empty, _, would, imported, built, back] = said.as_slice() else { panic!("{said:?}") };
    assert!(empty.contains("1 team and 0 answers"), "{empty}");
    assert!(would.ends_with("Would write 12 changes to 5 files.\n"), "{would}");
    assert!(imported.contains("Wrote 12 changes to 5 files."), "{imported}");
    assert!(imported.ends_with("Nothing was changed; 1 thing was left.\n"), "{imported}");
    assert!(built.contains("withheld") && built.contains("unsupported-claim"), "{built}");
    assert!(back.contains("Nothing to do"), "{back}");
    // What the guide says of it: 0 is an answer, and what is open is none.
    assert_eq!(
        temp.read("work/content/2026-Q4/shore/respond.toml"),
        "[RS.MA-01]\nlevel = 0\nnote = \"There is no plan.\"\n"
    );
    let recover = temp.read("work/content/2026-Q4/shore/recover.toml");
    assert_eq!(recover, "[RC.RP-03]\nunknown = \"The provider was not asked yet.\"\n");
    let protect = temp.read("work/content/2026-Q4/shore/protect.toml");
    assert!(protect.contains("level = 3.5\n") && !protect.contains("PR.PS-06"), "{protect}");
    assert!(temp.path("work/public/index.html").is_file());
}

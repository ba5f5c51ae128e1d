//! Tests risks that are named, and Community Profiles beside the gap list: pages say them, and no figure moves.

use serde_json::Value;

use crate::support::temp_workspace::TempWorkspace;

const COMMUNITY: &str = "id = \"ports\"\ntitle = \"Ports Profile\"\nof = \"own\"\nstage = \"draft\"\nsource = \"https://example.org/ports.pdf\"\n\
    sha256 = \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"\n\
    [outcome.HO]\npriority = \"Medium\"\n[outcome.\"HO-2\"]\npriority = \"High\"\nguidance = \"Test **each** crane.\"\n";

/// Two controls below their target of 3, of which a risk, an action and an exception speak.
fn workspace() -> TempWorkspace {
    let workspace = TempWorkspace::empty();
    workspace.put(
        "milepost.toml",
        "[report]\ntitle = \"a\"\nframeworks = [\"own\"]\n[audiences]\nboard = [\"teams\", \"people\", \"links\", \"sources\"]\n\
         [[team]]\nid = \"deck\"\nname = \"Deck Crew\"\n",
    );
    workspace.put("controls/own/framework.toml", "id = \"own\"\ntitle = \"Own\"\nfunctions = [\"HO\"]\n");
    let control = |n: usize| format!("[[control]]\nid = \"HO-{n}\"\ntitle = \"Room {n}\"\noutcome = \"a\"\n");
    workspace.put(
        "controls/own/house.toml",
        format!("id = \"HO\"\ntitle = \"House\"\n{}{}{}", control(1), control(2), control(3)),
    );
    workspace.put(
        "content/profile.toml",
        "[targets]\ndefault = { level = 3, why = \"a\" }\nHO-1 = { level = 3, why = \"a\", risks = [\"R-deck-1\"] }\n\
         [risks.R-deck-1]\ntitle = \"Deck Crew loses its orders\"\nowner = \"Harbour Master\"\nurl = \"https://example.org/r1\"\n\
         appetite = \"At most one day a year.\"\n[risks.R-2]\ntitle = \"Nothing names it\"\n",
    );
    workspace.put(
        "content/actions.toml",
        "[[action]]\nid = \"A-1\"\ncontrol = \"HO-2\"\nteam = \"deck\"\ntitle = \"Paint it\"\ndue = 2026-12-01\nraises_to = 3\nrisks = [\"R-deck-1\"]\n\
         [[exception]]\nid = \"X-1\"\ncontrol = \"HO-1\"\nreason = \"a\"\napproved_by = \"b\"\nexpires = 2026-12-31\nrisks = [\"R-deck-1\"]\n",
    );
    workspace.put("content/2026-Q3/deck/a.toml", "[HO-1]\nlevel = 1\n[HO-2]\nlevel = 1\n[HO-3]\nlevel = 1\n");
    workspace
}

#[test]
fn a_community_profile_is_a_column_and_a_filter_of_the_gap_list_everywhere() {
    let workspace = workspace();
    let gaps = |args: &[&str]| workspace.run(&[&["gaps"], args].concat());
    let json = |args: &[&str]| -> Value {
        serde_json::from_str(&gaps(&[args, &["--format", "json"]].concat()).result()).unwrap()
    };
    let before = json(&[]);
    assert!(!gaps(&[]).result().contains("Community"));
    let none = gaps(&["--community", "ports"]).failure(2);
    assert!(none.contains("there is no Community Profile of own"), "{none}");
    workspace.put("profiles/ports.toml", COMMUNITY);
    // Ranks are what they were, and the cells of each row say the nearest outcome.
    let with = json(&[]);
    let said = |row: &Value| row["communities"][0]["priority"].as_str().unwrap_or_default().to_owned();
    let rows = |list: &Value| list["gaps"].as_array().unwrap().clone();
    let ranks =
        |list: &Value| rows(list).iter().map(|row| format!("{} {}", row["rank"], row["id"])).collect::<Vec<_>>();
    assert_eq!(ranks(&with), ranks(&before));
    assert_eq!(rows(&with).iter().map(said).collect::<Vec<_>>(), ["Medium", "High", "Medium"]);
    assert_eq!(with["gaps"][1]["communities"][0]["guidance"], "Test **each** crane.");
    insta::assert_snapshot!(gaps(&[]).result());
    for priority in ["ports:high", "PORTS: High "] {
        assert_eq!(ranks(&json(&["--community", priority])), ["2 \"HO-2\""]);
    }
    assert_eq!(ranks(&json(&["--community", "ports"])).len(), 3);
    let csv = gaps(&["--format", "csv", "--community", "ports:High"]).result();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].ends_with(",priority,community_priority,community_guidance"), "{csv}");
    assert!(lines.len() == 2 && lines[1].ends_with(",,ports: High,ports: Test **each** crane."), "{csv}");
    assert!(gaps(&["--community", "port"]).failure(2).contains("did you mean `ports`?"));
    assert!(gaps(&["--community", "ports:Low"]).failure(2).contains("no priority `Low`; there are: "));
    // The report's own file is the same list.
    workspace.run(&["build", "--out", "full"]).result();
    let whole = gaps(&["--format", "csv"]).result();
    let sheet = workspace.read("full/data/2026-Q3/gaps.csv");
    assert_eq!(
        sheet.trim_start_matches('\u{feff}').replace("\r\n", "\n"),
        whole.trim_start_matches('\u{feff}').replace("\r\n", "\n")
    );
}

fn page(workspace: &TempWorkspace, path: &str) -> scraper::Html {
    scraper::Html::parse_document(&workspace.read(path))
}

/// The texts of what `selector` finds, with single blanks.
fn texts(page: &scraper::Html, selector: &str) -> Vec<String> {
    let selector = scraper::Selector::parse(selector).unwrap();
    let text = |found: scraper::ElementRef<'_>| {
        found.text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    page.select(&selector).map(text).collect()
}

#[test]
fn a_risk_has_its_controls_and_what_is_planned() {
    let workspace = workspace();
    workspace.run(&["build", "--out", "full"]).result();
    let risks = page(&workspace, "full/2026-Q3/risks/index.html");
    assert_eq!(texts(&risks, "main h2"), ["R-2 Nothing names it", "R-deck-1 Deck Crew loses its orders"]);
    let rows = texts(&risks, "main tbody tr");
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows[0].starts_with("HO-1 Room 1 1.0") && rows[0].contains("X-1"), "{rows:?}");
    assert!(rows[1].starts_with("HO-2 Room 2 1.0") && rows[1].contains("A-1"), "{rows:?}");
    let all = texts(&risks, "main").join(" ");
    for said in ["Owned by Harbour Master.", "At most one day a year.", "2 of 2 controls are below their target."] {
        assert!(all.contains(said), "{all}");
    }
    // The board sees the risk without names of teams and people.
    workspace.run(&["build", "--out", "board", "--audience", "board"]).result();
    let board = workspace.read("board/2026-Q3/risks/index.html");
    for hidden in ["Deck Crew", "R-deck", "Harbour Master", "example.org/r1"] {
        assert!(!board.contains(hidden), "{hidden} is told");
    }
    assert_eq!(texts(&page(&workspace, "board/2026-Q3/risks/index.html"), "main tbody tr").len(), 2);
}

#[test]
fn a_community_profile_adds_a_column_and_moves_nothing() {
    let workspace = workspace();
    // All of them but what the profile says.
    let figures = || {
        let [scores, mut gaps] = ["score", "gaps"].map(|command| -> Value {
            serde_json::from_str(&workspace.run(&[command, "--format", "json"]).result()).unwrap()
        });
        let rows = gaps["gaps"].as_array_mut().unwrap().iter_mut();
        rows.for_each(|row| drop(row.as_object_mut().unwrap().remove("communities")));
        [scores, gaps]
    };
    let before = figures();
    workspace.put("profiles/ports.toml", COMMUNITY);
    assert_eq!(figures(), before);
    workspace.run(&["build", "--out", "full"]).result();
    let gaps = page(&workspace, "full/2026-Q3/gaps/index.html");
    let offered = scraper::Selector::parse("td[data-offers^='ports:']").unwrap();
    let offered: Vec<_> = gaps.select(&offered).map(|cell| cell.attr("data-offers").unwrap()).collect();
    assert_eq!(offered, ["ports:medium", "ports:high", "ports:medium"]);
    let rows = texts(&gaps, "table.cards tbody tr").join("\n");
    assert!(rows.contains("Ports Profile: High Test each crane."), "{rows}");
    let all = texts(&gaps, "main").join(" ");
    assert!(all.contains(", draft"), "{all}");
    // A profile that cannot be used is a warning, and the gap list stands without it.
    workspace.put("profiles/ports.toml", COMMUNITY.replace("of = \"own\"", "of = \"other\""));
    assert!(workspace.run(&["check"]).result().contains("warning[bad-community-profile]"));
    assert_eq!(figures(), before);
}

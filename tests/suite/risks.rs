//! Tests risks that are named, and Community Profiles beside the gap list: pages say them, and no figure moves.

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
    let figures = |format| {
        workspace.run(&["score", "--format", format]).result() + &workspace.run(&["gaps", "--format", format]).result()
    };
    let before = figures("json");
    workspace.put("profiles/ports.toml", COMMUNITY);
    assert_eq!(figures("json"), before);
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
    assert_eq!(figures("json"), before);
}

//! Finds the columns of a profile by their heads, as people and their tools write them.

use crate::exchange::grid::{Grid, Heads, folded};

use super::ProfileColumn;

/// A column that is not one of the template's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extra {
    /// A target level on a foreign scale.
    Maturity,
    /// How urgent the target is.
    Priority,
    /// Whether there is a gap; the scores say so here.
    Gap,
    /// Anything else.
    Other,
}

/// Where each column of a sheet stands.
#[derive(Clone, Debug)]
pub(super) struct ProfileColumns {
    /// The heads of the sheet.
    pub(super) heads: Heads,
    /// The template's columns that are there, each with its number.
    pub(super) known: Vec<(ProfileColumn, u32)>,
    /// The others, each with its head and number.
    pub(super) extra: Vec<(Extra, String, u32)>,
}

impl ProfileColumns {
    /// The number of a column of the template.
    pub(super) fn at(&self, column: ProfileColumn) -> Option<u32> {
        self.known.iter().find(|(known, _)| *known == column).map(|(_, at)| *at)
    }

    /// The first extra column of a kind, with its head.
    pub(super) fn extra(&self, kind: Extra) -> Option<(&str, u32)> {
        self.extra.iter().find(|(extra, ..)| *extra == kind).map(|(_, head, at)| (head.as_str(), *at))
    }
}

/// The heads by which the column of ids is known, as they are compared.
const IDS: [&str; 5] = [
    "csf outcome (function, category, or subcategory)",
    "csf outcome (function, category or subcategory)",
    "csf outcome",
    "csf outcomes",
    "outcome",
];

/// The sheet that holds a profile, and its columns.
///
/// # Errors
/// A sentence: no sheet has the columns, or one of them stands twice.
pub(super) fn find(grids: &[Grid]) -> Result<(&Grid, ProfileColumns), String> {
    let mut twice = None;
    for (grid, id) in grids.iter().flat_map(|grid| IDS.iter().map(move |id| (grid, *id))) {
        let optional: Vec<&str> = ProfileColumn::ALL.into_iter().skip(1).map(ProfileColumn::head).collect();
        match grid.heads(&[id], &optional) {
            Ok(heads) => {
                let columns = columns(heads, id);
                if columns.known.len() > 1 {
                    return Ok((grid, columns));
                }
            }
            Err(why) if why.contains("two columns") => twice = twice.or(Some(why)),
            Err(_) => {}
        }
    }
    let other = grids.iter().any(|grid| {
        grid.heads(&["Subcategory ID"], &[]).or_else(|_| grid.heads(&["Subcategory"], &[])).is_ok()
            || grid.heads(&["ref_id"], &[]).is_ok()
    });
    let hint =
        if other { "; this looks like a table of another tool: milepost import table FILE --as …" } else { "" };
    Err(twice.unwrap_or_else(|| {
        format!(
            "this is no Organizational Profile: no sheet has the columns `CSF Outcome …` and `Current Status`{hint}"
        )
    }))
}

fn columns(heads: Heads, id: &str) -> ProfileColumns {
    let (mut known, mut extra) = (Vec::new(), Vec::new());
    for (head, at) in heads.all() {
        let template = ProfileColumn::ALL.into_iter().find(|column| is_head(*column, head));
        match template {
            _ if head == id => known.push((ProfileColumn::Outcome, at)),
            Some(ProfileColumn::Outcome) => {}
            Some(column) if !known.iter().any(|(one, _)| *one == column) => known.push((column, at)),
            _ => extra.push((kind(head), head.to_owned(), at)),
        }
    }
    known.sort_unstable();
    extra.sort_by_key(|(_, _, at)| *at);
    ProfileColumns { heads, known, extra }
}

/// Whether a head is that of a column: as NIST writes it, or with another mark or without its commas.
fn is_head(column: ProfileColumn, head: &str) -> bool {
    let plain = |text: &str| folded(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    plain(column.head()) == plain(head)
}

fn kind(head: &str) -> Extra {
    match head {
        head if head.starts_with("target maturity") || head.starts_with("target level") || head == "target score" => {
            Extra::Maturity
        }
        head if head == "priority" || head.starts_with("priority (") => Extra::Priority,
        head if head == "gap" || head.starts_with("gap (") => Extra::Gap,
        _ => Extra::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::csv;

    #[test]
    fn columns_are_found_in_any_order_and_edition() {
        let text = "Title\n\nNotes,CSF Outcome,Current  Status,Included in Profile,Target Maturity (1-4),Owner\nok,PR.DS-11,3,Yes,3,x\n";
        let grids = [csv::read(text.as_bytes(), 100).unwrap()];
        let (_, columns) = find(&grids).unwrap();
        assert_eq!(
            columns.known,
            [
                (ProfileColumn::Outcome, 2),
                (ProfileColumn::Included, 4),
                (ProfileColumn::Status, 3),
                (ProfileColumn::Notes, 1)
            ]
        );
        assert_eq!(columns.extra(Extra::Maturity), Some(("target maturity (1-4)", 5)));
        assert_eq!(columns.extra(Extra::Other), Some(("owner", 6)));
    }

    #[test]
    fn a_file_of_another_kind_is_told_apart() {
        let of = |text: &str| find(&[csv::read(text.as_bytes(), 100).unwrap()]).map(drop).unwrap_err();
        assert!(of("a,b\n1,2\n").ends_with("`Current Status`"));
        assert!(of("urn;ref_id;score\n1;2;3\n").contains("milepost import table"));
        assert!(of("CSF Outcome,Notes,Notes\nGV,1,2\n").contains("two columns `notes`"));
    }
}

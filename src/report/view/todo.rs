//! What a team has to do, as its page shows it: the same list as `milepost todo` prints.

use serde::Serialize;

use super::{Link, Markup, Report};
use crate::model::ids::{QuarterId, TeamId};
use crate::model::strings::Strings;
use crate::score::todo::{self, Task, TaskKind, Todo, Write};

/// The to-do list of a team.
#[derive(Debug, Serialize)]
pub(super) struct TodoView {
    /// What ends or is due by this day is in the list.
    until: String,
    /// Whether answers of the quarter can still be given.
    open: bool,
    closes: String,
    /// The kinds of tasks in the list, in the order in which each first stands there.
    kinds: Vec<TaskKindCount>,
    tasks: Vec<TaskView>,
}

/// How many tasks of a kind there are.
#[derive(Debug, Serialize)]
pub(super) struct TaskKindCount {
    /// The anchor of the first.
    anchor: String,
    words: String,
}

/// One thing to do.
#[derive(Debug, Serialize)]
pub(super) struct TaskView {
    /// The word for the kind in data.
    kind: &'static str,
    /// The anchor of the first task of its kind; empty for the others.
    anchor: String,
    title: String,
    control: Link,
    /// The action or the exception.
    plan: Option<Link>,
    why: Markup,
    due: String,
    /// The same day as data has it.
    due_iso: String,
    write: Option<WriteView>,
    /// Whether the next task asks for the same lines, which are shown there.
    same_as_next: bool,
}

/// What to write where.
#[derive(Debug, Serialize)]
pub(super) struct WriteView {
    /// The file, and the line in it.
    at: String,
    /// The same, if it leads to the file.
    file: Option<Markup>,
    how: String,
    lines: String,
}

/// Makes the to-do list of a team in quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId, team: TeamId) -> TodoView {
    let (quarter, strings) = (report.quarter(q), report.strings());
    let todo = todo::todo(quarter, team, strings);
    TodoView {
        until: strings.day(todo.until),
        open: quarter.is_open(),
        closes: strings.day(quarter.closes()),
        kinds: kinds(strings, &todo),
        tasks: (0..todo.tasks.len()).map(|at| task(report, &todo, at)).collect(),
    }
}

fn kinds(strings: &Strings, todo: &Todo<'_>) -> Vec<TaskKindCount> {
    let first = |kind: TaskKind| todo.tasks.iter().position(|task| task.kind == kind);
    let mut kinds: Vec<(usize, TaskKind)> =
        TaskKind::ALL.into_iter().filter_map(|kind| Some((first(kind)?, kind))).collect();
    kinds.sort_unstable();
    let count = |(_, kind): (usize, TaskKind)| TaskKindCount {
        anchor: anchor(kind),
        words: kind.counted(todo.count(kind), strings),
    };
    kinds.into_iter().map(count).collect()
}

fn task(report: Report<'_>, todo: &Todo<'_>, at: usize) -> TaskView {
    let (q, strings) = (todo.quarter.id, report.strings());
    let Task { kind, control, plan, why, due, write } = &todo.tasks[at];
    let is_first = todo.tasks[..at].iter().all(|task| task.kind != *kind);
    let next = todo.tasks.get(at + 1).and_then(|next| next.write.as_ref());
    TaskView {
        kind: kind.name(),
        anchor: if is_first { anchor(*kind) } else { String::new() },
        title: kind.title(strings),
        control: report.control_link(q, *control),
        plan: plan.as_ref().map(|id| Link::new(id, "", report.planned(q, id))),
        why: report.words(why),
        due: strings.day(*due),
        due_iso: due.to_string(),
        write: write.as_ref().map(|write| WriteView::of(report, write)),
        same_as_next: write.is_some() && write.as_ref() == next,
    }
}

fn anchor(kind: TaskKind) -> String {
    format!("todo-{}", kind.name())
}

impl WriteView {
    /// What to write where, as pages show it.
    pub(super) fn of(report: Report<'_>, write: &Write) -> Self {
        let line = write.line.map(|line| format!(":{line}")).unwrap_or_default();
        let at = format!("{}{line}", write.path);
        let file = report.shows(&write.path).then(|| report.file(&write.path, &at));
        Self { at, file, how: write.how.clone(), lines: write.lines.clone() }
    }
}

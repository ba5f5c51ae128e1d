//! Prints to-do lists of teams: for terminals, for chat and tickets, and for scripts.

use serde::Serialize;

use super::table::Style;
use crate::border::{Shown, json, markdown};
use crate::score::ScoredQuarter;
use crate::score::todo::{Task, TaskKind, Todo, Write};

/// The lists as text or Markdown.
pub fn lists(todos: &[Todo<'_>], style: Style) -> Shown {
    let mut out = Shown::default();
    for (at, todo) in todos.iter().enumerate() {
        if at > 0 {
            out += &Shown::line("");
        }
        out += &list(todo, style);
    }
    out
}

fn list(todo: &Todo<'_>, style: Style) -> Shown {
    let quarter = todo.quarter;
    let team = &quarter.assessment.team(todo.team).name;
    let mut out = style.title(&format!("{team}, {}: {} to do", quarter.name(), todo.tasks.len()));
    out += &style.line(&summary(todo));
    for (at, task) in todo.tasks.iter().enumerate() {
        let next = todo.tasks.get(at + 1).and_then(|next| next.write.as_ref());
        // If several tasks in a row ask for the same lines, the lines are printed once, after the last task.
        let write = task.write.as_ref().filter(|write| next != Some(*write));
        out += &entry(quarter, at + 1, task, style);
        out += &write.map(|write| lines(write, style)).unwrap_or_default();
    }
    out
}

/// How many tasks there are of each kind, and what the list goes up to.
fn summary(todo: &Todo<'_>) -> String {
    let (quarter, words) = (todo.quarter, &todo.quarter.assessment.english);
    let kinds = TaskKind::ALL.map(|kind| (kind, todo.count(kind)));
    let counts: Vec<String> =
        kinds.into_iter().filter(|(_, count)| *count > 0).map(|(kind, count)| kind.counted(count, words)).collect();
    let counts = if counts.is_empty() { "Nothing is open".to_owned() } else { counts.join(", ") };
    let closed = if quarter.is_open() {
        String::new()
    } else {
        format!(" {} is closed: this is how it stood on {}.", quarter.name(), quarter.closes())
    };
    format!("{counts}. Evidence, actions and exceptions are looked at until {}.{closed}", todo.until)
}

fn entry(quarter: ScoredQuarter<'_>, number: usize, task: &Task, style: Style) -> Shown {
    let control = quarter.control(task.control);
    let name = format!("{} {}", control.called.name(), control.title);
    let what = format!("{}, by {}", task.kind.title(&quarter.assessment.english), task.due);
    match style {
        Style::Text => {
            Shown::lines(&format!("\n{number}. {}", style.inline(&format!("{name}: {what}"))))
                + &Shown::line(&format!("   {}", style.inline(&task.why)))
        }
        Style::Markdown => {
            let [name, what, why] = [&name, &what, &task.why].map(|text| style.inline(text));
            Shown::lines(&format!("\n- [ ] **{name}**: {what}. {why}"))
        }
    }
}

/// What to write where.
fn lines(write: &Write, style: Style) -> Shown {
    let line = write.line.map(|line| format!(":{line}")).unwrap_or_default();
    let place = style.inline(&format!("{}{line}: {}", write.path, write.how));
    let indented = |text: &str, blanks: &str| -> Shown {
        text.lines().map(|line| Shown::line(format!("{blanks}{line}").trim_end())).collect()
    };
    match style {
        Style::Text => Shown::line(&format!("   {place}")) + &indented(&write.lines, "     "),
        Style::Markdown => {
            Shown::lines(&format!("\n  {place}\n\n")) + &indented(&markdown::block("toml", &write.lines), "  ")
        }
    }
}

#[derive(Serialize)]
struct TodosJson<'a> {
    quarter: String,
    /// The quarter's last day.
    closes: String,
    open: bool,
    teams: Vec<TodoJson<'a>>,
}

#[derive(Serialize)]
struct TodoJson<'a> {
    team: &'a str,
    name: &'a str,
    /// What ends or is due by this day is in the list.
    until: String,
    tasks: Vec<TaskJson<'a>>,
}

#[derive(Serialize)]
struct TaskJson<'a> {
    kind: &'static str,
    control: &'a str,
    title: &'a str,
    /// The id of the action or the exception.
    plan: Option<&'a str>,
    why: &'a str,
    due: String,
    write: Option<WriteJson<'a>>,
}

#[derive(Serialize)]
struct WriteJson<'a> {
    path: &'a str,
    line: Option<usize>,
    how: &'a str,
    lines: &'a str,
}

/// The lists as JSON.
pub fn json(quarter: ScoredQuarter<'_>, todos: &[Todo<'_>]) -> Shown {
    let teams = todos.iter().map(|todo| {
        let team = quarter.assessment.team(todo.team);
        let tasks = todo.tasks.iter().map(|task| TaskJson::of(quarter, task)).collect();
        TodoJson { team: &team.id, name: &team.name, until: todo.until.to_string(), tasks }
    });
    json::print(&TodosJson {
        quarter: quarter.name().to_string(),
        closes: quarter.closes().to_string(),
        open: quarter.is_open(),
        teams: teams.collect(),
    })
}

impl<'a> TaskJson<'a> {
    fn of(quarter: ScoredQuarter<'a>, task: &'a Task) -> Self {
        let control = quarter.control(task.control);
        let write =
            |write: &'a Write| WriteJson { path: &write.path, line: write.line, how: &write.how, lines: &write.lines };
        Self {
            kind: task.kind.name(),
            control: control.called.name(),
            title: &control.title,
            plan: task.plan.as_deref(),
            why: &task.why,
            due: task.due.to_string(),
            write: task.write.as_ref().map(write),
        }
    }
}

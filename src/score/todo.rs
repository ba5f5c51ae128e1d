//! What a team has to do in a quarter, the most urgent first: each with its reason, and with what to write where.

use std::collections::BTreeMap;
use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::base::layout::{EvidencePath, beside};
use crate::base::link::is_name;
use crate::base::place::Origin;
use crate::border::toml::dotted;
use crate::model::assessment::ControlRules;
use crate::model::blank;
use crate::model::catalog::Node;
use crate::model::evidence::{Answer, Attestation, Item, Kind, Renewal, State};
use crate::model::ids::{AnswerId, CategoryId, ControlId, FunctionId, TeamId};
use crate::model::plan::{Action, Exception};
use crate::model::settings::Hidden;
use crate::model::strings::Strings;
use crate::score::answer::{Carried, called};
use crate::score::{AnswerLevels, ScoredQuarter};

/// The to-do list of a team.
#[derive(Clone, Debug)]
pub struct Todo<'a> {
    /// The quarter that it is about.
    pub quarter: ScoredQuarter<'a>,
    /// The team.
    pub team: TeamId,
    /// The last day of the next quarter: what ends or is due by then is in the list.
    pub until: Date,
    /// The tasks: by due day, then by kind, then in the order of the catalogs and of the plan.
    pub tasks: Vec<Task>,
}

/// One thing to do.
#[derive(Clone, Debug)]
pub struct Task {
    /// What kind of thing it is.
    pub kind: TaskKind,
    /// The control that it is about.
    pub control: ControlId,
    /// The action or the exception that it is about; `None` for what is about an answer.
    pub plan: Option<String>,
    /// Why it is to be done, in a sentence.
    pub why: String,
    /// The day by which it is to be done.
    pub due: Date,
    /// What to write where; `None` in a quarter that is closed, and where paths may not be seen.
    pub write: Option<Write>,
}

/// The kinds of tasks; of those that are due on the same day, the first come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskKind {
    /// The team gave no answer.
    Unanswered,
    /// The team answered that nobody knows.
    Unknown,
    /// Current evidence does not support the claim.
    Unsupported,
    /// The answer was taken over from an earlier quarter.
    Carried,
    /// An open action is due.
    Action,
    /// An accepted gap is accepted no longer.
    Exception,
    /// Evidence will be too old at the end of the next quarter.
    Expiring,
}

impl TaskKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Unanswered,
        Self::Unknown,
        Self::Unsupported,
        Self::Carried,
        Self::Action,
        Self::Exception,
        Self::Expiring,
    ];

    /// The word for the kind in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unanswered => "unanswered",
            Self::Unknown => "unknown",
            Self::Unsupported => "unsupported",
            Self::Carried => "carried",
            Self::Action => "action",
            Self::Exception => "exception",
            Self::Expiring => "expiring",
        }
    }

    /// So many tasks of the kind, in words.
    pub fn counted(self, count: usize, words: &Strings) -> String {
        let key = match self {
            Self::Unanswered => "todo.unanswered_count",
            Self::Unknown => "todo.unknown_count",
            Self::Unsupported => "todo.unsupported_count",
            Self::Carried => "todo.carried_count",
            Self::Action => "todo.action_count",
            Self::Exception => "todo.exception_count",
            Self::Expiring => "todo.expiring_count",
        };
        words.say(key, &[("n", &count)])
    }

    /// The kind in words.
    pub fn title(self, words: &Strings) -> String {
        words.word(match self {
            Self::Unanswered => "todo.unanswered",
            Self::Unknown => "todo.unknown",
            Self::Unsupported => "todo.unsupported",
            Self::Carried => "todo.carried",
            Self::Action => "todo.action",
            Self::Exception => "todo.exception",
            Self::Expiring => "todo.expiring",
        })
    }
}

/// What to write where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The file, relative to the workspace's root.
    pub path: String,
    /// The line where it is about; `None` for the file itself, which may not be there yet.
    pub line: Option<usize>,
    /// What to do with the lines, in a few words.
    pub how: String,
    /// The lines to paste, as TOML. What a person has to fill in is empty.
    pub lines: String,
}

impl Todo<'_> {
    /// How many tasks of a kind there are.
    pub fn count(&self, kind: TaskKind) -> usize {
        self.tasks.iter().filter(|task| task.kind == kind).count()
    }
}

/// The to-do list of each team that is asked in a quarter, in their order, in `words`.
pub fn todos<'a>(quarter: ScoredQuarter<'a>, words: &'a Strings) -> impl Iterator<Item = Todo<'a>> {
    let teams = quarter.settings().teams.entries().filter(move |(_, team)| team.asked_in(quarter.name()));
    teams.map(move |(team, _)| todo(quarter, team, words))
}

/// The to-do list of one team, in `words`.
pub fn todo<'a>(quarter: ScoredQuarter<'a>, team: TeamId, words: &'a Strings) -> Todo<'a> {
    let until = quarter.ends_next();
    let files = AnswerFiles::of(quarter, team, quarter_folder(quarter).as_deref());
    let list = TaskList { quarter, team, until, files, words };
    let mut tasks: Vec<Task> = list.asked().filter_map(|id| list.unanswered(id)).collect();
    let answers = list.asked().filter_map(|id| Some((id, quarter.answer(id)?)));
    tasks.extend(answers.flat_map(|(id, answer)| list.of_answer(id, answer)));
    let plan = &quarter.assessment.plan;
    tasks.extend(plan.actions.iter().filter_map(|action| list.action(action)));
    tasks.extend(plan.exceptions.iter().filter_map(|exception| list.exception(exception)));
    // What is equal keeps the order of the catalogs and of the plan.
    tasks.sort_by_key(|task| (task.due, task.kind));
    Todo { quarter, team, until, tasks }
}

impl ScoredQuarter<'_> {
    /// The last day of the next quarter.
    pub fn ends_next(self) -> Date {
        let assessment = &self.assessment;
        let next = assessment.quarters.after(self.id).map(|next| assessment.in_quarter(next).closes());
        next.unwrap_or_else(|| self.name().next().last_day())
    }
}

/// What to write where for a control that teams have not answered, by team, in `words`.
pub fn to_answer(quarter: ScoredQuarter<'_>, control: ControlId, words: &Strings) -> BTreeMap<TeamId, Write> {
    let owed = quarter.teams_asked(control).map(|team| control.of(team)).filter(|id| quarter.is_owed(*id));
    let mut missing = owed
        .filter(|id| quarter.answer(*id).is_none())
        .map(|id| id.team)
        .filter(|_| quarter.is_open() && quarter.exclusion(control).is_none())
        .peekable();
    let folder = missing.peek().and_then(|_| quarter_folder(quarter));
    let write = |team| {
        let files = AnswerFiles::of(quarter, team, folder.as_deref());
        let list = TaskList { quarter, team, until: quarter.closes(), files, words };
        Some((team, list.unanswered(control.of(team))?.write?))
    };
    missing.filter_map(write).collect()
}

/// A list while it is made.
struct TaskList<'a> {
    quarter: ScoredQuarter<'a>,
    team: TeamId,
    until: Date,
    files: AnswerFiles<'a>,
    words: &'a Strings,
}

impl<'a> TaskList<'a> {
    /// What the team is asked for and the profile does not exclude.
    fn asked(&self) -> impl Iterator<Item = AnswerId> {
        let (quarter, team) = (self.quarter, self.team);
        let controls = quarter.assessment.frameworks.iter().flat_map(|framework| framework.controls.ids());
        let asked = controls.map(move |control| control.of(team)).filter(move |id| quarter.is_asked(*id));
        asked.filter(move |id| quarter.exclusion(id.control).is_none())
    }

    /// A task that is due when the quarter closes.
    fn at_close(&self, kind: TaskKind, id: AnswerId, why: String, write: Option<Write>) -> Task {
        Task { kind, control: id.control, plan: None, why, due: self.quarter.closes(), write }
    }

    /// What to write, if this can still be written and its place may be seen.
    fn write(&self, path: Option<&str>, line: Option<usize>, how: &str, lines: String) -> Option<Write> {
        let is_hidden = self.quarter.assessment.hidden.contains(&Hidden::Sources);
        let path = path.filter(|path| !path.is_empty() && self.quarter.is_open() && !is_hidden)?;
        Some(Write { path: path.to_owned(), line, how: how.to_owned(), lines })
    }

    fn write_at(&self, origin: &Origin, how: &str, lines: String) -> Option<Write> {
        self.write(Some(&origin.place.path), Some(origin.line), how, lines)
    }

    /// The table of a control, still empty.
    fn blank(&self, control: ControlId) -> String {
        blank::answer(self.quarter.assessment, self.quarter.settings(), self.quarter.control(control))
    }

    /// The name of a control's table.
    fn table(&self, control: ControlId) -> String {
        format!("[{}]", dotted(self.quarter.control(control).called.name()))
    }

    fn unanswered(&self, id: AnswerId) -> Option<Task> {
        if self.quarter.answer(id).is_some() || !self.quarter.is_owed(id) {
            return None;
        }
        let path = self.files.place_of(self.quarter, id);
        let write = self.write(path.as_deref(), None, &self.words.word("task.add"), self.blank(id.control));
        let why = self.words.say("task.unanswered", &[("quarter", &self.quarter.name())]);
        Some(self.at_close(TaskKind::Unanswered, id, why, write))
    }

    /// The tasks that an answer makes.
    fn of_answer(&self, id: AnswerId, answer: &'a Answer) -> impl Iterator<Item = Task> {
        let levels = self.quarter.levels(id);
        let unsupported = levels.and_then(|levels| self.unsupported(id, answer, levels));
        let expiring = levels.and_then(|levels| self.expiring(id, answer, levels));
        let tasks = [self.unknown(id, answer), unsupported, self.carried(id, answer), expiring];
        tasks.into_iter().flatten()
    }

    fn unknown(&self, id: AnswerId, answer: &Answer) -> Option<Task> {
        let State::Unknown { why } = &answer.state else { return None };
        let how = self.words.say("task.replace", &[("table", &self.table(id.control))]);
        let write = self.write_at(&answer.origin, &how, self.blank(id.control));
        let why = self.words.say("task.unknown", &[("why", &sentence(why))]);
        Some(self.at_close(TaskKind::Unknown, id, why, write))
    }

    fn unsupported(&self, id: AnswerId, answer: &Answer, levels: AnswerLevels) -> Option<Task> {
        let words = self.words;
        let shortfall = self.quarter.shortfall(id, levels, words)?;
        // What meets the last need of the claimed level most often meets those below it too.
        let scale = &self.quarter.settings().scale;
        let unmet = self.quarter.unmet(id).filter(|need| scale.lowest_with(need.from) <= levels.claimed);
        let kind = unmet.max_by_key(|need| need.from).and_then(|need| need.any_of.first());
        let kind = kind.copied().unwrap_or(Kind::Record);
        let values: [(&str, &dyn fmt::Display); 4] = [
            ("claimed", &words.level(levels.claimed)),
            ("supported", &words.level(levels.supported)),
            ("why", &shortfall.why),
            ("needed", &shortfall.needed),
        ];
        let why = words.say("task.unsupported", &values);
        Some(self.at_close(TaskKind::Unsupported, id, why, self.write_evidence(id, answer, kind)))
    }

    /// Where to add an item of evidence to an answer.
    fn write_evidence(&self, id: AnswerId, answer: &Answer, kind: Kind) -> Option<Write> {
        let table = self.table(id.control);
        if answer.evidence.is_empty() {
            let how = self.words.say("task.add_to", &[("table", &table)]);
            return self.write_at(&answer.origin, &how, blank::evidence(kind));
        }
        let how = self.words.say("task.add_to_evidence", &[("table", &table)]);
        self.write_at(&answer.origin, &how, format!("{},\n", blank::item(kind)))
    }

    fn carried(&self, id: AnswerId, answer: &Answer) -> Option<Task> {
        let Carried { since, .. } = self.quarter.carried(id)?;
        let is_own = answer.attested.as_ref().is_some_and(|attested| attested.of_answer);
        let closes = self.quarter.closes();
        let late = answer.attested.as_ref().and_then(|attested| attested.late(closes));
        let is_copied = answer.renewal == Renewal::Copied;
        let why = match (is_copied, late) {
            (true, None) => "task.copied",
            (true, Some(_)) => "task.copied_late",
            (false, None) => "task.carried",
            (false, Some(_)) => "task.carried_late",
        };
        let how = match (is_copied, is_own) {
            (true, false) => "task.attest",
            (true, true) => "task.attest_own",
            (false, false) => "task.attest_marked",
            (false, true) => "task.attest_own_marked",
        };
        let day = late.map(|late| self.words.day(late)).unwrap_or_default();
        let last = self.words.day(Attestation::last_day(closes));
        let values: [(&str, &dyn fmt::Display); 3] = [("quarter", &since), ("day", &day), ("last", &last)];
        let (why, how) = (self.words.say(why, &values), self.words.word(how));
        let by = answer.attested.as_ref().map_or("", |attested| attested.by.as_str());
        let line = is_own.then_some(answer.origin.line);
        let write = self.write(Some(&answer.origin.place.path), line, &how, blank::attested(by));
        Some(self.at_close(TaskKind::Carried, id, why, write))
    }

    /// The evidence of an answer that is current now and too old at the end of the next quarter, by the rules of that quarter.
    fn expiring(&self, id: AnswerId, answer: &'a Answer, levels: AnswerLevels) -> Option<Task> {
        let (words, next) = (self.words, self.quarter.name().next());
        let assessment = self.quarter.assessment;
        let control = &assessment.frameworks_in(next)[id.control.framework()].controls[id.control];
        let rules = ControlRules { settings: assessment.settings_in(next), control, quarter: next };
        if !control.lifetime.holds(next) || !assessment.team(self.team).asked_in(next) {
            return None;
        }
        let is_old = |item: &Item| item.period.age(self.until) > rules.max_age();
        let current = answer.evidence.iter().filter(|item| !self.quarter.is_stale(id.control, item));
        let mut expiring: Vec<&Item> = current.filter(|item| is_old(item)).collect();
        expiring.sort_by_key(|item| item.period.to);
        let first = expiring.first()?;
        let last_day = |item: &Item| item.period.to.saturating_add(rules.max_age().days());
        let names: Vec<String> = expiring.iter().map(|item| called(item, words)).collect();
        let met = |kind: &Kind| self.quarter.evidence_for(id).any(|item| item.kind == *kind && !is_old(item));
        let unmet = rules.needs().iter().filter(|need| !need.any_of.iter().any(met));
        let cap = unmet.map(|need| rules.settings.scale.highest_without(need.from)).min();
        let cap = cap.filter(|cap| *cap < levels.supported);
        let key = if cap.is_some() { "task.expiring" } else { "task.expiring_unneeded" };
        let due = last_day(first).max(self.quarter.closes());
        let values: [(&str, &dyn fmt::Display); 4] = [
            ("day", &words.day(self.until)),
            ("n", &rules.max_age()),
            ("items", &words.first_of(&names)),
            ("level", &cap.map(|cap| words.level(cap)).unwrap_or_default()),
        ];
        let why = words.say(key, &values);
        let write = self.write_evidence(id, answer, first.kind);
        Some(Task { due, ..self.at_close(TaskKind::Expiring, id, why, write) })
    }

    fn action(&self, action: &Action) -> Option<Task> {
        let (closes, id) = (self.quarter.closes(), self.quarter.followed(action.answer));
        if id.team != self.team || !action.is_open_on(closes) || action.due > self.until {
            return None;
        }
        let words = self.words;
        let values: [(&str, &dyn fmt::Display); 5] = [
            ("id", &action.id),
            ("title", &line_of(&action.title)),
            ("day", &words.day(action.due)),
            ("status", &words.status(action.status_on(closes))),
            ("level", &words.level(action.raises_to)),
        ];
        let why = words.say(if action.is_overdue_on(closes) { "task.overdue" } else { "task.action" }, &values);
        let lines = "status = \"done\"\nclosed = \n".to_owned();
        let write = self.write_at(&action.origin, &words.word("task.when_done"), lines);
        let (kind, plan) = (TaskKind::Action, Some(action.id.clone()));
        Some(Task { kind, control: id.control, plan, why, due: action.due, write })
    }

    fn exception(&self, exception: &Exception) -> Option<Task> {
        let (closes, control) = (self.quarter.closes(), exception.control);
        let speaks = exception.team.is_none_or(|team| self.quarter.team_here(team) == self.team);
        let ends = exception.was_known(closes) && exception.expires <= self.until;
        if !speaks || !ends || !self.quarter.is_asked(control.of(self.team)) {
            return None;
        }
        let (words, is_expired) = (self.words, exception.is_expired_on(closes));
        let (day, reason) = (words.day(exception.expires), sentence(&exception.reason));
        let values: [(&str, &dyn fmt::Display); 3] = [("id", &exception.id), ("day", &day), ("reason", &reason)];
        let why = words.say(if is_expired { "task.expired" } else { "task.exception" }, &values);
        let write = self.write_at(&exception.origin, &words.word("task.decide"), "expires = \n".to_owned());
        let plan = Some(exception.id.clone());
        Some(Task { kind: TaskKind::Exception, control, plan, why, due: exception.expires, write })
    }
}

/// An author's text in one line.
fn line_of(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An author's text as the end of a sentence.
fn sentence(text: &str) -> String {
    let text = line_of(text);
    if text.ends_with(['.', '!', '?', '…', '。']) { text } else { format!("{text}.") }
}

/// Where a team writes its answers in a quarter.
pub(crate) struct AnswerFiles<'a> {
    categories: BTreeMap<CategoryId, &'a str>,
    functions: BTreeMap<FunctionId, &'a str>,
    /// The team's folder, whether it is there or not.
    folder: Option<String>,
}

impl<'a> AnswerFiles<'a> {
    /// `folder` is that of the quarter.
    pub(crate) fn of(quarter: ScoredQuarter<'a>, team: TeamId, folder: Option<&str>) -> Self {
        let (mut categories, mut functions) = (BTreeMap::new(), BTreeMap::new());
        for framework in &quarter.assessment.frameworks {
            for control in framework.controls.ids() {
                let answer = quarter.answer(control.of(team));
                let Some(answer) = answer.filter(|_| quarter.exclusion(control).is_none()) else { continue };
                let path = &*answer.origin.place.path;
                functions.entry(framework.function_of(control)).or_insert(path);
                if let Some(category) = framework.category_of(control) {
                    categories.entry(category).or_insert(path);
                }
            }
        }
        let folder = folder.map(|folder| format!("{folder}/{}", quarter.assessment.team(team).id));
        Self { categories, functions, folder }
    }

    /// The file for an answer that is not there yet: the one with the team's other answers of the Category or the Function, or else a
    /// new one, called after the Function.
    pub(crate) fn place_of(&self, quarter: ScoredQuarter<'_>, id: AnswerId) -> Option<String> {
        let framework = quarter.framework(id.control.framework());
        let function = framework.function_of(id.control);
        let category = framework.category_of(id.control).and_then(|category| self.categories.get(&category));
        if let Some(path) = category.or_else(|| self.functions.get(&function)) {
            return Some((*path).to_owned());
        }
        let title = framework.functions[function].title.to_lowercase().replace(' ', "-");
        let slug = || framework.called(Node::Function(function)).slug().to_lowercase();
        let name = if is_name(&title) { title } else { slug() };
        self.folder.as_ref().map(|folder| format!("{folder}/{name}.toml"))
    }
}

/// The folder of a quarter, where some team's answers of it lie; or else beside that of an earlier quarter.
fn quarter_folder(quarter: ScoredQuarter<'_>) -> Option<String> {
    let folder_of = |at: ScoredQuarter<'_>| {
        let folder = |answer: &Answer| {
            let evidence = EvidencePath::of(&answer.origin.place.path)?;
            (evidence.quarter() == Some(at.name())).then(|| beside(evidence.folder, quarter.name()))
        };
        at.answers().answers.iter().flatten().find_map(folder)
    };
    let mut quarters = std::iter::successors(Some(quarter), |quarter| quarter.quarter_before());
    quarters.find_map(folder_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::place::Place;
    use crate::model::assessment::Assessment;
    use crate::model::assessment::tests::{assessment as assessment_of, framework, quarter};
    use crate::model::evidence::Period;
    use crate::model::settings::tests::settings;
    use crate::score::score;

    /// One team and three controls, with an item of evidence of this day for the last.
    fn assessment(said: &[&str], day: &str) -> Assessment {
        let controls = [("A.X-1", 1), ("A.X-2", 1), ("B.X-1", 1)];
        let (settings, frameworks) = (settings(&[("deck", 1)]), vec![framework("own", &controls)]);
        let mut assessment = assessment_of(settings, frameworks, vec![quarter("2026-Q3", said)]);
        let day = day.parse().unwrap();
        let origin = Origin { place: Place::file("content/2026-Q3/deck/b.toml"), line: 7 };
        let (kind, title, period) = (Kind::Test, "Drill".into(), Period { from: day, to: day });
        let item = Item { kind, title, period, url: "".into(), artifact: None, collected: None, origin };
        let last = assessment.quarters.iter_mut().next().unwrap().answers.iter_mut().last().unwrap();
        last.as_mut().unwrap().evidence.push(item);
        assessment
    }

    fn told(assessment: Assessment) -> Vec<String> {
        let scored = score(assessment);
        let todo = todos(scored.newest(), &scored.assessment.english).next().unwrap();
        let row = |task: &Task| format!("{} {} {}", task.due, task.kind.name(), todo.quarter.control(task.control).id);
        todo.tasks.iter().map(row).collect()
    }

    #[test]
    fn what_is_due_first_comes_first_then_the_kind_then_the_catalog() {
        let said = ["?", "-", "1"];
        let wanted = ["2026-09-30 unanswered A.X-2", "2026-09-30 unknown A.X-1", "2026-12-30 expiring B.X-1"];
        assert_eq!(told(assessment(&said, "2025-12-30")), wanted);
        let unsupported = ["2026-09-30 unsupported A.X-1", "2026-09-30 unsupported A.X-2", "2026-12-30 expiring B.X-1"];
        assert_eq!(told(assessment(&["3", "2", "4"], "2025-12-30")), unsupported);
    }

    #[test]
    fn evidence_expires_if_it_is_current_now_and_too_old_a_quarter_later() {
        let expires = |day| told(assessment(&["1", "1", "1"], day));
        assert_eq!(expires("2025-12-31"), [""; 0]);
        assert_eq!(expires("2025-12-30"), ["2026-12-30 expiring B.X-1"]);
        assert_eq!(expires("2025-09-30"), ["2026-09-30 expiring B.X-1"]);
        // It is too old already, and no level here needs it.
        assert_eq!(expires("2025-09-29"), [""; 0]);
    }

    #[test]
    fn a_new_answer_goes_to_the_file_of_its_category_or_to_one_of_its_function() {
        let place = |said: &[&str]| {
            let mut assessment = assessment(said, "2026-09-01");
            let answers = assessment.quarters.iter_mut().next().unwrap().answers.iter_mut();
            for (answer, file) in answers.zip(["one", "two", "three"]) {
                let place = Place::file(&format!("a/2026-Q3/deck/{file}.toml"));
                answer.iter_mut().for_each(|answer| answer.origin.place = place.clone());
            }
            let scored = score(assessment);
            let todo = todos(scored.newest(), &scored.assessment.english).next().unwrap();
            let first = todo.tasks.iter().find(|task| task.kind == TaskKind::Unanswered).unwrap();
            let Write { path, line, lines, .. } = first.write.clone().unwrap();
            assert_eq!((line, lines.starts_with(&format!("[{}]\nlevel = \n", "A.X-1"))), (None, true));
            path
        };
        assert_eq!(place(&["-", "2", "1"]), "a/2026-Q3/deck/two.toml");
        assert_eq!(place(&["-", "-", "1"]), "a/2026-Q3/deck/a.toml");
    }
}

//! Checks `actions.toml`: every action and exception names an existing control and team, and its dates are consistent.

use std::collections::BTreeMap;

use super::fields::Fields;
use super::names::Names;
use super::risks;
use super::syntax::Parsed;
use super::terms::{TEAM_HELP, named_team, report_level};
use crate::base::layout::ACTIONS_FILE;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::workspace::Workspace;
use crate::model::assessment::Assessment;
use crate::model::ids::{ControlId, TeamId};
use crate::model::plan::{Action, Exception, Plan, Status};
use crate::model::settings::Scale;

struct ActionsReader<'a> {
    assessment: &'a Assessment,
    names: &'a Names,
    /// Each id read so far, and its place.
    ids: BTreeMap<String, Place>,
}

/// Reads the plan. A missing file gives an empty plan.
pub(super) fn read(workspace: &Workspace, assessment: &Assessment, names: &Names, found: &mut Diagnostics) -> Plan {
    let mut plan = Plan::default();
    let mut reader = ActionsReader { assessment, names, ids: BTreeMap::new() };
    for folder in workspace.patterns.profile_folders() {
        let Some(parsed) = Parsed::new(workspace, &format!("{folder}/{ACTIONS_FILE}")) else { continue };
        parsed.read(found, |mut fields| {
            plan.actions.extend(fields.tables("action", |table| reader.action(table)));
            plan.exceptions.extend(fields.tables("exception", |table| reader.exception(table)));
            fields.finish();
        });
    }
    plan
}

impl ActionsReader<'_> {
    fn action(&mut self, mut fields: Fields<'_, '_>) -> Option<Action> {
        let id = self.id(&mut fields);
        let control = self.control(&mut fields);
        let team = self.team(&mut fields, true);
        let title = fields.required_text("title", "say what is done");
        let owner = fields.text_or_empty("owner");
        let effort = fields.text_or_empty("effort");
        let opened = fields.date("opened").map(|date| date.value);
        let due = fields.date("due").map(|due| due.value);
        fields.require("due", "write the day by which it is to be done: due = 2026-12-31");
        let status = status(&mut fields);
        let raises_to = fields.level("raises_to", Code::BadLevel);
        fields.require("raises_to", "say to which level it raises the team's answer");
        if let Some(level) = raises_to.as_ref().filter(|level| !self.scales().any(|scale| scale.holds(level.value))) {
            self.scales().last().into_iter().for_each(|scale| report_level(&mut fields, level, scale));
        }
        if let (Some(opened), Some(Status::Done(closed) | Status::Dropped(closed))) = (opened, status)
            && closed < opened
        {
            let span = fields.key_span("closed").unwrap_or_default();
            let message = format!("it was closed on {closed}, before it was opened on {opened}");
            fields.report(Code::BadValue, &span, message).help.push("mend `opened` or `closed`".to_owned());
        }
        let risks = risks::named(&mut fields);
        let place = fields.place();
        let origin = fields.origin(&(place.start..place.end));
        fields.finish();
        Some(Action {
            id: id?,
            answer: control?.of(team??),
            title: title?.value,
            owner,
            effort,
            opened,
            due: due?,
            status: status?,
            raises_to: raises_to?.value,
            risks,
            origin,
        })
    }

    fn exception(&mut self, mut fields: Fields<'_, '_>) -> Option<Exception> {
        let id = self.id(&mut fields);
        let control = self.control(&mut fields);
        let team = self.team(&mut fields, false);
        let reason = fields.required_text("reason", "an accepted gap needs its reason: reason = \"…\"");
        let approved_by = fields.required_text("approved_by", "say which role accepted the gap");
        let since = fields.date("since").map(|date| date.value);
        let expires = fields.date("expires").map(|expires| expires.value);
        fields
            .require("expires", "write the last day on which it holds, when it is decided anew: expires = 2026-12-31");
        if let Some((since, expires)) = since.zip(expires).filter(|(since, expires)| expires < since) {
            let span = fields.key_span("expires").unwrap_or_default();
            let message = format!("it expired on {expires}, before it was made on {since}");
            fields.report(Code::BadValue, &span, message).help.push("mend `since` or `expires`".to_owned());
        }
        let risks = risks::named(&mut fields);
        let place = fields.place();
        let origin = fields.origin(&(place.start..place.end));
        fields.finish();
        Some(Exception {
            id: id?,
            control: control?,
            team: team?,
            reason: reason?.value,
            approved_by: approved_by?.value,
            since,
            expires: expires?,
            risks,
            origin,
        })
    }

    /// Every scale that quarters are answered on, oldest first: an action of the past speaks of the scale of its time.
    fn scales(&self) -> impl Iterator<Item = &Scale> {
        let later = self.assessment.since.iter().map(|since| &since.settings.scale);
        std::iter::once(&self.assessment.settings.scale).chain(later)
    }

    fn id(&mut self, fields: &mut Fields<'_, '_>) -> Option<String> {
        let id = fields.required_text("id", "reports and gates name it by its id")?;
        let place = fields.at(&id.span);
        if let Some(first) = self.ids.get(&id.value) {
            let twice = Diagnostic::new(Code::DuplicateId, place, format!("`{}` is given twice", id.value));
            fields.found.push(twice.label("again here").related(first.clone(), "first here"));
            return None;
        }
        self.ids.insert(id.value.clone(), place);
        Some(id.value)
    }

    fn control(&self, fields: &mut Fields<'_, '_>) -> Option<ControlId> {
        let control = fields.required_text("control", "name the control whose gap it is about")?;
        let place = fields.at(&control.span);
        let known = self.names.control(&control.value);
        if known.is_none() {
            self.names.not_a_control(&control.value, place, fields.found);
        }
        known
    }

    /// The team. `Some(None)` if no team is named and none is required.
    fn team(&self, fields: &mut Fields<'_, '_>, required: bool) -> Option<Option<TeamId>> {
        let given = if required {
            fields.required_text("team", "name the team whose answer it raises")
        } else {
            fields.text("team")
        };
        let Some(given) = given else { return (!required).then_some(None) };
        named_team(fields, &given, &self.assessment.settings.teams, TEAM_HELP).map(Some)
    }
}

fn status(fields: &mut Fields<'_, '_>) -> Option<Status> {
    let status = fields.text("status");
    let closed = fields.date("closed");
    let Some(status) = status else {
        if let Some(closed) = closed {
            let report = fields.report(Code::MissingKey, &closed.span, "`closed` is given without `status`");
            report.help.push("add status = \"done\" or \"dropped\"".to_owned());
        }
        return Some(Status::Open);
    };
    match (status.value.as_str(), closed) {
        ("open", None) => Some(Status::Open),
        ("started", None) => Some(Status::Started),
        ("done", Some(closed)) => Some(Status::Done(closed.value)),
        ("dropped", Some(closed)) => Some(Status::Dropped(closed.value)),
        ("done" | "dropped", None) => {
            let report =
                fields.report(Code::MissingKey, &status.span, format!("`{}` is said without a day", status.value));
            report.help.push("add closed = 2026-09-30: quarters before that day still show it as open".to_owned());
            None
        }
        ("open" | "started", Some(closed)) => {
            let message = format!("`closed` is given, and `status` is \"{}\"", status.value);
            let report = fields.report(Code::BadValue, &closed.span, message);
            report.help.push("set status = \"done\" or \"dropped\", or remove `closed`".to_owned());
            None
        }
        _ => {
            let message = format!("`{}` is no status", status.value);
            let near = fields.nearest(&status.value, Status::NAMES);
            let place = fields.at(&status.span);
            let bad = Diagnostic::new(Code::BadValue, place, message).nearest(near);
            fields.found.push(bad.help(format!("statuses: {}", Status::NAMES.join(", "))));
            None
        }
    }
}

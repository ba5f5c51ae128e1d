//! The whole valid workspace: settings, catalogs and every quarter's answers. Whoever holds one need not doubt it.

use std::sync::Arc;

use jiff::civil::Date;

use crate::catalog::Framework;
use crate::evidence::{Answer, Item};
use crate::quarter::Quarter;
use crate::settings::{Settings, Team};

/// A workspace after the check: nothing in it can be wrong.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// `milepost.toml`.
    pub settings: Settings,
    /// The frameworks in use, the main one first.
    pub frameworks: Vec<Framework>,
    /// The quarters, oldest first; at least one.
    pub quarters: Vec<QuarterAnswers>,
}

impl Assessment {
    /// The report's main framework.
    pub fn framework(&self) -> &Framework {
        &self.frameworks[0]
    }

    /// The newest quarter's index.
    pub fn newest(&self) -> usize {
        self.quarters.len() - 1
    }

    /// Every evidence item of a quarter and what it supports, in the order of frameworks, controls and teams.
    pub fn evidence(&self, quarter: usize) -> impl Iterator<Item = Support<'_>> {
        let answers = &self.quarters[quarter];
        let controls = self.frameworks.iter().enumerate();
        let controls = controls.flat_map(|(index, framework)| (0..framework.controls.len()).map(move |control| (index, control)));
        controls.flat_map(move |(framework, control)| {
            self.teams_asked(answers.quarter, framework, control).flat_map(move |team| {
                let items = answers.answer(framework, control, team).map(|answer| answer.evidence.as_slice()).unwrap_or_default();
                items.iter().map(move |item| Support { framework, control, team, item })
            })
        })
    }

    /// The teams that are asked for a control in a quarter, by index.
    pub fn teams_asked(&self, quarter: Quarter, framework: usize, control: usize) -> impl Iterator<Item = usize> {
        let lineage = self.frameworks[framework].lineage(control);
        let asked = move |team: &Team| team.asked_in(quarter) && team.answers_for(lineage);
        self.settings.teams.iter().enumerate().filter(move |(_, team)| asked(team)).map(|(index, _)| index)
    }
}

/// An evidence item, and what it supports.
#[derive(Clone, Copy, Debug)]
pub struct Support<'a> {
    /// The framework, an index of [`Assessment::frameworks`].
    pub framework: usize,
    /// The control, an index of that framework's controls.
    pub control: usize,
    /// The team, an index of the settings' teams.
    pub team: usize,
    /// The item.
    pub item: &'a Item,
}

/// One quarter of an assessment.
#[derive(Clone, Debug)]
pub struct QuarterAnswers {
    /// Which quarter.
    pub quarter: Quarter,
    /// Its first day.
    pub opens: Date,
    /// Its last day: evidence is not younger, and ages are counted to it.
    pub closes: Date,
    /// A title of its own; may be empty.
    pub title: String,
    /// Its narrative, in Markdown; may be empty.
    pub summary: Arc<str>,
    /// The answers by framework, control and team.
    pub answers: Vec<Vec<Vec<Option<Answer>>>>,
}

impl QuarterAnswers {
    /// What a team answered for a control.
    pub fn answer(&self, framework: usize, control: usize, team: usize) -> Option<&Answer> {
        self.answers[framework][control][team].as_ref()
    }
}

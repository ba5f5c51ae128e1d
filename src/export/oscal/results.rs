//! Assessment results: one quarter of one framework. Controls without a score have no finding, because OSCAL knows only `satisfied` and
//! `not-satisfied`, and neither would be true.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use jiff::Span;
use serde::Serialize;

use super::{Metadata, Party, Props, Uuids, instant, known_instant, token, tokens};
use crate::base::link::{encoded, uri};
use crate::base::number::counted;
use crate::border::{Shown, json, markdown};
use crate::model::catalog::{Framework, Node};
use crate::model::evidence::{Item, Kind};
use crate::model::ids::{AnswerId, ControlId, FrameworkId, Table, TeamId};
use crate::model::settings::{Basis, Hidden};
use crate::score::{Figures, ScoredQuarter};

/// What the results are of: one framework in one quarter, for all teams together or for one.
#[derive(Clone, Copy, Debug)]
pub struct Results<'a> {
    /// The quarter.
    pub quarter: ScoredQuarter<'a>,
    /// The framework.
    pub framework: FrameworkId,
    /// The team; `None` for all teams.
    pub team: Option<TeamId>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ResultsFile {
    assessment_results: AssessmentResults,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct AssessmentResults {
    uuid: String,
    metadata: Metadata,
    import_ap: OscalReference,
    results: [AssessmentResult; 1],
    back_matter: BackMatter,
}

#[derive(Serialize)]
struct OscalReference {
    href: String,
}

#[derive(Serialize)]
struct BackMatter {
    resources: [Resource; 1],
}

#[derive(Serialize)]
struct Resource {
    uuid: String,
    title: String,
    description: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct AssessmentResult {
    uuid: String,
    title: String,
    description: String,
    start: String,
    end: String,
    props: Props,
    reviewed_controls: ReviewedControls,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    observations: Vec<Observation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<OscalFinding>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ReviewedControls {
    control_selections: [ControlSelection; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ControlSelection {
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    include_all: Option<Everything>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    include_controls: Vec<Selected>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exclude_controls: Vec<Selected>,
}

/// An object without keys.
#[derive(Serialize)]
struct Everything {}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Selected {
    control_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Observation {
    uuid: String,
    title: String,
    description: String,
    props: Props,
    methods: [&'static str; 1],
    types: [&'static str; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    origins: Vec<OscalOrigin>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relevant_evidence: Vec<RelevantEvidence>,
    collected: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<String>,
}

#[derive(Serialize)]
struct OscalOrigin {
    actors: [Actor; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Actor {
    #[serde(rename = "type")]
    sort: &'static str,
    actor_uuid: String,
}

#[derive(Serialize)]
struct RelevantEvidence {
    href: String,
    description: &'static str,
    #[serde(skip_serializing_if = "Props::is_empty")]
    props: Props,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct OscalFinding {
    uuid: String,
    title: String,
    description: String,
    props: Props,
    target: FindingTarget,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_observations: Vec<RelatedObservation>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct FindingTarget {
    #[serde(rename = "type")]
    sort: &'static str,
    target_id: String,
    status: FindingStatus,
}

#[derive(Serialize)]
struct FindingStatus {
    state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct RelatedObservation {
    observation_uuid: String,
}

/// The results as an OSCAL file.
pub fn print(results: Results<'_>) -> Shown {
    json::print(&ResultsFile { assessment_results: ResultsMaker::of(results).file() })
}

/// The other frameworks in which something is asked in the quarter: they are not in the results.
pub fn left_out(results: Results<'_>) -> Vec<&str> {
    let frameworks = results.quarter.assessment.frameworks.iter();
    let others = frameworks.filter(|framework| framework.at != results.framework);
    let asked = others.filter(|framework| {
        let counts = &results.quarter.tree(framework.at, results.team).overall.counts;
        counts.applicable() + counts.not_applicable > 0
    });
    asked.map(|framework| framework.id.as_str()).collect()
}

/// What all parts of the file are made of.
struct ResultsMaker<'a> {
    results: Results<'a>,
    quarter: ScoredQuarter<'a>,
    framework: &'a Framework,
    uuids: Uuids<'a>,
    tokens: Table<ControlId, String>,
    decimals: u32,
}

impl<'a> ResultsMaker<'a> {
    fn of(results: Results<'a>) -> Self {
        let quarter = results.quarter;
        let framework = quarter.framework(results.framework);
        let decimals = quarter.settings().scoring.decimals;
        Self { results, quarter, framework, uuids: Uuids::of(quarter), tokens: tokens(framework), decimals }
    }

    /// The UUID of a thing of this quarter, framework and team.
    fn uuid(&self, names: &[&str]) -> String {
        let team = self.results.team.map_or("", |team| &self.quarter.team(team).id);
        let within = [self.quarter.name().to_string(), self.framework.id.clone(), team.to_owned()];
        let all: Vec<&str> = within.iter().map(String::as_str).chain(names.iter().copied()).collect();
        self.uuids.make(&all)
    }

    fn file(&self) -> AssessmentResults {
        let plan = self.uuid(&["plan"]);
        let mut metadata = Metadata::of("assessment results", self.quarter, self.parties());
        metadata.props.text("framework", &self.framework.id);
        metadata.props.text("framework_version", &self.framework.version);
        metadata.props.text("rules", &self.quarter.comparable(self.framework.at).sha256);
        AssessmentResults {
            uuid: self.uuid(&["assessment-results"]),
            metadata,
            import_ap: OscalReference { href: format!("#{plan}") },
            results: [self.result()],
            back_matter: BackMatter {
                resources: [Resource {
                    uuid: plan,
                    title: "No assessment plan".to_owned(),
                    description: "This is a self-assessment: each team answers for every control that it is asked for. There is no \
                        assessment plan in OSCAL; the properties `policy` and `rules` name the rules of the quarter by their digests."
                        .to_owned(),
                }],
            },
        }
    }

    /// The organisation, and the teams that are asked for any control.
    fn parties(&self) -> Vec<Party> {
        let organization = Party::of(self.uuids.make(&["organization"]), self.uuids.organization);
        let asked: BTreeSet<TeamId> = self.observed().into_iter().map(|answer| answer.team).collect();
        organization.into_iter().chain(asked.into_iter().filter_map(|team| self.party(team))).collect()
    }

    fn party(&self, team: TeamId) -> Option<Party> {
        let team = self.quarter.team(team);
        Party::of(self.uuids.make(&["team", &team.id]), &team.name)
    }

    fn result(&self) -> AssessmentResult {
        let observations = self.observations();
        let findings = self.framework.controls.ids().filter_map(|control| self.finding(control, &observations));
        let team = self.results.team.map(|team| format!(", {}", self.quarter.team(team).name)).unwrap_or_default();
        AssessmentResult {
            uuid: self.uuid(&["result"]),
            title: markdown::literal(&format!("{} in {}{team}", self.framework.title, self.quarter.name())),
            description: format!(
                "The levels are those that {}. A control without a score has no finding; the properties count its answers.",
                match self.quarter.settings().scoring.score {
                    Basis::Supported => "current evidence supports",
                    Basis::Claimed => "teams claim",
                }
            ),
            start: instant(self.quarter.answers().opens).0,
            end: instant(self.quarter.closes()).0,
            props: self.props(),
            reviewed_controls: self.reviewed(),
            findings: findings.collect(),
            observations: observations.into_values().flatten().collect(),
        }
    }

    /// The figures of the whole, then those of each Function.
    fn props(&self) -> Props {
        let tree = self.quarter.tree(self.framework.at, self.results.team);
        let mut props = Props::default();
        for node in self.framework.whole_and_functions() {
            let mut own = Props::default();
            own.figures(&tree[node], self.decimals);
            let own =
                if matches!(node, Node::Framework(_)) { own } else { own.of_part(&token(self.framework.id_of(node))) };
            props.0.extend(own.0);
        }
        props
    }

    fn figures(&self, control: ControlId) -> &'a Figures {
        &self.quarter.tree(self.framework.at, self.results.team).controls[control]
    }

    /// Which controls have an assessed answer. Where none has, OSCAL says so as all controls except all controls.
    fn reviewed(&self) -> ReviewedControls {
        let those = |are: &dyn Fn(&Figures) -> bool| -> Vec<Selected> {
            let controls = self.framework.controls.ids().filter(|control| are(self.figures(*control)));
            controls.map(|control| Selected { control_id: self.tokens[control].clone() }).collect()
        };
        let open = those(&|figures| figures.counts.assessed == 0 && figures.counts.applicable() > 0).len();
        let assessed = those(&|figures| figures.counts.assessed > 0);
        let selection = if assessed.is_empty() {
            ControlSelection {
                description: format!(
                    "No control has an assessed answer; {} should have one.",
                    counted(open, "control")
                ),
                include_all: Some(Everything {}),
                include_controls: assessed,
                exclude_controls: those(&|_| true),
            }
        } else {
            ControlSelection {
                description: format!(
                    "Included are controls with an assessed answer, excluded those that apply to no team. In neither list are controls \
                     that apply and have no assessed answer: {open}."
                ),
                include_all: None,
                include_controls: assessed,
                exclude_controls: those(&|figures| {
                    figures.counts.applicable() == 0 && figures.counts.not_applicable > 0
                }),
            }
        };
        ReviewedControls { control_selections: [selection] }
    }

    /// The answers whose evidence is observed: those that are asked for, and those whose facts they use.
    fn observed(&self) -> BTreeSet<AnswerId> {
        let controls = self.framework.controls.ids();
        let asked = controls.flat_map(|control| {
            let teams = self.quarter.teams_asked(control);
            let teams = teams.filter(|team| self.results.team.is_none_or(|only| only == *team));
            teams.flat_map(move |team| self.sources(control).map(move |source| source.of(team)))
        });
        asked.collect()
    }

    /// A control, and the controls whose facts it uses.
    fn sources(&self, control: ControlId) -> impl Iterator<Item = ControlId> + use<> {
        iter::once(control).chain(self.quarter.control(control).stands_on())
    }

    /// The observations of each answer, in the order of its evidence. There is none where the audience does not see evidence.
    fn observations(&self) -> BTreeMap<AnswerId, Vec<Observation>> {
        if self.quarter.assessment.hidden.contains(&Hidden::Evidence) {
            return BTreeMap::new();
        }
        let of_answer = |id: AnswerId| {
            let mut nth = BTreeMap::new();
            let items = self.quarter.answer(id).map(|answer| answer.evidence.as_slice()).unwrap_or_default();
            let observations = items.iter().map(|item| {
                let name = [item.kind.name(), &item.period.from.to_string(), &item.period.to.to_string(), &item.title]
                    .join("\0");
                let count = nth.entry(name.clone()).or_insert(0_u32);
                *count += 1;
                self.observation(id, item, &[&name, &count.to_string()])
            });
            (id, observations.collect())
        };
        self.observed().into_iter().map(of_answer).collect()
    }

    fn observation(&self, id: AnswerId, item: &Item, names: &[&str]) -> Observation {
        let quarter = self.quarter;
        let framework = quarter.framework(id.control.framework());
        let (control, team) = (&framework.controls[id.control], quarter.team(id.team));
        let days = match item.period {
            period if period.from == period.to => period.to.to_string(),
            period => format!("{} to {}", period.from, period.to),
        };
        let mut props = Props::default();
        for (name, text) in [("framework", &*framework.id), ("control", &*control.id), ("team", &*team.id)] {
            props.text(name, text);
        }
        props.text("kind", item.kind.name());
        props.day("from", Some(item.period.from).filter(|from| *from != item.period.to));
        let (collected, is_another) = instant(item.period.to);
        let age = Span::new().try_days(quarter.rules(id.control).max_age()).ok();
        let expires = age.and_then(|age| item.period.to.checked_add(age).ok());
        let party = self.party(id.team);
        let origin = |party: Party| OscalOrigin { actors: [Actor { sort: "party", actor_uuid: party.uuid }] };
        // The same item is the same observation in every quarter that keeps it.
        let whose = ["observation", &framework.id, &control.id, &team.id];
        Observation {
            uuid: self.uuids.make(&[&whose, names].concat()),
            title: markdown::literal(&item.title),
            description: markdown::literal(&format!("{}, {days}: {}", item.kind.name(), &*item.title)),
            props,
            methods: [method(item.kind)],
            types: ["control-objective"],
            origins: party.map(origin).into_iter().collect(),
            relevant_evidence: evidence(item),
            collected,
            expires: expires.and_then(known_instant),
            remarks: is_another.then(|| format!("The day is {}, which OSCAL cannot say.", item.period.to)),
        }
    }

    /// The finding on a control; `None` where it has no score or no target.
    fn finding(&self, control: ControlId, observations: &BTreeMap<AnswerId, Vec<Observation>>) -> Option<OscalFinding> {
        let figures = self.figures(control);
        let (mean, target) = (figures.shown_mean()?, figures.target.as_ref()?);
        let named = &self.framework.controls[control];
        let mut props = Props::default();
        props.text("control", &named.id);
        props.figures(figures, self.decimals);
        for action in self.quarter.open_actions(control, self.results.team) {
            props.text("action", &action.id);
        }
        for exception in self.quarter.exceptions(control, self.results.team) {
            props.text("exception", &exception.id);
        }
        let counts = &figures.counts;
        let teams = self.quarter.teams_that_count(control, self.results.team);
        let sources = teams.flat_map(|team| self.sources(control).map(move |source| source.of(team)));
        let seen: BTreeSet<AnswerId> = sources.collect();
        let related = seen.iter().filter_map(|answer| observations.get(answer)).flatten();
        Some(OscalFinding {
            uuid: self.uuid(&["finding", &named.id]),
            title: markdown::literal(&format!("{} {}", named.id, named.title)),
            description: format!(
                "Score {}, target {}; {} of {} assessed.",
                mean.shown(self.decimals),
                target.shown(self.decimals),
                counts.assessed,
                counted(counts.applicable() as usize, "applicable answer"),
            ),
            props,
            target: FindingTarget {
                sort: "objective-id",
                target_id: self.tokens[control].clone(),
                status: FindingStatus { state: if mean >= target { "satisfied" } else { "not-satisfied" } },
            },
            related_observations: related
                .map(|observation| RelatedObservation { observation_uuid: observation.uuid.clone() })
                .collect(),
        })
    }
}

/// OSCAL's word for how evidence of a kind comes about.
fn method(kind: Kind) -> &'static str {
    match kind {
        Kind::Test => "TEST",
        Kind::Interview => "INTERVIEW",
        Kind::Assertion | Kind::Document | Kind::Record | Kind::Metric => "EXAMINE",
    }
}

/// Where an item can be read.
fn evidence(item: &Item) -> Vec<RelevantEvidence> {
    let link = (!item.url.is_empty()).then(|| RelevantEvidence {
        href: uri(&item.url),
        description: "The address that the team gave",
        props: Props::default(),
    });
    let artifact = item.artifact.as_ref().map(|artifact| {
        let mut props = Props::default();
        props.text("sha256", &artifact.sha256);
        RelevantEvidence { href: encoded(&artifact.path), description: "A file of the workspace", props }
    });
    link.into_iter().chain(artifact).collect()
}

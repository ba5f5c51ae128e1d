//! An edition of the report: the pages that one audience may see.

use std::path::Path;

use clap::builder::{PossibleValuesParser, TypedValueParser};
#[cfg(feature = "serve")]
use rayon::prelude::*;

use super::Output;
use super::source::{Assessed, CommitRead, SourceArg};
use crate::border::Shown;
use crate::diagnostic::{self, Colour, Diagnostic, DiagnosticFormat};
use crate::history::provenance::Provenance;
use crate::load::workspace::Workspace;
use crate::model::forge::{Forge, Sources};
use crate::model::settings::{Audience, Hidden};
use crate::redact::redact;
use crate::report::site::{Site, site};
use crate::report::theme::Theme;
use crate::report::view::Report;
use crate::score::finding;
use crate::score::{self, Scored};

/// The audience of a report.
#[derive(Debug, clap::Args)]
pub(super) struct AudienceArg {
    /// The audience. The output leaves out what `[audiences]` in milepost.toml hides from it.
    #[arg(long, value_name = "AUDIENCE", default_value = "full", value_parser = audiences())]
    audience: Audience,
}

impl AudienceArg {
    /// The audience that is asked for.
    pub(super) fn audience(&self) -> Audience {
        self.audience
    }

    /// Whether nothing is hidden, whatever the workspace says.
    #[cfg(feature = "serve")]
    pub(super) fn sees_everything(&self) -> bool {
        self.audience == Audience::Full
    }
}

/// The audiences by their names.
fn audiences() -> impl TypedValueParser<Value = Audience> {
    let named = |name: String| Audience::ALL.into_iter().find(|audience| audience.name() == name).unwrap_or_default();
    PossibleValuesParser::new(Audience::ALL.map(Audience::name)).map(named)
}

/// What an edition of the report is made from.
pub(super) struct Edition {
    pub(super) workspace: Workspace,
    scored: Scored,
    provenance: Option<Provenance>,
    commit: Option<String>,
    sources: Option<Sources>,
    theme: Theme,
    /// The remarks on the workspace.
    pub(super) remarks: Shown,
}

impl Edition {
    /// Reads, checks and scores the workspace at `root`; a broken one ends the command with its diagnostics.
    pub(super) fn new(root: &Path, source: &SourceArg, audience: &AudienceArg, colour: Colour) -> Result<Self, Output> {
        let Assessed { snapshot, assessment, mut remarks } = source.assess(root, colour)?;
        let provenance = snapshot.provenance_of_all(root, &assessment);
        let workspace = &snapshot.workspace;
        let unknown = provenance.as_ref().map(|provenance| provenance.unknown_authors(workspace)).unwrap_or_default();
        remarks += &diagnostic::print(&unknown.into_iter().collect(), workspace, DiagnosticFormat::Text, colour);
        let theme = Theme::new(workspace, &assessment.settings.theme, &assessment.strings).map_err(|found| {
            let found = diagnostic::print(&found.into_iter().collect(), workspace, DiagnosticFormat::Text, colour);
            Output::failure(remarks.clone() + &found)
        })?;
        // Provenance is no part of an assessment. It is made before the redaction, which removes the places that it is made from.
        let assessment = redact(assessment, audience.audience);
        let provenance = provenance.filter(|_| !assessment.hidden.contains(&Hidden::People));
        let settings = &assessment.settings;
        let needs_commit = settings.commit || settings.repository.as_ref().is_some_and(Forge::needs_commit);
        let read = needs_commit.then(|| snapshot.commit(root));
        let commit = read.as_ref().filter(|_| settings.commit).map(CommitRead::told);
        let read = read.as_ref().and_then(|read| read.as_ref().ok());
        let sources = settings.repository.clone().and_then(|forge| snapshot.sources(forge, read));
        let scored = score::score(assessment);
        Ok(Self { workspace: snapshot.workspace, scored, provenance, commit, sources, theme, remarks })
    }

    /// Its files.
    pub(super) fn site(&self) -> Site<'_> {
        let commit = self.commit.as_deref();
        let report = Report::new(&self.scored, self.provenance.as_ref(), commit);
        site(report.with_sources(self.sources.as_ref()), &self.theme)
    }

    /// How many findings its newest quarter has.
    pub(super) fn findings(&self) -> usize {
        finding::findings(self.scored.newest(), &self.scored.assessment.english).len()
    }

    /// One file of it, or what is wrong with its template; nothing where there is no such file.
    #[cfg(feature = "serve")]
    pub(super) fn render(&self, path: &str) -> Option<Result<Vec<u8>, Shown>> {
        let site = self.site();
        let file = site.files().iter().find(|file| file.path == path)?;
        Some(site.render(file).map_err(|found| self.print(&[*found], Colour::Plain)))
    }

    /// Whether another edition looks the same.
    #[cfg(feature = "serve")]
    pub(super) fn has_theme_of(&self, other: &Self) -> bool {
        let [mine, theirs] =
            [self, other].map(|edition| edition.workspace.files.iter().filter(|(path, _)| path.starts_with("themes/")));
        self.scored.assessment.settings.theme == other.scored.assessment.settings.theme && mine.eq(theirs)
    }

    /// The first mistake that its templates make on any page.
    #[cfg(feature = "serve")]
    pub(super) fn mistake_of_theme(&self) -> Option<Shown> {
        let site = self.site();
        let found = site.files().par_iter().find_map_first(|file| site.render(file).err())?;
        Some(self.print(&[*found], Colour::Plain))
    }

    /// What is wrong with its templates, as text.
    pub(super) fn print(&self, found: &[Diagnostic], colour: Colour) -> Shown {
        diagnostic::print(&found.iter().cloned().collect(), &self.workspace, DiagnosticFormat::Text, colour)
    }
}

//! Nothing in, the catalogs and the default theme out: the files that `milepost` carries, by their path in a workspace.

/// Makes one row of [`FILES`] of each path of this repository.
macro_rules! embed {
    ($($path:literal,)*) => { &[$(($path, include_str!(concat!("../", $path)))),*] };
}

/// Each embedded file's path and text. A workspace's own file of the same path takes its place.
pub const FILES: &[(&str, &str)] = embed![
    "controls/csf-2.0/framework.toml",
    "controls/csf-2.0/govern.toml",
    "controls/csf-2.0/identify.toml",
    "controls/csf-2.0/protect.toml",
    "controls/csf-2.0/detect.toml",
    "controls/csf-2.0/respond.toml",
    "controls/csf-2.0/recover.toml",
    "controls/data-recovery/framework.toml",
    "controls/data-recovery/copies.toml",
    "controls/data-recovery/isolation.toml",
    "controls/data-recovery/tampering.toml",
    "controls/data-recovery/recovery.toml",
    "controls/data-recovery/governance.toml",
    "controls/delivery/framework.toml",
    "controls/delivery/delivery.toml",
    "controls/incident-learning/framework.toml",
    "controls/incident-learning/notice.toml",
    "controls/incident-learning/resolve.toml",
    "controls/incident-learning/learn.toml",
    "themes/default/assets/charts.css",
    "themes/default/assets/icon.svg",
    "themes/default/assets/site.css",
    "themes/default/templates/actions.html",
    "themes/default/templates/answers.html",
    "themes/default/templates/base.html",
    "themes/default/templates/changes.html",
    "themes/default/templates/control.html",
    "themes/default/templates/dashboard.html",
    "themes/default/templates/evidence.html",
    "themes/default/templates/exclusions.html",
    "themes/default/templates/figures.html",
    "themes/default/templates/findings.html",
    "themes/default/templates/framework.html",
    "themes/default/templates/function.html",
    "themes/default/templates/gaps.html",
    "themes/default/templates/guide.html",
    "themes/default/templates/guides.html",
    "themes/default/templates/method.html",
    "themes/default/templates/targets.html",
    "themes/default/templates/team.html",
    "themes/default/templates/trends.html",
];

//! Serves a report to browsers on this machine, for as long as the process lives.

mod answer;
mod watch;

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use tokio::runtime::Builder;
use tokio::sync::watch::{Sender, channel};

use self::answer::{Served, answer};
use self::watch::PathChanges;
use crate::border::Shown;

/// A report: takes a path in the site and returns the file's bytes or its template's error; `None` if there is no file.
pub type Pages = dyn Fn(&str) -> Option<Result<Vec<u8>, Shown>> + Send + Sync;

/// The result of a build.
pub enum Build {
    /// A new report.
    Report(Box<Pages>),
    /// Mistakes, as they are printed.
    Broken(Shown),
    /// No change.
    Same,
}

/// The last report that was made successfully, and the mistakes since then.
#[derive(Clone, Default)]
struct Latest {
    /// Counts the builds that changed anything.
    number: u64,
    report: Option<Arc<Pages>>,
    /// Mistakes of the last build; empty where there are none.
    problems: Shown,
}

impl Latest {
    /// The state after a build; `None` if nothing changed.
    fn after(&self, build: Build) -> Option<Self> {
        let number = self.number + 1;
        match build {
            Build::Same if self.problems.is_empty() => None,
            Build::Same => Some(Self { number, problems: Shown::default(), ..self.clone() }),
            Build::Broken(problems) if problems == self.problems => None,
            Build::Broken(problems) => Some(Self { number, problems, ..self.clone() }),
            Build::Report(report) => Some(Self { number, report: Some(report.into()), problems: Shown::default() }),
        }
    }
}

/// How many threads answer browsers, and the stack of each in bytes.
const WORKERS: usize = 2;
const STACK: usize = 8 << 20;

/// The ports that are tried if none is given.
const PORTS: RangeInclusive<u16> = 8000..=8009;

/// Serves what `build` makes to browsers on this machine, and calls it again whenever something changes in one of the `watched`
/// paths. `ready` receives the address, and `tell` the result of each build. Returns only if it cannot serve, with the reason.
pub fn serve(
    port: Option<u16>,
    watched: impl Fn() -> Vec<PathBuf>,
    mut build: impl FnMut() -> Build,
    ready: impl FnOnce(&str),
    tell: impl Fn(&Shown),
) -> String {
    let mut changes = match PathChanges::of(watched) {
        Ok(changes) => changes,
        Err(error) => return format!("the workspace cannot be watched: {error}"),
    };
    let (listener, port) = match listen(port) {
        Ok(listening) => listening,
        Err(why) => return why,
    };
    let (latest, seen) = channel(Latest::default());
    publish(&latest, build(), &tell);
    // Told here, since what the environment says may be no number of threads.
    let runtime = Builder::new_multi_thread().worker_threads(WORKERS).thread_stack_size(STACK).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return error.kind().to_string(),
    };
    let router = Router::new().fallback(answer).with_state(Served::new(port, seen));
    runtime.spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        axum::serve(listener, router).await
    });
    ready(&format!("http://127.0.0.1:{port}/"));
    while changes.wait() {
        publish(&latest, build(), &tell);
    }
    "the workspace can no longer be watched".to_owned()
}

/// Publishes the result of a build, and reports it.
fn publish(latest: &Sender<Latest>, build: Build, tell: &impl Fn(&Shown)) {
    let Some(next) = latest.borrow().after(build) else { return };
    let said = match (next.problems.is_empty(), &next.report) {
        (true, _) => Shown::line(&format!("Build {} is shown.", next.number)),
        (false, Some(_)) => next.problems.clone() + &Shown::line("The last report that could be made is shown."),
        (false, None) => next.problems.clone(),
    };
    latest.send_replace(next);
    tell(&said);
}

/// Listens at `port`, or at the first of [`PORTS`] that nobody else has; gives its number too.
fn listen(port: Option<u16>) -> Result<(TcpListener, u16), String> {
    let ports = port.map_or(PORTS, |port| port..=port);
    let mut refusals = Vec::new();
    for port in ports {
        match bind(port) {
            Ok(listening) => return Ok(listening),
            Err(error) => refusals.push(format!("port {port}: {}", error.kind())),
        }
    }
    Err(format!("{}; choose another with --port", refusals.join(", ")))
}

/// Listens on an address that no other machine can reach.
fn bind(port: u16) -> io::Result<(TcpListener, u16)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

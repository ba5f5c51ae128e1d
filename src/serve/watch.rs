//! Watches paths, and wakes up when something in them changes.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// How long nothing may change before a change counts as finished: an editor's save is several steps.
const QUIET: Duration = Duration::from_millis(30);
/// This number of steps counts as a change even without a quiet time.
const STEPS: usize = 1000;

/// The changes in some paths.
pub(super) struct PathChanges<W> {
    watched: W,
    watcher: RecommendedWatcher,
    steps: Receiver<()>,
}

impl<W: Fn() -> Vec<PathBuf>> PathChanges<W> {
    /// Watches the paths that `watched` lists. It is called again after each change.
    pub(super) fn of(watched: W) -> notify::Result<Self> {
        let (sender, steps) = channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // An error may stand for changes that were missed.
            if event.as_ref().is_ok_and(|event| is_reading(event.kind)) {
                return;
            }
            // Sending fails only when the process ends.
            let _ = sender.send(());
        })?;
        let mut changes = Self { watched, watcher, steps };
        changes.watch();
        Ok(changes)
    }

    /// Waits until something changed and is quiet again. False if changes can no longer be seen.
    pub(super) fn wait(&mut self) -> bool {
        if self.steps.recv().is_err() {
            return false;
        }
        for _ in 0..STEPS {
            if self.steps.recv_timeout(QUIET).is_err() {
                break;
            }
        }
        self.watch();
        true
    }

    /// Watches the paths that exist, and the parent folders of those that do not exist yet. Skips what cannot be watched: a
    /// folder may be gone already, and the system may have no more watches.
    fn watch(&mut self) {
        for path in (self.watched)() {
            let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let _ = self.watcher.watch(above, RecursiveMode::NonRecursive);
            let _ = self.watcher.watch(&path, RecursiveMode::Recursive);
        }
    }
}

/// Whether an event only says that somebody read.
fn is_reading(kind: EventKind) -> bool {
    matches!(kind, EventKind::Access(access) if access != AccessKind::Close(AccessMode::Write))
}

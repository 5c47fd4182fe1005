//! Instructions, counted by valgrind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lambkin_e2e::{Event, Lambda, Setup};

/// Where valgrind is, if it runs.
pub(crate) fn valgrind() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join("valgrind")).find(|path| path.is_file())?;
    let status = Command::new(&found).arg("--version").stdout(Stdio::null()).status().ok()?;
    status.success().then_some(found)
}

/// How many instructions the process takes from its start to its end, with these events between them, so many times over.
pub(crate) async fn instructions(valgrind: &Path, setup: &Setup, events: &[String], rounds: usize) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("callgrind.out");
    let file = format!("--callgrind-out-file={}", out.display());
    let mut lambda = setup.clone().under(valgrind, &["--quiet", "--tool=callgrind", &file]).start().await;
    // All are there before they are asked for, so that no answer finds the process waiting a little longer than another.
    for _ in 0..rounds {
        events.iter().for_each(|event| lambda.api.queue(Event::raw(event.clone())));
    }
    let count = rounds * events.len();
    for _ in 0..count {
        lambda.api.posted().await;
    }
    lambda.api.asked(count + 1).await;
    end(&mut lambda).await;
    total(&fs::read_to_string(out).unwrap())
}

/// Valgrind writes its counts when a signal ends the process.
async fn end(lambda: &mut Lambda) {
    lambda.process.signal("TERM").await;
    lambda.process.wait().await;
}

fn total(report: &str) -> u64 {
    let totals = report.lines().find_map(|line| line.strip_prefix("totals: "));
    totals.and_then(|totals| totals.trim().parse().ok()).unwrap()
}

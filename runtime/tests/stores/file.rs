//! The store in a file.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use lambkin::idempotency::{Acquired, File, Store};
use lambkin::testing::idempotency::check;

use crate::claim;

/// Tells a copy of this test program which file to use.
const PATH: &str = "LAMBKIN_TEST_FILE";

#[tokio::test]
async fn it_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a folder/that is/not there.sqlite");
    check(&File::open(&path).await.unwrap()).await;
    // Opened again, with what it holds.
    check(&File::open(&path).await.unwrap()).await;
}

#[tokio::test]
async fn what_is_no_database_is_refused_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "no database at all, but a text that is long enough to look at").unwrap();
    let error = File::open(&path).await.unwrap_err().to_string();
    assert!(error.contains("notes.txt") && error.contains("no SQLite database"), "{error}");
    let error = File::open(folder.path()).await.unwrap_err().to_string();
    assert!(error.contains("have to be writable"), "{error}");
}

/// Not a test by itself: a process that takes keys until it is killed, and says which.
#[test]
#[allow(clippy::print_stdout, reason = "the process that started this one reads it")]
fn taker() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio.block_on(async {
        let store = File::open(&path).await.unwrap();
        let owner = std::process::id().to_string();
        for key in 0.. {
            let claim = claim(&owner);
            if store.acquire(&key.to_string(), &claim).await.unwrap() == Acquired::Yours {
                println!("took {key}");
                let done = claim.done(claim.lapsed_before, 3_600_000, Some(owner.clone()));
                assert!(store.complete(&key.to_string(), &done).await.unwrap());
            }
        }
    });
}

#[tokio::test]
async fn processes_share_it_and_one_that_is_killed_leaves_it_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.sqlite");
    let takers: Vec<_> = (0..3)
        .map(|_| {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["--exact", "file::taker", "--nocapture"]).env(PATH, &path);
            command.stdout(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut taken: Vec<u32> = Vec::new();
    for mut taker in takers {
        let lines = BufReader::new(taker.stdout.take().unwrap()).lines();
        let numbers = lines.map_while(Result::ok).filter_map(|line| line.split("took ").nth(1)?.parse::<u32>().ok());
        taken.extend(numbers.take(40));
        // In the middle of whatever it does.
        taker.kill().unwrap();
        taker.wait().unwrap();
    }
    let count = taken.len();
    taken.sort_unstable();
    taken.dedup();
    assert_eq!((taken.len(), count), (120, 120), "each key has one taker");
    check(&File::open(&path).await.unwrap()).await;
}

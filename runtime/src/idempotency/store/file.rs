//! Records in a file of this machine: SQLite.
//!
//! For local runs, and for processes that share a disk. Each step is one transaction that holds the file's write lock, so
//! several processes may use the file at once, and one that is killed leaves what it had committed:
//! <https://www.sqlite.org/wal.html>.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::{Store, StoreError};
use crate::idempotency::protocol::{self, Acquired, Claim};
use crate::idempotency::record::{Record, Status};

/// The layout of the table, in the file's `user_version`.
const LAYOUT: i64 = 1;

/// How long a step waits for another process's.
const BUSY: Duration = Duration::from_secs(10);

/// After so many claims, records that have expired a day ago are removed.
const CLAIMS_BETWEEN_SWEEPS: u32 = 1000;

const DAY: u64 = 86_400;

/// A store in a SQLite file. Clones share one connection.
///
/// ```
/// use lambkin::idempotency::File;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("records.sqlite");
/// let store = File::open(path).await?;
/// lambkin::testing::idempotency::check(&store).await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct File(Arc<Inner>);

struct Inner {
    path: PathBuf,
    open: Mutex<Open>,
}

struct Open {
    connection: Connection,
    claims: u32,
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("File").field(&self.0.path).finish()
    }
}

impl File {
    /// Opens the file, which is made if it is not there, with its folder.
    ///
    /// # Errors
    /// If it can't be opened, or is something else.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        blocking(move || {
            let connection = connect_patiently(&path).map_err(|error| at(&path, &error))?;
            Ok(Self(Arc::new(Inner { path, open: Mutex::new(Open { connection, claims: 0 }) })))
        })
        .await
    }

    /// One step on the record of a key.
    async fn step<T: Send + 'static>(
        &self,
        id: &str,
        sweep_before: Option<u64>,
        step: impl FnOnce(&mut Option<Record>) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let (inner, id) = (Arc::clone(&self.0), id.to_owned());
        blocking(move || {
            let mut open = inner.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.step(&id, sweep_before, step).map_err(|error| at(&inner.path, &error))
        })
        .await
    }
}

impl Store for File {
    async fn acquire(&self, id: &str, claim: &Claim) -> Result<Acquired, StoreError> {
        let claim = claim.clone();
        self.step(id, Some(claim.expired_before), move |slot| protocol::acquire(slot, &claim)).await
    }

    async fn complete(&self, id: &str, done: &Record) -> Result<bool, StoreError> {
        let done = done.clone();
        self.step(id, None, move |slot| protocol::complete(slot, &done)).await
    }

    async fn release(&self, id: &str, owner: &str) -> Result<bool, StoreError> {
        let owner = owner.to_owned();
        self.step(id, None, move |slot| protocol::release(slot, &owner)).await
    }

    // SQLite's own limit is a billion bytes: <https://www.sqlite.org/limits.html>.
    fn max_data_bytes(&self) -> usize {
        500_000_000
    }
}

impl Open {
    fn step<T>(
        &mut self,
        id: &str,
        sweep_before: Option<u64>,
        step: impl FnOnce(&mut Option<Record>) -> T,
    ) -> rusqlite::Result<T> {
        let sweep = sweep_before.filter(|_| {
            self.claims = self.claims.wrapping_add(1);
            self.claims % CLAIMS_BETWEEN_SWEEPS == 1
        });
        // The write lock is taken at once: two that have read and want to write would stand in each other's way.
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let old = read(&transaction, id)?;
        let mut slot = old.clone();
        let answer = step(&mut slot);
        if slot != old {
            write(&transaction, id, slot.as_ref())?;
        }
        if let Some(now) = sweep {
            transaction.execute("DELETE FROM idempotency WHERE expiration < ?1", [integer(now.saturating_sub(DAY))])?;
        }
        transaction.commit()?;
        Ok(answer)
    }
}

/// Several processes may make the file at once, and SQLite does not wait while another one turns its log on.
fn connect_patiently(path: &Path) -> rusqlite::Result<Connection> {
    let start = Instant::now();
    loop {
        match connect(path) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && start.elapsed() < BUSY => {
                std::thread::sleep(Duration::from_millis(10));
            }
            connected => return connected,
        }
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    if let Some(folder) = path.parent() {
        // If it fails, opening the file says so in better words.
        let _ = std::fs::create_dir_all(folder);
    }
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A commit reaches the operating system before it counts, so a killed process loses none.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let layout: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match layout {
        LAYOUT => {}
        0 => {
            transaction.execute_batch(
                "CREATE TABLE idempotency (
                    id TEXT PRIMARY KEY,
                    status TEXT NOT NULL,
                    expiration INTEGER NOT NULL,
                    in_progress_expiration INTEGER,
                    data TEXT,
                    validation TEXT,
                    owner TEXT
                ) WITHOUT ROWID, STRICT;",
            )?;
            transaction.pragma_update(None, "user_version", LAYOUT)?;
        }
        other => {
            let why =
                format!("its layout has version {other}, and this lambkin knows {LAYOUT}: delete it, or use another");
            return Err(rusqlite::Error::ToSqlConversionFailure(why.into()));
        }
    }
    transaction.commit()?;
    Ok(connection)
}

fn read(transaction: &Transaction<'_>, id: &str) -> rusqlite::Result<Option<Record>> {
    let mut statement = transaction.prepare_cached(
        "SELECT status, expiration, in_progress_expiration, data, validation, owner FROM idempotency WHERE id = ?1",
    )?;
    statement.query_row([id], record).optional()
}

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let status: String = row.get(0)?;
    let unknown = || rusqlite::Error::ToSqlConversionFailure("a record has an unknown status".into());
    let in_progress_expiration: Option<i64> = row.get(2)?;
    Ok(Record {
        status: Status::of(&status).ok_or_else(unknown)?,
        expiration: number(row.get(1)?),
        in_progress_expiration: in_progress_expiration.map(number),
        data: row.get(3)?,
        validation: row.get(4)?,
        owner: row.get(5)?,
    })
}

fn write(transaction: &Transaction<'_>, id: &str, record: Option<&Record>) -> rusqlite::Result<()> {
    let Some(Record { status, expiration, in_progress_expiration, data, validation, owner }) = record else {
        transaction.prepare_cached("DELETE FROM idempotency WHERE id = ?1")?.execute([id])?;
        return Ok(());
    };
    let mut statement = transaction.prepare_cached(
        "INSERT OR REPLACE INTO idempotency (id, status, expiration, in_progress_expiration, data, validation, owner)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let lease = in_progress_expiration.map(integer);
    statement.execute(params![id, status.as_str(), integer(*expiration), lease, data, validation, owner])?;
    Ok(())
}

/// SQLite's integers are signed; a time that does not fit is as good as the last one.
fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn number(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// What went wrong, with the file's name.
fn at(path: &Path, error: &rusqlite::Error) -> StoreError {
    let hint = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "; it is no SQLite database: choose another file",
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => "; the file and its folder have to be writable",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "; another process holds it for too long",
        _ => "",
    };
    StoreError::new(format!("the file `{}`: {error}{hint}", path.display()))
}

/// Away from the threads that serve other records.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(StoreError::new(error)))
}

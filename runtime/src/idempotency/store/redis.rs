//! Records in Redis or Valkey, alone or as a cluster.
//!
//! Each step is one script on one key, so that comparing and setting are one thing, in a cluster too. A key holds its
//! record as JSON, as Powertools for AWS Lambda has it there; the scripts read it to decide, and pass it on as it is.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::{
    AsyncConnectionConfig, Client, ErrorKind, FromRedisValue, RedisError, RedisFuture, Script, ScriptInvocation,
    ServerErrorKind, TlsCertificates,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::url::Parameters;
use super::{Store, StoreError};
use crate::idempotency::protocol::{Acquired, Claim};
use crate::idempotency::record::{Record, Status};

/// How long a connection may take, and an answer. One that died while Lambda had frozen the process costs this once.
const ATTEMPT: Duration = Duration::from_secs(2);

/// How much longer than its record a key lives: no clock that the function allows for misses it.
const GRACE: Duration = Duration::from_secs(120);

/// The words of `Claim::may_replace`.
const ACQUIRE: &str = r"
local old = redis.call('GET', KEYS[1])
if old then
    local record = cjson.decode(old)
    local is_expired = tonumber(record['expiration']) < tonumber(ARGV[3])
    local is_free = false
    if record['status'] == 'INPROGRESS' then
        local lease = tonumber(record['in_progress_expiration'])
        is_free = (lease ~= nil and lease < tonumber(ARGV[4])) or record['owner'] == ARGV[2]
    end
    if not (is_expired or is_free) then
        return old
    end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[5])
return false
";

const COMPLETE: &str = r"
local old = redis.call('GET', KEYS[1])
if old and cjson.decode(old)['owner'] ~= ARGV[2] then
    return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return 1
";

const RELEASE: &str = r"
local old = redis.call('GET', KEYS[1])
if old then
    local record = cjson.decode(old)
    if record['owner'] == ARGV[1] and record['status'] == 'INPROGRESS' then
        redis.call('DEL', KEYS[1])
        return 1
    end
end
return 0
";

/// A store in Redis or Valkey. Clones share a connection, which is made when it is needed, and anew when it breaks.
///
/// Opened by a URL, `redis://user:password@host:port/database`, or `rediss://` with TLS. Behind a `?`, separated by `&`:
///
/// | parameter | meaning |
/// |---|---|
/// | `cluster=true` | the host is a node of a cluster, or its configuration endpoint, as in ElastiCache Serverless and MemoryDB |
/// | `ca=path` | the file with the certificates to trust, in PEM, instead of the system's |
/// | `prefix=text` | stands before each key |
/// | `data=native` | results are JSON values in the record, as Powertools for AWS Lambda (TypeScript) keeps them, and not JSON in a text |
///
/// An attempt takes up to two seconds, and there are two, the second on a new connection. The server should not evict
/// keys before they expire ([`noeviction`][eviction] or a `volatile-ttl`): one that vanishes is a result that is forgotten.
///
/// ```no_run
/// use lambkin::idempotency::Redis;
/// use lambkin::prelude::*;
///
/// #[init]
/// async fn records() -> Result<Redis, Error> {
///     Ok(Redis::open("rediss://payments.example.com:6379?cluster=true").await?)
/// }
/// # fn main() {}
/// ```
///
/// [eviction]: https://redis.io/docs/latest/develop/reference/eviction/
#[derive(Clone)]
pub struct Redis(Arc<Inner>);

struct Inner {
    server: Server,
    prefix: String,
    is_native: bool,
    connection: Mutex<Option<Connection>>,
    acquire: Script,
    complete: Script,
    release: Script,
}

enum Server {
    Single(Box<Client>),
    Cluster(Box<ClusterClient>),
}

#[derive(Clone)]
enum Connection {
    Single(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client knows the password.
        f.debug_struct("Redis").field("prefix", &self.0.prefix).finish_non_exhaustive()
    }
}

impl Redis {
    /// Opens a URL, and connects. A server that is out of reach now may be there later: then only a warning is logged, and each
    /// step tries to connect.
    ///
    /// # Errors
    /// If the URL is wrong, or the server refuses.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        // The process may hold another one, which is as good; a second can't be installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut parameters = Parameters::parse(query)?;
        let flag = |value: Option<String>, name: &str| match value.as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(StoreError::new(format!("`{name}` is `true` or `false`"))),
        };
        let is_cluster = flag(parameters.take("cluster"), "cluster")?;
        let certificates = match parameters.take("ca") {
            Some(path) => Some(TlsCertificates { client_tls: None, root_cert: Some(certificates(&path).await?) }),
            None => None,
        };
        let is_native = match parameters.take("data").as_deref() {
            None | Some("json") => false,
            Some("native") => true,
            Some(_) => return Err(StoreError::new("`data` is `json` or `native`")),
        };
        let prefix = parameters.take("prefix").unwrap_or_default();
        parameters.finish(&["cluster", "ca", "prefix", "data"])?;
        let store = Self(Arc::new(Inner {
            server: Server::new(base, is_cluster, certificates).map_err(|error| failed(&error))?,
            prefix,
            is_native,
            connection: Mutex::new(None),
            acquire: Script::new(ACQUIRE),
            complete: Script::new(COMPLETE),
            release: Script::new(RELEASE),
        }));
        match store.connection().await {
            Err(error) if is_of_the_connection(&error) => tracing::warn!("{}", failed(&error)),
            Err(error) => return Err(failed(&error)),
            Ok(_) => {}
        }
        Ok(store)
    }

    async fn connection(&self) -> Result<Connection, RedisError> {
        let known = self.0.connection.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(connection) = known {
            return Ok(connection);
        }
        let connection = self.0.server.connect().await?;
        self.keep(Some(connection.clone()));
        Ok(connection)
    }

    fn keep(&self, connection: Option<Connection>) {
        *self.0.connection.lock().unwrap_or_else(PoisonError::into_inner) = connection;
    }

    /// Runs a script; once more on a new connection, if the first one broke: each step may be repeated.
    async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, StoreError> {
        let mut tries = 1;
        loop {
            let ran = async { script.invoke_async(&mut self.connection().await?).await };
            match tokio::time::timeout(2 * ATTEMPT, ran).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) if !is_of_the_connection(&error) => return Err(failed(&error)),
                broken => {
                    self.keep(None);
                    if tries == 2 {
                        return Err(match broken {
                            Ok(Err(error)) => failed(&error),
                            _ => StoreError::new("the Redis server: there was no answer in time"),
                        });
                    }
                }
            }
            tries += 1;
        }
    }

    fn key(&self, id: &str) -> String {
        format!("{}{id}", self.0.prefix)
    }

    fn text(&self, record: &Record) -> Result<String, StoreError> {
        let data = record.data.as_ref().map(|data| match serde_json::from_str(data) {
            Ok(value) if self.0.is_native => value,
            // Also what a cipher made, which is no JSON.
            _ => Value::from(data.as_str()),
        });
        let stored = Stored {
            status: record.status,
            expiration: record.expiration,
            in_progress_expiration: record.in_progress_expiration,
            data,
            validation: record.validation.clone(),
            owner: record.owner.clone(),
        };
        serde_json::to_string(&stored).map_err(StoreError::new)
    }

    fn record(&self, text: &str) -> Result<Record, StoreError> {
        let Stored { status, expiration, in_progress_expiration, data, validation, owner } = serde_json::from_str(text)
            .map_err(|error| {
                let why = crate::decode::without_values(&error.to_string());
                StoreError::new(format!("the Redis server: a key holds no idempotency record: {why}"))
            })?;
        let data = data.map(|data| match data {
            Value::String(text) if !self.0.is_native => text,
            value => value.to_string(),
        });
        Ok(Record { status, expiration, in_progress_expiration, data, validation, owner })
    }
}

/// A record as it stands in Redis.
#[derive(Serialize, Deserialize)]
struct Stored {
    status: Status,
    expiration: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_progress_expiration: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    data: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    validation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
}

/// `null` is a result like any other.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Store for Redis {
    async fn acquire(&self, id: &str, claim: &Claim) -> Result<Acquired, StoreError> {
        let script = &self.0.acquire;
        let mut script = script.key(self.key(id));
        script.arg(self.text(&claim.record)?).arg(claim.record.owner.as_deref().unwrap_or_default());
        script.arg(claim.expired_before).arg(claim.lapsed_before).arg(time_to_live(claim.record.expiration));
        let old: Option<String> = self.run(&script).await?;
        old.map_or(Ok(Acquired::Yours), |old| self.record(&old).map(Acquired::Taken))
    }

    async fn complete(&self, id: &str, done: &Record) -> Result<bool, StoreError> {
        let script = &self.0.complete;
        let mut script = script.key(self.key(id));
        script.arg(self.text(done)?).arg(done.owner.as_deref().unwrap_or_default()).arg(time_to_live(done.expiration));
        self.run(&script).await
    }

    async fn release(&self, id: &str, owner: &str) -> Result<bool, StoreError> {
        let script = &self.0.release;
        let mut script = script.key(self.key(id));
        script.arg(owner);
        self.run(&script).await
    }

    // <https://redis.io/docs/latest/develop/data-types/strings/>: a value has up to 512 MB.
    fn max_data_bytes(&self) -> usize {
        250_000_000
    }
}

/// How long a key is to live, in milliseconds. A length of time, and not a point in it: the server's clock has no part in
/// what expires.
fn time_to_live(expiration: u64) -> u64 {
    let expires = Duration::from_secs(expiration).saturating_add(GRACE);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    // Redis takes what fits into its own clock: a thousand years are enough.
    u64::try_from(expires.saturating_sub(now).as_millis()).unwrap_or(u64::MAX).clamp(1, 31_557_600_000_000)
}

async fn certificates(path: &str) -> Result<Vec<u8>, StoreError> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || {
        std::fs::read(&path).map_err(|error| StoreError::new(format!("the certificates in `{path}`: {error}")))
    });
    read.await.unwrap_or_else(|error| Err(StoreError::new(error)))
}

impl Server {
    fn new(url: &str, is_cluster: bool, certificates: Option<TlsCertificates>) -> Result<Self, RedisError> {
        if is_cluster {
            let mut builder =
                ClusterClient::builder([url]).connection_timeout(ATTEMPT).response_timeout(ATTEMPT).retries(3);
            if let Some(certificates) = certificates {
                builder = builder.certs(certificates);
            }
            return Ok(Self::Cluster(Box::new(builder.build()?)));
        }
        let client = match certificates {
            Some(certificates) => Client::build_with_tls(url, certificates)?,
            None => Client::open(url)?,
        };
        Ok(Self::Single(Box::new(client)))
    }

    async fn connect(&self) -> Result<Connection, RedisError> {
        match self {
            Self::Single(client) => {
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(ATTEMPT))
                    .set_response_timeout(Some(ATTEMPT));
                client.get_multiplexed_async_connection_with_config(&config).await.map(Connection::Single)
            }
            Self::Cluster(client) => client.get_async_connection().await.map(Connection::Cluster),
        }
    }
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, command: &'a redis::Cmd) -> RedisFuture<'a, redis::Value> {
        match self {
            Self::Single(connection) => connection.req_packed_command(command),
            Self::Cluster(connection) => connection.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a redis::Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<redis::Value>> {
        match self {
            Self::Single(connection) => connection.req_packed_commands(pipeline, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Single(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}

/// Whether another connection might help.
fn is_of_the_connection(error: &RedisError) -> bool {
    error.is_io_error() || error.is_timeout() || error.is_connection_dropped() || error.is_unrecoverable_error()
}

/// What went wrong. The client's errors name hosts and codes, and no credentials; the server's may quote what it was sent.
fn failed(error: &RedisError) -> StoreError {
    let message = error.to_string();
    let message = message.split(", with args").next().unwrap_or_default();
    let hint = match error.kind() {
        ErrorKind::AuthenticationFailed => "; check the user and the password in its URL",
        ErrorKind::InvalidClientConfig => "; a URL has the form `rediss://user:password@host:port`",
        ErrorKind::Server(ServerErrorKind::Moved) => "; it is part of a cluster: add `cluster=true` to its URL",
        _ => "",
    };
    StoreError::new(format!("the Redis server: {message}{hint}"))
}

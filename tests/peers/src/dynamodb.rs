//! A DynamoDB that speaks the real protocol over HTTP: dynoxide, in memory.

use std::net::SocketAddr;

use dynoxide::Database;
use serde_json::json;

use crate::{Background, listener};

/// A server with tables; it ends when it is dropped.
pub struct DynamoDb {
    address: SocketAddr,
    database: Database,
    _server: Background,
}

impl DynamoDb {
    /// Starts a server without tables.
    pub fn start() -> Self {
        let (listener, address) = listener();
        let database = Database::memory().expect("a database in memory");
        let served = database.clone();
        let server = Background::run(async move || {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            dynoxide::server::serve_on(listener, served).await;
        });
        Self { address, database, _server: server }
    }

    /// Adds a table whose partition key is `id`, or one with these keys.
    pub fn table(self, name: &str, sort_key: Option<(&str, &str)>) -> Self {
        let keys = match sort_key {
            None => vec![("id", "HASH")],
            Some((partition_key, sort_key)) => vec![(partition_key, "HASH"), (sort_key, "RANGE")],
        };
        let schema: Vec<_> = keys.iter().map(|(name, kind)| json!({"AttributeName": name, "KeyType": kind})).collect();
        let types: Vec<_> = keys.iter().map(|(name, _)| json!({"AttributeName": name, "AttributeType": "S"})).collect();
        let request = json!({
            "TableName": name,
            "KeySchema": schema,
            "AttributeDefinitions": types,
            "BillingMode": "PAY_PER_REQUEST",
        });
        let request = serde_json::from_value(request).expect("a request for a table");
        self.database.create_table(request).expect("a table");
        self
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL, for `AWS_ENDPOINT_URL_DYNAMODB`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What a process needs to find it.
    pub fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL_DYNAMODB", self.endpoint()),
            ("AWS_REGION", "eu-west-1".to_owned()),
            // As boto3 calls it.
            ("AWS_DEFAULT_REGION", "eu-west-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ]
    }
}

//! Records in a DynamoDB table.
//!
//! Each step is one conditional write; a refused claim brings the record in its way along, so that no second read is
//! needed: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html#WorkingWithItems.ConditionalUpdate>.

use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};

use super::url::Parameters;
use super::{Store, StoreError};
use crate::aws::sdk_config;
use crate::idempotency::protocol::{Acquired, Claim};
use crate::idempotency::record::{Record, Status};

/// What an item can hold, less what stands beside the result:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>.
const MAX_DATA_BYTES: usize = 400 * 1024 - 6 * 1024;

/// A store in a DynamoDB table.
///
/// The table's partition key is a string named `id`, unless it is [said otherwise](Self::partition_key); its [time to
/// live][ttl] should be the attribute `expiration`, or nothing is ever removed. The function's role needs
/// `dynamodb:PutItem` and `dynamodb:DeleteItem` on it. An attempt takes up to two seconds, and there are three.
///
/// As a URL it is `dynamodb://table`, and behind a `?`, separated by `&`: `endpoint` and `region`, `partition_key`, `sort_key` and
/// `partition` as the methods of these names, `data=native` for [`native_data`](Self::native_data), and other names for
/// `status`, `expiration`, `in_progress_expiration`, `data_attribute`, `validation` and `owner`.
///
/// ```no_run
/// use lambkin::idempotency::DynamoDb;
/// use lambkin::prelude::*;
///
/// #[init]
/// async fn records() -> Result<DynamoDb, Error> {
///     Ok(DynamoDb::from_env("payments").await.partition_key("pk").sort_key("sk", "idempotency#charge"))
/// }
/// # fn main() {}
/// ```
///
/// [ttl]: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
#[derive(Clone)]
pub struct DynamoDb {
    client: Client,
    table: String,
    names: Names,
    /// The partition that holds all records, where the identifier is the sort key.
    partition: Option<(String, String)>,
    is_native: bool,
}

/// An attribute of an item, which has the name of the [`Record`]'s field unless a table [says otherwise](DynamoDb::attribute).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Attribute {
    /// [`Record::status`].
    Status,
    /// [`Record::expiration`], the time to live.
    Expiration,
    /// [`Record::in_progress_expiration`].
    InProgressExpiration,
    /// [`Record::data`].
    Data,
    /// [`Record::validation`].
    Validation,
    /// [`Record::owner`].
    Owner,
}

/// The attributes' names.
#[derive(Clone, Debug)]
struct Names {
    id: String,
    status: String,
    expiration: String,
    in_progress_expiration: String,
    data: String,
    validation: String,
    owner: String,
}

impl fmt::Debug for DynamoDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamoDb").field("table", &self.table).finish_non_exhaustive()
    }
}

impl DynamoDb {
    /// A table, and a client to reach it with. Its timeouts and retries are the client's.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        let names = Names {
            id: "id".to_owned(),
            status: "status".to_owned(),
            expiration: "expiration".to_owned(),
            in_progress_expiration: "in_progress_expiration".to_owned(),
            data: "data".to_owned(),
            validation: "validation".to_owned(),
            owner: "owner".to_owned(),
        };
        Self { client, table: table.into(), names, partition: None, is_native: false }
    }

    /// A table, reached as the environment says: its region and credentials, and `AWS_ENDPOINT_URL_DYNAMODB`.
    pub async fn from_env(table: impl Into<String>) -> Self {
        Self::new(client(None, None).await, table)
    }

    /// Opens what stands behind `dynamodb:` in a URL.
    pub(crate) async fn open(rest: &str) -> Result<Self, StoreError> {
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (table, query) = rest.split_once('?').unwrap_or((rest, ""));
        let table = table.trim_end_matches('/');
        if table.is_empty() {
            return Err(StoreError::new("`dynamodb://` needs a table, as in `dynamodb://payments`"));
        }
        let mut parameters = Parameters::parse(query)?;
        let (endpoint, region) = (parameters.take("endpoint"), parameters.take("region"));
        let mut store = Self::new(client(endpoint, region).await, table);
        if let Some(name) = parameters.take("partition_key") {
            store = store.partition_key(name);
        }
        let attributes = [
            ("status", Attribute::Status),
            ("expiration", Attribute::Expiration),
            ("in_progress_expiration", Attribute::InProgressExpiration),
            ("data_attribute", Attribute::Data),
            ("validation", Attribute::Validation),
            ("owner", Attribute::Owner),
        ];
        let mut valid = vec!["endpoint", "region", "partition_key", "sort_key", "partition", "data"];
        for (parameter, attribute) in attributes {
            valid.push(parameter);
            if let Some(name) = parameters.take(parameter) {
                store = store.attribute(attribute, name);
            }
        }
        match (parameters.take("sort_key"), parameters.take("partition")) {
            (Some(sort_key), Some(partition)) => store = store.sort_key(sort_key, partition),
            (None, None) => {}
            _ => {
                return Err(StoreError::new(
                    "`sort_key` and `partition` go together: the key's name, and the partition's value",
                ));
            }
        }
        match parameters.take("data").as_deref() {
            None | Some("json") => {}
            Some("native") => store = store.native_data(),
            Some(_) => return Err(StoreError::new("`data` is `json` or `native`")),
        }
        parameters.finish(&valid)?;
        Ok(store)
    }

    /// The name of the partition key; `id` by default.
    #[must_use]
    pub fn partition_key(mut self, name: impl Into<String>) -> Self {
        self.names.id = name.into();
        self
    }

    /// For a table with a sort key: all records stand in one partition of this value, with their identifiers as sort keys
    /// of this name. Powertools for AWS Lambda takes `idempotency#` and the function's name for the value.
    #[must_use]
    pub fn sort_key(mut self, name: impl Into<String>, partition: impl Into<String>) -> Self {
        self.partition = Some((name.into(), partition.into()));
        self
    }

    /// Another name for an attribute.
    #[must_use]
    pub fn attribute(mut self, attribute: Attribute, name: impl Into<String>) -> Self {
        let Names { status, expiration, in_progress_expiration, data, validation, owner, .. } = &mut self.names;
        let place = match attribute {
            Attribute::Status => status,
            Attribute::Expiration => expiration,
            Attribute::InProgressExpiration => in_progress_expiration,
            Attribute::Data => data,
            Attribute::Validation => validation,
            Attribute::Owner => owner,
        };
        *place = name.into();
        self
    }

    /// Keeps results as DynamoDB's own maps, lists and numbers, as Powertools for AWS Lambda (TypeScript) does, instead of
    /// as one text of JSON.
    #[must_use]
    pub fn native_data(mut self) -> Self {
        self.is_native = true;
        self
    }

    fn key(&self, id: &str) -> Vec<(String, AttributeValue)> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        match &self.partition {
            None => vec![(self.names.id.clone(), text(id))],
            Some((sort_key, partition)) => {
                vec![(self.names.id.clone(), text(partition)), (sort_key.clone(), text(id))]
            }
        }
    }

    fn item(&self, id: &str, record: &Record) -> Result<HashMap<String, AttributeValue>, StoreError> {
        let Names { status, expiration, in_progress_expiration, data, validation, owner, .. } = &self.names;
        let number = |number: u64| AttributeValue::N(number.to_string());
        let mut item: HashMap<_, _> = self.key(id).into_iter().collect();
        item.insert(status.clone(), AttributeValue::S(record.status.as_str().to_owned()));
        item.insert(expiration.clone(), number(record.expiration));
        if let Some(lease) = record.in_progress_expiration {
            item.insert(in_progress_expiration.clone(), number(lease));
        }
        if let Some(text) = &record.data {
            item.insert(data.clone(), self.data_attribute(text)?);
        }
        for (name, text) in [(validation, &record.validation), (owner, &record.owner)] {
            if let Some(text) = text {
                item.insert(name.clone(), AttributeValue::S(text.clone()));
            }
        }
        Ok(item)
    }

    fn data_attribute(&self, data: &str) -> Result<AttributeValue, StoreError> {
        if !self.is_native {
            return Ok(AttributeValue::S(data.to_owned()));
        }
        // What a cipher made is no JSON.
        match serde_json::from_str::<serde_json::Value>(data) {
            Ok(value) => serde_dynamo::to_attribute_value(value).map_err(StoreError::new),
            Err(_) => Ok(AttributeValue::S(data.to_owned())),
        }
    }

    fn record(&self, mut item: HashMap<String, AttributeValue>) -> Result<Record, StoreError> {
        let odd = |name: &str| {
            let table = &self.table;
            StoreError::new(format!("an item of the table `{table}` is no idempotency record: see its `{name}`"))
        };
        let Names { status, expiration, in_progress_expiration, data, validation, owner, .. } = &self.names;
        let text = |value: Option<AttributeValue>| match value {
            Some(AttributeValue::S(text)) => Some(text),
            _ => None,
        };
        let number = |value: Option<AttributeValue>| match value {
            Some(AttributeValue::N(number)) => number.split('.').next().and_then(|whole| whole.parse().ok()),
            _ => None,
        };
        Ok(Record {
            status: text(item.remove(status)).and_then(|word| Status::of(&word)).ok_or_else(|| odd(status))?,
            expiration: number(item.remove(expiration)).ok_or_else(|| odd(expiration))?,
            in_progress_expiration: number(item.remove(in_progress_expiration)),
            data: match item.remove(data) {
                Some(AttributeValue::S(text)) if !self.is_native => Some(text),
                Some(value) => {
                    let value: serde_json::Value =
                        serde_dynamo::from_attribute_value(value).map_err(StoreError::new)?;
                    Some(value.to_string())
                }
                None => None,
            },
            validation: text(item.remove(validation)),
            owner: text(item.remove(owner)),
        })
    }

    fn put(&self, id: &str, record: &Record) -> Result<PutItemFluentBuilder, StoreError> {
        let put = self.client.put_item().table_name(&self.table).set_item(Some(self.item(id, record)?));
        Ok(put
            .expression_attribute_names("#id", &self.names.id)
            .expression_attribute_names("#owner", &self.names.owner))
    }

    /// What went wrong, and what to do about it.
    fn failed<E>(&self, error: &SdkError<E>) -> StoreError
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let table = &self.table;
        let why = match error {
            SdkError::ServiceError(service) => {
                let (code, message) = (service.err().code().unwrap_or("no code"), service.err().message());
                let hint = match code {
                    "ResourceNotFoundException" => "; create the table, or correct its name, region or account",
                    "AccessDeniedException" => {
                        "; the function's role needs `dynamodb:PutItem` and `dynamodb:DeleteItem` on the table"
                    }
                    _ => "",
                };
                format!("{code}: {}{hint}", message.unwrap_or("no message"))
            }
            SdkError::TimeoutError(_) => "there was no answer in time".to_owned(),
            other => crate::error::chain(other),
        };
        StoreError::new(format!("the DynamoDB table `{table}`: {why}"))
    }
}

impl Store for DynamoDb {
    async fn acquire(&self, id: &str, claim: &Claim) -> Result<Acquired, StoreError> {
        let number = |number: u64| AttributeValue::N(number.to_string());
        let owner = claim.record.owner.clone().unwrap_or_default();
        let sent = self
            .put(id, &claim.record)?
            // The words of `Claim::may_replace`.
            .condition_expression(
                "attribute_not_exists(#id) OR #expiration < :expired OR (#status = :in_progress AND (#lease < :lapsed OR \
                 #owner = :owner))",
            )
            .expression_attribute_names("#status", &self.names.status)
            .expression_attribute_names("#expiration", &self.names.expiration)
            .expression_attribute_names("#lease", &self.names.in_progress_expiration)
            .expression_attribute_values(":expired", number(claim.expired_before))
            .expression_attribute_values(":lapsed", number(claim.lapsed_before))
            .expression_attribute_values(":in_progress", AttributeValue::S(Status::InProgress.as_str().to_owned()))
            .expression_attribute_values(":owner", AttributeValue::S(owner))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match sent {
            Ok(_) => Ok(Acquired::Yours),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(refusal)) => {
                    let item = refusal.item.clone().ok_or_else(|| self.failed(&error))?;
                    Ok(Acquired::Taken(self.record(item)?))
                }
                _ => Err(self.failed(&error)),
            },
        }
    }

    async fn complete(&self, id: &str, done: &Record) -> Result<bool, StoreError> {
        let owner = done.owner.clone().unwrap_or_default();
        let sent = self
            .put(id, done)?
            .condition_expression("attribute_not_exists(#id) OR #owner = :owner")
            .expression_attribute_values(":owner", AttributeValue::S(owner))
            .send()
            .await;
        match sent {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(self.failed(&error)),
            },
        }
    }

    async fn release(&self, id: &str, owner: &str) -> Result<bool, StoreError> {
        let sent = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(self.key(id).into_iter().collect()))
            .condition_expression("#owner = :owner AND #status = :in_progress")
            .expression_attribute_names("#owner", &self.names.owner)
            .expression_attribute_names("#status", &self.names.status)
            .expression_attribute_values(":owner", AttributeValue::S(owner.to_owned()))
            .expression_attribute_values(":in_progress", AttributeValue::S(Status::InProgress.as_str().to_owned()))
            .send()
            .await;
        match sent {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(self.failed(&error)),
            },
        }
    }

    fn max_data_bytes(&self) -> usize {
        // Numbers in a list take up to twice as much as their digits.
        if self.is_native { MAX_DATA_BYTES / 2 } else { MAX_DATA_BYTES }
    }
}

async fn client(endpoint: Option<String>, region: Option<String>) -> Client {
    Client::new(&sdk_config(endpoint, region).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_url_says_it_all() {
        let store = DynamoDb::open(
            "//records?endpoint=http://127.0.0.1:1&region=eu-west-1&partition_key=pk&sort_key=sk&partition=idempotency%23f\
             &status=s&expiration=e&in_progress_expiration=i&data_attribute=d&validation=v&owner=o&data=native",
        );
        let DynamoDb { table, names, partition, is_native, client } = store.await.unwrap();
        assert_eq!(table, "records");
        let Names { id, status, expiration, in_progress_expiration, data, validation, owner } = names;
        assert_eq!(
            [id, status, expiration, in_progress_expiration, data, validation, owner],
            ["pk", "s", "e", "i", "d", "v", "o"]
        );
        assert_eq!(partition, Some(("sk".to_owned(), "idempotency#f".to_owned())));
        assert!(is_native);
        assert_eq!(client.config().region().map(AsRef::as_ref), Some("eu-west-1"));
    }

    #[tokio::test]
    async fn a_table_is_all_that_a_url_needs() {
        let DynamoDb { table, names, partition, is_native, .. } = DynamoDb::open("//payments").await.unwrap();
        assert_eq!((table.as_str(), partition, is_native), ("payments", None, false));
        assert_eq!((names.id.as_str(), names.in_progress_expiration.as_str()), ("id", "in_progress_expiration"));
    }
}

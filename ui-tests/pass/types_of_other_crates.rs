#![deny(warnings)]

use std::collections::HashMap;
use std::sync::{Mutex, RwLock};

use lambkin::prelude::*;
use lambkin::testing::TestApp;

#[init]
async fn number() -> Result<u64, Error> {
    Ok(7)
}

#[init]
async fn names() -> Result<Vec<String>, Error> {
    Ok(vec!["a".to_owned()])
}

#[init]
async fn counts(number: &u64) -> Result<Mutex<HashMap<String, u64>>, Error> {
    Ok(Mutex::new(HashMap::from([("a".to_owned(), *number)])))
}

#[init(provides = RwLock<HashMap<String, u64>>)]
async fn table() -> Result<RwLock<HashMap<String, u64>>, std::io::Error> {
    Ok(RwLock::default())
}

#[handler(invoke)]
async fn total(
    names: &Vec<String>,
    counts: &Mutex<HashMap<String, u64>>,
    table: &RwLock<HashMap<String, u64>>,
) -> Option<u64> {
    assert!(table.read().ok()?.is_empty());
    counts.lock().ok()?.get(names.first()?).copied()
}

lambkin::app! { init: [number, names, counts, table], handlers: [total] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(TestApp::<App>::new().invoke("total", "null").await.response(), 7);
}

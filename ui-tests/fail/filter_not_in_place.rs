use lambkin::prelude::*;

const PAID: &str = r#"{"body": {"paid": [true]}}"#;

#[handler(sqs(queue = "a", filters = PAID))]
async fn constant(_: String) -> Result<(), Error> {
    Ok(())
}

#[handler(sqs(queue = "b", filters = [r#"{"body": ["a"]}"#, concat!("{", "}")]))]
async fn made(_: String) -> Result<(), Error> {
    Ok(())
}

#[handler(sqs(queue = "c", filter = r#"{"body": ["a"]}"#))]
async fn one(_: String) -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [constant, made, one] }

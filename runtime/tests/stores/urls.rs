//! Which store a URL opens.

use lambkin::idempotency::open;

async fn refusal(url: &str) -> String {
    open(url).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_url_of_no_store_lists_the_stores() {
    for url in ["mysql://root:hunter2@db", "payments", ""] {
        let error = refusal(url).await;
        assert!(error.contains("`dynamodb://`") && !error.contains("hunter2"), "{error}");
    }
    assert!(open("memory:").await.is_ok());
}

#[cfg(not(feature = "idempotency-file"))]
#[tokio::test]
async fn a_store_that_is_not_built_in_names_its_feature() {
    for (url, feature) in [
        ("file:x", "idempotency-file"),
        ("dynamodb://x", "idempotency-dynamodb"),
        ("redis://:hunter2@x", "idempotency-redis"),
    ] {
        let error = refusal(url).await;
        assert!(error.contains(feature) && !error.contains("hunter2"), "{error}");
    }
}

#[cfg(feature = "idempotency-file")]
#[tokio::test]
async fn a_file_is_named_with_and_without_slashes() {
    let folder = tempfile::tempdir().unwrap();
    for (slashes, name) in [("", "a"), ("//", "b")] {
        let path = folder.path().join(name);
        open(&format!("file:{slashes}{}", path.display())).await.unwrap();
        assert!(path.exists());
    }
    assert!(refusal("file:").await.contains("`file:` needs a path"));
}

#[cfg(feature = "idempotency-dynamodb")]
#[tokio::test]
async fn a_tables_parameters_are_checked() {
    assert!(refusal("dynamodb://").await.contains("needs a table"));
    assert!(refusal("dynamodb://t?sort_key=sk").await.contains("`sort_key` and `partition` go together"));
    assert!(refusal("dynamodb://t?key=id").await.contains("unknown parameter `key`; there are: `endpoint`"));
    assert!(refusal("dynamodb://t?data=x").await.contains("`data` is `json` or `native`"));
}

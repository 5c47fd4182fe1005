use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use lambkin::prelude::*;

/// The objects of the bucket, with their sizes. A real one would hold the client of a database.
#[derive(Default)]
{{pub}}struct Catalogue {
    sizes: Mutex<BTreeMap<String, u64>>,
}

/// Runs once per execution environment, before the first event is asked for.
#[init]
{{pub}}async fn catalogue() -> Result<Catalogue, Error> {
    Ok(Catalogue::default())
}

/// Lists an upload. Its key is decoded: S3 writes `red flower.jpg` as `red+flower.jpg`.
///
/// S3 may tell of one upload twice: listing it again changes nothing.
#[handler(
    s3(bucket = "uploads", events = "s3:ObjectCreated:*", suffix = ".jpg"),
    concurrency = 4,
    timeout = "1m",
    memory = 512
)]
#[deadline(margin = "5s")]
{{pub}}async fn list_upload(event: S3Event<'_>, catalogue: &Catalogue) -> Result<(), Error> {
    let (key, size) = (event.key(), event.size().unwrap_or_default());
    tracing::info!(bucket = event.bucket(), key, size, "listed");
    let mut sizes = catalogue
        .sizes
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    sizes.insert(key.to_owned(), size);
    Ok(())
}

{{main}}

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;
    use lambkin::testing::s3::{Notification, Record};

    use super::*;
    {{app}}

    #[tokio::test]
    async fn a_catalogue_starts_empty() {
        assert!(
            catalogue()
                .await
                .unwrap()
                .sizes
                .into_inner()
                .unwrap()
                .is_empty()
        );
    }

    #[tokio::test]
    async fn uploads_are_listed_under_their_own_names() {
        let app = TestApp::<App>::new();
        let large = Record::new("ObjectCreated:Copy", "uploads", "crème & tea.jpg").size(5_000);
        let notification = Notification::new().put("uploads", "a.jpg").record(large);
        app.invoke("list_upload", notification).await.response();
        let sizes = app.get::<Catalogue>().unwrap().sizes.lock().unwrap();
        assert_eq!(
            sizes.keys().collect::<Vec<_>>(),
            ["a.jpg", "crème & tea.jpg"]
        );
        assert_eq!(sizes["crème & tea.jpg"], 5_000);
    }

    #[tokio::test]
    async fn the_example_is_listed() {
        let app = TestApp::<App>::new();
        app.invoke("list_upload", include_str!("../events/list_upload.json"))
            .await
            .response();
        let sizes = app.get::<Catalogue>().unwrap().sizes.lock().unwrap();
        assert_eq!(sizes["red flower.jpg"], 1024);
    }
}

//! Handlers that tell what their configuration holds, and of secrets only how long they are.

mod settings;

use std::time::Duration;

use serde_json::{Value, json};

pub use settings::{Bad, Code, Many, MayRotate, Odd, Rotating, Shown, Versions};

use cloud::handler;

/// The number of characters in the token, by which a test knows it.
#[handler(invoke, crate = ::cloud)]
pub async fn measure(rotating: &Rotating) -> usize {
    rotating.token.current().expose().len()
}

/// Whether all that is asked for at the same time is answered with one value.
#[handler(invoke, crate = ::cloud)]
pub async fn measure_slowly(rotating: &Rotating) -> [usize; 2] {
    let before = rotating.token.current().expose().len();
    tokio::time::sleep(Duration::from_millis(50)).await;
    [before, rotating.token.current().expose().len()]
}

/// What may be there.
#[handler(invoke, crate = ::cloud)]
pub async fn may_measure(settings: &MayRotate) -> Value {
    let token = settings.token.as_ref().map(|token| token.current().expose().0);
    json!({"token": token, "level": *settings.level.current(), "printed": format!("{settings:?}")})
}

/// What each version is.
#[handler(invoke, crate = ::cloud)]
pub async fn versions(settings: &Versions) -> Value {
    let Versions { current, previous, first, new } = settings;
    json!({"current": current.expose().len(), "previous": previous.expose().len(), "first": first, "new": new})
}

/// What stands in odd places.
#[handler(invoke, crate = ::cloud)]
pub async fn odd(settings: &Odd) -> Value {
    let Odd { r#type, r#match, values, config, number, object, level, sizes } = settings;
    json!({
        "type": r#type,
        "match": r#match,
        "values": [values, config],
        "number": *number.expose(),
        "object": object.expose().len(),
        "level": level,
        "sizes": sizes,
    })
}

/// Never runs.
#[handler(invoke, crate = ::cloud)]
pub async fn bad(settings: &Bad) -> String {
    let Bad { binary, denied, absent, loud, shown, denied_too, right } = settings;
    format!("{binary:?} {denied:?} {absent:?} {loud:?} {shown:?} {denied_too} {right}")
}

/// How much there is.
#[handler(invoke, crate = ::cloud)]
pub async fn many(settings: &Many, rotating: &Rotating) -> Value {
    let token = rotating.token.current().expose().len();
    let told = json!({"huge": settings.huge.expose().len(), "sizes": settings.sizes, "token": token});
    #[cfg(feature = "sdk")]
    let told = json!({"of": told, "nothing": settings.nothing.as_ref().map(std::collections::BTreeMap::len), "stage": settings.stage});
    told
}

cloud::app! {
    crate: ::cloud,
    config: [Rotating, settings::MayRotate, Versions, Odd, Bad, Many],
    handlers: [measure, measure_slowly, may_measure, versions, odd, bad, many],
}

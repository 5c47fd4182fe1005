//! Handlers for HTTP. They take the event of an HTTP API as it is, and answer with JSON for it: what is under
//! test is the server that makes the one and reads the other.

use std::marker::PhantomData;

use lambkin::__private::{FunctionSpec, Handler, Needs, Ready, Resolving};

/// Puts a handler of any event behind the source that the server looks for.
pub(crate) struct OverHttp<H>(PhantomData<H>);

impl<A: 'static, H: Handler<A>> Handler<A> for OverHttp<H> {
    const SPEC: &'static FunctionSpec = &{
        let spec = FunctionSpec::new(H::SPEC.name, H::SPEC.package, "http");
        match H::SPEC.timeout {
            Some(seconds) => spec.timeout(seconds),
            None => spec,
        }
    };
    const NEEDS: &'static [&'static Needs] = H::NEEDS;

    fn resolve(app: &'static A) -> Resolving<&'static dyn Ready> {
        H::resolve(app)
    }
}

mod of_events {
    use lambkin::prelude::*;
    use serde_json::{Value, json};

    use crate::acts::{Act, Answer, Refused};
    use crate::app::Both;

    /// Does what the body says, which is an [`Act`]; without one in it, it tells what came.
    #[handler(event)]
    pub(crate) async fn site(event: Value, both: &Both, cx: Context) -> Result<Answer, Refused> {
        let body = event.get("body").and_then(Value::as_str);
        let act = body.and_then(|body| serde_json::from_str::<Act>(body).ok());
        match act {
            Some(act) => act.perform().await,
            None => {
                let remaining_is_known = cx.remaining().is_some();
                let context = json!({ "request": cx.request_id(), "remaining_is_known": remaining_is_known });
                Ok(Answer::Json(json!({ "event": event, "context": context, "sum": both.sum })))
            }
        }
    }

    /// The same, for a second.
    #[handler(event, timeout = "1s")]
    pub(crate) async fn brief(event: Value, both: &Both, cx: Context) -> Result<Answer, Refused> {
        site(event, both, cx).await
    }
}

// What `main!` looks for under a handler's name.

pub(crate) mod site {
    pub(crate) const __LAMBKIN: super::OverHttp<super::of_events::site> = super::OverHttp(std::marker::PhantomData);
}

pub(crate) mod brief {
    pub(crate) const __LAMBKIN: super::OverHttp<super::of_events::brief> = super::OverHttp(std::marker::PhantomData);
}

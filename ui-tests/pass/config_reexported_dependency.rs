//! `crate = …` where `lambkin` itself is out of sight.
#![deny(warnings)]

mod vendored {
    pub(crate) mod deep {
        pub(crate) use ::lambkin as cloud;
    }
}

mod lambkin {}

use vendored::deep::cloud;

#[derive(cloud::Config)]
#[config(crate = crate::vendored::deep::cloud)]
struct Settings {
    #[env(default = "x")]
    name: String,
    #[secret("{name}/db", key = "user")]
    user: Option<cloud::Secret<String>>,
}

#[cloud::handler(invoke, crate = crate::vendored::deep::cloud)]
async fn show(settings: &Settings) -> String {
    format!("{} {}", settings.name, settings.user.is_some())
}

cloud::main! { crate: crate::vendored::deep::cloud, config: [Settings], handlers: [show] }

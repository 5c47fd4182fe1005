//! `cargo lambkin concurrency`: what is reserved for a crate's functions, what should be, and making it so.
//!
//! `args` is what can be asked. `find` looks for the functions in the `account`, whose refusals `failure` puts into words, and
//! `metrics` for what ran of them; the `state` that they make is data. `rule` makes a plan out of that, `order` and `apply`
//! bring it to the account, and `template` knows where files of the user's say the same. `text` shows all of it.
//!
//! All that talks to AWS is behind the feature `aws`, because the SDK takes longer to compile than everything else.

#[cfg(feature = "aws")]
mod account;
#[cfg(feature = "aws")]
mod apply;
mod args;
#[cfg(feature = "aws")]
mod failure;
#[cfg(feature = "aws")]
mod find;
#[cfg(feature = "aws")]
mod metrics;
#[cfg(feature = "aws")]
mod order;
#[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "only the feature `aws` asks for metrics"))]
mod period;
#[cfg(feature = "aws")]
mod rule;
#[cfg(feature = "aws")]
mod run;
#[cfg(feature = "aws")]
mod state;
#[cfg(feature = "aws")]
mod template;
#[cfg(feature = "aws")]
mod text;

pub(crate) use crate::concurrency::args::Args;
#[cfg(feature = "aws")]
pub(crate) use crate::concurrency::run::run;

/// Without the SDK there is nothing to do but to say how to get it.
#[cfg(not(feature = "aws"))]
pub(crate) fn run(_: &Args) -> Result<(), crate::error::CliError> {
    Err(crate::error::CliError::new(
        "this cargo-lambkin was built without AWS's SDK, which takes a while to compile: install it again with \
         `--features aws`, as in `cargo install cargo-lambkin --features aws`",
    ))
}

#[cfg(all(test, not(feature = "aws")))]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Tool {
        #[command(flatten)]
        args: Args,
    }

    #[test]
    fn without_the_sdk_it_says_how_to_get_it() {
        let tool = Tool::try_parse_from(["concurrency", "show", "--stage", "prod"]).unwrap();
        assert!(run(&tool.args).unwrap_err().to_string().contains("`--features aws`"));
    }
}

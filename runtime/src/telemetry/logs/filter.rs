//! Which lines are written, and which are kept for the case that something goes wrong.

use tracing::Metadata;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Filter};

use crate::telemetry::spans::TARGET;

/// What is kept, or written for a sample, unless `LAMBKIN_LOG_DETAIL` says otherwise: not the details of the
/// network, which are more than all others.
const DETAIL: &str = "debug,aws_config=info,aws_credential_types=info,aws_runtime=info,aws_sdk=info,aws_sigv4=info,\
                      aws_smithy_runtime=info,aws_smithy_runtime_api=info,h2=info,hyper=info,hyper_util=info,\
                      lambda_runtime=info,lambda_runtime_api_client=info,redis=info,reqwest=info,rustls=info,\
                      tokio=info,tokio_util=info,tower=info";

/// Levels by target.
#[derive(Clone, Debug)]
pub(crate) struct Levels {
    /// What is always written.
    always: Targets,
    /// What is written in some invocations besides.
    detail: Option<Targets>,
}

impl Levels {
    /// What the variables say, and what is wrong with them.
    pub(crate) fn read(variable: impl Fn(&str) -> Option<String>, has_detail: bool) -> (Self, Vec<String>) {
        let mut wrong = Vec::new();
        let lambda = variable("AWS_LAMBDA_LOG_LEVEL").and_then(|level| super::level(&level));
        let default = lambda.unwrap_or(LevelFilter::INFO);
        let mut read = |name: &str| {
            let text = variable(name)?;
            // `Targets` takes a part that is empty for the level ERROR for all, and blanks for a part of a name.
            let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
            if parts.is_empty() {
                return None;
            }
            match parts.join(",").parse::<Targets>() {
                Ok(targets) => Some(targets),
                Err(error) => {
                    wrong.push(format!(
                        "`{name}` is ignored, because it is not a list such as `info,my_crate=debug`: {error}"
                    ));
                    None
                }
            }
        };
        // The level for the rest is Lambda's, unless there is one for all.
        let always = match read("RUST_LOG") {
            Some(targets) if targets.default_level().is_some() => targets,
            Some(targets) => targets.with_default(default),
            None => Targets::new().with_default(default),
        };
        let detail = has_detail.then(|| {
            let given = read("LAMBKIN_LOG_DETAIL");
            given.unwrap_or_else(|| DETAIL.parse().unwrap_or_else(|_| Targets::new().with_default(LevelFilter::DEBUG)))
        });
        (Self { always, detail }, wrong)
    }

    /// Whether a line is always written.
    pub(crate) fn is_written(&self, metadata: &Metadata<'_>) -> bool {
        self.always.would_enable(metadata.target(), metadata.level())
    }

    fn is_wanted(&self, metadata: &Metadata<'_>) -> bool {
        // What a line belongs to is said whatever its level is.
        (metadata.is_span() && metadata.target() == TARGET)
            || self.is_written(metadata)
            || self.detail.as_ref().is_some_and(|detail| detail.would_enable(metadata.target(), metadata.level()))
    }
}

impl<S> Filter<S> for Levels {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.is_wanted(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.is_wanted(metadata) { Interest::always() } else { Interest::never() }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let hint = |targets: &Targets| {
            targets.iter().map(|(_, level)| level).chain(targets.default_level()).max().unwrap_or(LevelFilter::OFF)
        };
        // At least that of the spans.
        let most = hint(&self.always).max(LevelFilter::ERROR);
        Some(self.detail.as_ref().map_or(most, |detail| most.max(hint(detail))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(variables: &[(&str, &str)]) -> (Levels, Vec<String>) {
        let variable = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        Levels::read(variable, true)
    }

    fn writes(levels: &Levels, target: &str, level: tracing::Level) -> bool {
        levels.always.would_enable(target, &level)
    }

    #[test]
    fn the_level_is_lambdas_where_rust_log_says_nothing() {
        use tracing::Level;
        let (silent, wrong) = levels(&[]);
        assert!(writes(&silent, "a", Level::INFO) && !writes(&silent, "a", Level::DEBUG) && wrong.is_empty());
        let (lambda, _) = levels(&[("AWS_LAMBDA_LOG_LEVEL", "WARN")]);
        assert!(writes(&lambda, "a", Level::WARN) && !writes(&lambda, "a", Level::INFO));
        let (both, _) = levels(&[("AWS_LAMBDA_LOG_LEVEL", "WARN"), ("RUST_LOG", "shop=debug")]);
        assert!(writes(&both, "shop::cart", Level::DEBUG) && !writes(&both, "a", Level::INFO));
        let (all, _) = levels(&[("AWS_LAMBDA_LOG_LEVEL", "WARN"), ("RUST_LOG", "info,shop=error")]);
        assert!(writes(&all, "a", Level::INFO) && !writes(&all, "shop", Level::WARN));
        let (fatal, _) = levels(&[("AWS_LAMBDA_LOG_LEVEL", "FATAL")]);
        assert!(writes(&fatal, "a", Level::ERROR) && !writes(&fatal, "a", Level::WARN));
    }

    #[test]
    fn what_is_no_level_is_said_and_left_out() {
        let (levels, wrong) = levels(&[("RUST_LOG", "shop=loud"), ("AWS_LAMBDA_LOG_LEVEL", "WARN")]);
        assert!(!writes(&levels, "a", tracing::Level::INFO));
        assert_eq!(wrong.len(), 1);
        assert!(wrong[0].contains("`RUST_LOG`"), "{wrong:?}");
    }

    #[test]
    fn blanks_and_commas_too_many_change_nothing() {
        use tracing::Level;
        for text in ["info,shop=debug", " info , shop=debug ", "info,shop=debug,", ",info,,shop=debug\n"] {
            let (levels, wrong) = levels(&[("RUST_LOG", text)]);
            assert!(wrong.is_empty(), "{text:?}: {wrong:?}");
            assert!(writes(&levels, "a", Level::INFO) && !writes(&levels, "a", Level::DEBUG), "{text:?}");
            assert!(writes(&levels, "shop::cart", Level::DEBUG), "{text:?}");
        }
        let (nothing, wrong) = levels(&[("RUST_LOG", " , "), ("AWS_LAMBDA_LOG_LEVEL", "WARN")]);
        assert!(writes(&nothing, "a", Level::WARN) && !writes(&nothing, "a", Level::INFO) && wrong.is_empty());
    }

    #[test]
    fn details_leave_out_the_network() {
        let (levels, _) = levels(&[]);
        let detail = levels.detail.unwrap();
        assert!(detail.would_enable("shop", &tracing::Level::DEBUG));
        assert!(!detail.would_enable("hyper_util::client", &tracing::Level::DEBUG));
        assert_eq!(
            Filter::<()>::max_level_hint(&Levels { always: Targets::new(), detail: Some(detail) }),
            Some(LevelFilter::DEBUG)
        );
    }
}

//! Numbers of the options.

use super::{SQS, planned};
use crate::template::args::Format;

#[test]
fn numbers_of_the_options_are_for_the_handler_that_they_name() {
    let of = planned(&[SQS, SQS], &["--reserved-concurrency=f1=5", "--provisioned-concurrency=f0=2"]);
    assert_eq!((of.functions[0].reserved_concurrency, of.functions[1].reserved_concurrency), (None, Some(5)));
    assert_eq!((of.functions[0].provisioned_concurrency, of.functions[1].provisioned_concurrency), (Some(2), None));
}

#[test]
fn whatever_changes_is_published_where_a_version_is_invoked() {
    let of = planned(&[r#""provisioned_concurrency": 2, "trigger": {"source": "invoke"}"#], &[]);
    assert!(super::rendered(&of, Format::Sam).contains("AutoPublishAliasAllProperties: true\n"));
}

#[test]
fn numbers_that_aws_would_refuse_are_refused() {
    let refused = |options: &[&str]| {
        let text = format!(r#"{{"version": 1, "functions": [{{"name": "f", "package": "p", {SQS}}}]}}"#);
        let args = super::args(options);
        let place = crate::manifest::place::Place::find(&args.from).unwrap();
        let planned =
            crate::template::plan::plan(&crate::manifest::Manifest::parse(&text, "it").unwrap(), &place, &args);
        planned.unwrap_err().to_string()
    };
    let why = refused(&["--reserved-concurrency=f=4", "--provisioned-concurrency=f=5"]);
    assert!(why.contains("`f`") && why.contains("reserve 5 or more"), "{why}");
    assert!(refused(&["--provisioned-concurrency=f=0"]).contains("leave it out"));
}

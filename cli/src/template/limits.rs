//! What one format can't say and another can: notes for people, beside those that hold for all formats.

use crate::template::args::Format;
use crate::template::model::{Deployment, FrontEnd, Function, Trigger};

/// Adds the notes of a format.
pub(crate) fn note(deployment: &mut Deployment, format: Format) {
    for function in &mut deployment.functions {
        let notes = of(function, format);
        function.notes.extend(notes.map(str::to_owned));
    }
    let apis = deployment.functions.iter().filter(|function| {
        matches!(&function.trigger, Trigger::Http(http) if matches!(http.front_end, FrontEnd::HttpApi | FrontEnd::RestApi))
    });
    if format == Format::Serverless && apis.count() > 1 {
        deployment.notes.push(
            "the Serverless Framework has one API for all functions of a service: routes that two of them have can't be \
             told apart; deploy them as two services, or with `--front-end function-url`"
                .to_owned(),
        );
    }
}

fn of(function: &Function, format: Format) -> impl Iterator<Item = &'static str> + use<> {
    let bucket = match (&function.trigger, format) {
        (Trigger::Bucket { bucket, .. }, Format::Sam | Format::CloudFormation) if bucket.made.is_none() => Some(
            "its bucket is there already, and CloudFormation can't change what such a bucket tells of: the bucket may \
             invoke the function, and has to be told to by hand",
        ),
        _ => None,
    };
    let version = match (function.provisioned_concurrency, format) {
        (Some(_), Format::CloudFormation) => Some(
            "CloudFormation publishes a version once: with each release its `Version` needs another name for new code to \
             be served",
        ),
        _ => None,
    };
    let listener = match (&function.trigger, format) {
        (Trigger::Http(http), _) if http.front_end == FrontEnd::Alb => {
            Some("each request to the listener that no earlier rule takes is the function's: `/*`")
        }
        _ => None,
    };
    [bucket, version, listener].into_iter().flatten()
}

//! Amazon SES: mail that arrives, by the Lambda action of a receipt rule.
//!
//! An event holds one mail without its text. A rule that invokes synchronously (`RequestResponse`) reads a
//! [`Disposition`] from the response; one that invokes asynchronously (`Event`) reads nothing:
//! <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda.html>.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::batch::{Outcome, response};
use crate::context::Context;
use crate::error::{Failure, InvocationError};
use crate::idempotency::NaturalKey;
use crate::record::FromRecord;
use crate::source::lazy::{self, Lazy, lazy_fields};
use crate::source::{BatchRecord, BatchSource};

/// The source behind `#[handler(ses)]`.
#[doc(hidden)]
pub struct Ses;

/// A record of an SES event.
pub struct Record<'e> {
    mail: Mail<'e>,
    receipt: Lazy<'e>,
    /// Never empty: a record without an identifier does not get this far.
    id: Cow<'e, str>,
    disposition: OnceLock<Disposition>,
}

lazy_fields! {
    /// A record on the wire.
    struct Fields: "an SES record" {
        ses: "ses",
        event_source: "eventSource",
    }
}

lazy_fields! {
    /// Its parts: the mail, and what became of it so far.
    struct Parts: "an object" {
        mail: "mail",
        receipt: "receipt",
    }
}

lazy_fields! {
    struct Mail: "an object" {
        message_id: "messageId",
        timestamp: "timestamp",
        source: "source",
        destination: "destination",
        headers: "headers",
        headers_truncated: "headersTruncated",
        common_headers: "commonHeaders",
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("message_id", &self.id).finish_non_exhaustive()
    }
}

impl BatchRecord for Record<'_> {
    fn id(&self) -> &str {
        &self.id
    }
}

impl NaturalKey for Record<'_> {
    fn natural_key(&self) -> Vec<Option<Cow<'_, str>>> {
        vec![Some(Cow::Borrowed(&self.id))]
    }
}

/// What SES is to do with a mail next, where the rule invokes synchronously: what a handler of mail may return.
///
/// No disposition is as good as `Continue`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Disposition {
    /// Goes on with the rule's next action.
    Continue,
    /// Runs no other action of this rule, and goes on with the next rule.
    StopRule,
    /// Runs no other action, and no other rule.
    StopRuleSet,
}

// Not named in errors: they would be listed for every other source, too.
#[diagnostic::do_not_recommend]
impl Answer<Ses> for () {
    fn answer(self) -> Result<Option<Disposition>, Failure> {
        Ok(None)
    }
}

#[diagnostic::do_not_recommend]
impl Answer<Ses> for Disposition {
    fn answer(self) -> Result<Option<Disposition>, Failure> {
        Ok(Some(self))
    }
}

#[diagnostic::do_not_recommend]
impl Answer<Ses> for Option<Disposition> {
    fn answer(self) -> Result<Self, Failure> {
        Ok(self)
    }
}

#[derive(Deserialize)]
struct Envelope<'e> {
    #[serde(rename = "Records", borrow)]
    records: Vec<Fields<'e>>,
}

impl BatchSource for Ses {
    type Record<'e> = Record<'e>;
    type Envelope<'e> = ();
    type Answer = Option<Disposition>;

    fn decode(event: &str) -> Result<((), Vec<Record<'_>>), InvocationError> {
        let envelope: Envelope<'_> = lazy::envelope(event, "an SES event")?;
        let mut records = Vec::with_capacity(envelope.records.len());
        for (index, fields) in envelope.records.into_iter().enumerate() {
            lazy::check_source(fields.event_source, "aws:ses", index)?;
            let Parts { mail, receipt } = lazy::part(fields.ses, "ses", index)?;
            let mail: Mail<'_> = lazy::part(mail, "ses.mail", index)?;
            let id = lazy::identifier(mail.message_id, "ses.mail.messageId", index)?;
            records.push(Record { mail, receipt, id, disposition: OnceLock::new() });
        }
        Ok(((), records))
    }

    fn keep(record: &Record<'_>, answer: Option<Disposition>) {
        if let Some(disposition) = answer {
            // A record is handled once.
            let _ = record.disposition.set(disposition);
        }
    }

    fn respond(_: &(), records: &[Record<'_>], _: &[Outcome]) -> Result<Vec<u8>, InvocationError> {
        #[derive(Serialize)]
        struct Response {
            disposition: Disposition,
        }

        // One response for the event: were there ever two mails in it, none that was to be stopped goes on.
        match records.iter().filter_map(|record| record.disposition.get()).max() {
            Some(&disposition) => serde_json::to_vec(&Response { disposition })
                .map_err(|error| InvocationError::new("InvalidResponse", error.to_string())),
            None => response::nothing(),
        }
    }
}

/// What a check of SES came to.
///
/// See [AWS on each check][c].
///
/// [c]: https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Verdict {
    /// The mail passed.
    Pass,
    /// It did not.
    Fail,
    /// It can't be said for sure, or there was nothing to check, such as a signature.
    Gray,
    /// SES was not able to check.
    ProcessingFailed,
}

/// A mail's envelope, headers and checks, borrowed from the event.
///
/// Taken by value; there is no payload beside it, because SES sends none: the text is wherever an earlier action of
/// the rule put it. A field that is absent, or not of the form that SES documents, is `None` or an empty list. See
/// the [event's format][f].
///
/// A handler may return a [`Disposition`]:
///
/// ```
/// use lambkin::prelude::*;
/// use lambkin::Verdict;
///
/// #[handler(ses)]
/// async fn screen(mail: SesMessage<'_>) -> Result<Disposition, Error> {
///     if mail.virus_verdict() == Some(Verdict::Pass) && mail.spam_verdict() == Some(Verdict::Pass) {
///         return Ok(Disposition::Continue);
///     }
///     println!("{} goes no further", mail.message_id());
///     Ok(Disposition::StopRuleSet)
/// }
/// # fn main() {}
/// ```
///
/// [f]: https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda-event.html
#[derive(Clone, Copy)]
pub struct SesMessage<'r>(&'r Record<'r>);

impl<'r> FromRecord<'r, Record<'r>> for SesMessage<'r> {
    fn from_record(record: &'r Record<'r>, _: &Context) -> Result<Self, Failure> {
        Ok(Self(record))
    }
}

impl fmt::Debug for SesMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SesMessage").field("message_id", &self.message_id()).finish_non_exhaustive()
    }
}

impl<'r> SesMessage<'r> {
    /// `mail.messageId`: SES's own identifier, also the name of the object that an S3 action stores.
    pub fn message_id(&self) -> &'r str {
        &self.0.id
    }

    /// `mail.timestamp`: when the mail was received.
    pub fn timestamp(&self) -> Option<SystemTime> {
        lazy::rfc3339(self.0.mail.timestamp)
    }

    /// `mail.source`: the address that the envelope came from.
    pub fn source(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.mail.source)
    }

    /// `mail.destination`: all addresses that the mail is for.
    pub fn destination(&self) -> Vec<Cow<'r, str>> {
        lazy::texts(self.0.mail.destination)
    }

    /// `mail.commonHeaders.subject`.
    pub fn subject(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.common_header("subject"))
    }

    /// `mail.commonHeaders.from`.
    pub fn from(&self) -> Vec<Cow<'r, str>> {
        lazy::texts(self.common_header("from"))
    }

    /// `mail.commonHeaders.to`.
    pub fn to(&self) -> Vec<Cow<'r, str>> {
        lazy::texts(self.common_header("to"))
    }

    /// `mail.commonHeaders.cc`.
    pub fn cc(&self) -> Vec<Cow<'r, str>> {
        lazy::texts(self.common_header("cc"))
    }

    fn common_header(&self, name: &str) -> Lazy<'r> {
        lazy::field(self.0.mail.common_headers, name)
    }

    /// The first header of this name, in whatever case it is written.
    pub fn header(&self, name: &str) -> Option<Cow<'r, str>> {
        self.headers().into_iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// `mail.headers`: name and value of each, in their order.
    pub fn headers(&self) -> Vec<(Cow<'r, str>, Cow<'r, str>)> {
        let header = |header| {
            let field = |name| lazy::text(lazy::field(Some(header), name));
            Some((field("name")?, field("value")?))
        };
        lazy::items(self.0.mail.headers).into_iter().filter_map(header).collect()
    }

    /// `mail.headersTruncated`: the headers are longer than the 10 KB that SES sends.
    pub fn headers_truncated(&self) -> bool {
        lazy::flag(self.0.mail.headers_truncated)
    }

    /// `receipt.recipients`: the addresses that this rule matched.
    pub fn recipients(&self) -> Vec<Cow<'r, str>> {
        lazy::texts(self.receipt("recipients"))
    }

    /// `receipt.spamVerdict`.
    pub fn spam_verdict(&self) -> Option<Verdict> {
        self.verdict("spamVerdict")
    }

    /// `receipt.virusVerdict`.
    pub fn virus_verdict(&self) -> Option<Verdict> {
        self.verdict("virusVerdict")
    }

    /// `receipt.spfVerdict`: the Sender Policy Framework's check.
    pub fn spf_verdict(&self) -> Option<Verdict> {
        self.verdict("spfVerdict")
    }

    /// `receipt.dkimVerdict`: the check of DomainKeys Identified Mail.
    pub fn dkim_verdict(&self) -> Option<Verdict> {
        self.verdict("dkimVerdict")
    }

    /// `receipt.dmarcVerdict`: the check of Domain-based Message Authentication, Reporting and Conformance.
    pub fn dmarc_verdict(&self) -> Option<Verdict> {
        self.verdict("dmarcVerdict")
    }

    /// `receipt.dmarcPolicy`: what the sending domain wants done with mail that fails DMARC: `none`, `quarantine`
    /// or `reject`; only where it failed.
    pub fn dmarc_policy(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.receipt("dmarcPolicy"))
    }

    /// `receipt.action.type`: `Lambda`.
    pub fn action_type(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.receipt("action"), "type"))
    }

    /// Whether the rule waits for a [`Disposition`]: `receipt.action.invocationType` is `RequestResponse`.
    pub fn is_synchronous(&self) -> bool {
        let invocation_type = lazy::text(lazy::field(self.receipt("action"), "invocationType"));
        invocation_type.is_some_and(|invocation_type| invocation_type == "RequestResponse")
    }

    fn verdict(&self, check: &str) -> Option<Verdict> {
        let status = lazy::field(self.receipt(check), "status")?;
        serde_json::from_str(status.get()).ok()
    }

    fn receipt(&self, name: &str) -> Lazy<'r> {
        lazy::field(self.0.receipt, name)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn records(event: &str) -> Vec<Record<'_>> {
        Ses::decode(event).unwrap().1
    }

    const MINIMAL: &str = r#"{"Records":[{"ses":{"mail":{"messageId":"m"}}},{"ses":{"mail":{"messageId":"n"}}}]}"#;

    #[test]
    fn every_field_can_be_read() {
        let event = r#"{"Records":[{"eventSource":"aws:ses","eventVersion":"1.0","ses":{"mail":{"timestamp":"1970-01-01T00:00:00.028Z",
            "source":"ada@example.com","messageId":"m-1","destination":["a@example.org","b@example.org"],"headersTruncated":true,
            "headers":[{"name":"Received","value":"1"},{"name":"received","value":"2"},{"name":"X"},7],
            "commonHeaders":{"from":["Ada <ada@example.com>"],"to":["a@example.org"],"cc":["b@example.org"],"subject":"caf\u00e9"}},
            "receipt":{"recipients":["a@example.org"],"spamVerdict":{"status":"PASS"},"virusVerdict":{"status":"FAIL"},
            "spfVerdict":{"status":"GRAY"},"dkimVerdict":{"status":"PROCESSING_FAILED"},"dmarcVerdict":{"status":"NEW"},
            "dmarcPolicy":"reject","action":{"type":"Lambda","functionArn":"arn:f","invocationType":"RequestResponse"}}}}]}"#;
        let records = records(event);
        let mail = SesMessage(&records[0]);
        assert_eq!(mail.message_id(), "m-1");
        assert_eq!(mail.timestamp(), Some(SystemTime::UNIX_EPOCH + Duration::from_millis(28)));
        assert_eq!(mail.source().as_deref(), Some("ada@example.com"));
        assert_eq!(mail.destination(), ["a@example.org", "b@example.org"]);
        assert_eq!(mail.subject().as_deref(), Some("café"));
        assert_eq!((mail.from(), mail.to()), (vec!["Ada <ada@example.com>".into()], vec!["a@example.org".into()]));
        assert_eq!(mail.cc(), ["b@example.org"]);
        assert_eq!(mail.header("RECEIVED").as_deref(), Some("1"));
        assert_eq!((mail.header("x"), mail.headers().len()), (None, 2));
        assert!(mail.headers_truncated());
        assert_eq!(mail.recipients(), ["a@example.org"]);
        assert_eq!((mail.spam_verdict(), mail.virus_verdict()), (Some(Verdict::Pass), Some(Verdict::Fail)));
        assert_eq!((mail.spf_verdict(), mail.dkim_verdict()), (Some(Verdict::Gray), Some(Verdict::ProcessingFailed)));
        assert_eq!((mail.dmarc_verdict(), mail.dmarc_policy().as_deref()), (None, Some("reject")));
        assert_eq!(mail.action_type().as_deref(), Some("Lambda"));
        assert!(mail.is_synchronous());
        assert!(!format!("{:?} {mail:?}", records[0]).contains("example.com"));
    }

    #[test]
    fn fields_that_are_missing_or_odd_are_absent() {
        let odd = r#"{"Records":[{"ses":{"mail":{"messageId":"m","destination":"a","headers":{},"commonHeaders":[]},
            "receipt":7}}]}"#;
        for event in [MINIMAL, odd] {
            let records = records(event);
            let mail = SesMessage(&records[0]);
            assert!(mail.destination().is_empty() && mail.headers().is_empty() && mail.from().is_empty());
            assert!(mail.recipients().is_empty() && !mail.headers_truncated() && !mail.is_synchronous());
            assert_eq!((mail.subject(), mail.spam_verdict(), mail.action_type()), (None, None, None));
        }
    }

    #[test]
    fn what_cannot_be_named_fails_the_invocation() {
        let refusal = |event: &str| Ses::decode(event).map(|_| ()).unwrap_err().error_message;
        assert!(refusal(r#"{"Records":[{"ses":{"mail":{}}}]}"#).contains("`Records[0].ses.mail.messageId` is missing"));
        assert!(refusal(r#"{"Records":[{"ses":{}}]}"#).contains("`Records[0].ses.mail` is not an object"));
        assert!(refusal(r#"{"Records":[{}]}"#).contains("`Records[0].ses` is not an object"));
        let list = r#"{"Records":[{"ses":[{"messageId":"m"},{}]}]}"#;
        assert!(refusal(list).contains("`Records[0].ses` is not an object"));
        assert!(refusal(r#"{"Records":[{"eventSource":"aws:sns"}]}"#).contains("comes from `aws:sns`"));
        assert!(refusal("{}").contains("not an SES event: missing field `Records`"));
    }

    #[test]
    fn the_response_is_what_the_handler_returned() {
        fn response(answers: [impl Answer<Ses>; 2]) -> String {
            let records = records(MINIMAL);
            for (record, answer) in records.iter().zip(answers) {
                Ses::keep(record, answer.answer().unwrap());
            }
            String::from_utf8(Ses::respond(&(), &records, &[]).unwrap()).unwrap()
        }

        assert_eq!(response([(), ()]), "null");
        assert_eq!(response([None::<Disposition>, None]), "null");
        assert_eq!(response([None, Some(Disposition::Continue)]), r#"{"disposition":"CONTINUE"}"#);
        assert_eq!(response([Disposition::StopRule, Disposition::Continue]), r#"{"disposition":"STOP_RULE"}"#);
        let stricter = [Disposition::StopRule, Disposition::StopRuleSet];
        assert_eq!(response(stricter), r#"{"disposition":"STOP_RULE_SET"}"#);
    }
}

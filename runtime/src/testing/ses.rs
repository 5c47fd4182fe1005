//! SES events for tests.

use serde_json::{Map, Value, json};

use crate::source::ses::Verdict;
use crate::testing::IntoEvent;

/// A mail that SES received, as Lambda hands it to a function: one per event.
///
/// ```
/// use lambkin::Verdict;
/// use lambkin::testing::ses::Mail;
///
/// let mail = Mail::new().from("ada@example.com").to("orders@example.org").subject("Two loaves, please");
/// let spam = Mail::new().spam_verdict(Verdict::Fail).header("X-Priority", "1").synchronous();
/// ```
#[derive(Clone, Debug)]
pub struct Mail {
    id: String,
    from: String,
    to: Vec<String>,
    subject: String,
    headers: Vec<Value>,
    receipt: Map<String, Value>,
    is_synchronous: bool,
}

impl Default for Mail {
    fn default() -> Self {
        Self::new()
    }
}

impl Mail {
    /// A mail that passes each check, of a rule that invokes asynchronously.
    pub fn new() -> Self {
        let checks = ["spamVerdict", "virusVerdict", "spfVerdict", "dkimVerdict", "dmarcVerdict"];
        let mail = Self {
            id: "message-0".to_owned(),
            from: "sender@example.com".to_owned(),
            to: Vec::new(),
            subject: "subject".to_owned(),
            headers: Vec::new(),
            receipt: Map::new(),
            is_synchronous: false,
        };
        checks.into_iter().fold(mail, |mail, check| mail.verdict(check, Verdict::Pass))
    }

    /// The mail's identifier; `message-0` by default.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        self.id = id.to_owned();
        self
    }

    /// The sender's address.
    #[must_use]
    pub fn from(mut self, address: &str) -> Self {
        self.from = address.to_owned();
        self
    }

    /// Adds an address that the mail is for; `recipient@example.org` if there is none.
    #[must_use]
    pub fn to(mut self, address: &str) -> Self {
        self.to.push(address.to_owned());
        self
    }

    /// The subject.
    #[must_use]
    pub fn subject(mut self, subject: &str) -> Self {
        self.subject = subject.to_owned();
        self
    }

    /// Adds a header, after those of sender, recipients and subject.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push(json!({"name": name, "value": value}));
        self
    }

    /// What the check for spam came to.
    #[must_use]
    pub fn spam_verdict(self, verdict: Verdict) -> Self {
        self.verdict("spamVerdict", verdict)
    }

    /// What the check for viruses came to.
    #[must_use]
    pub fn virus_verdict(self, verdict: Verdict) -> Self {
        self.verdict("virusVerdict", verdict)
    }

    /// What the check of SPF came to.
    #[must_use]
    pub fn spf_verdict(self, verdict: Verdict) -> Self {
        self.verdict("spfVerdict", verdict)
    }

    /// What the check of DKIM came to.
    #[must_use]
    pub fn dkim_verdict(self, verdict: Verdict) -> Self {
        self.verdict("dkimVerdict", verdict)
    }

    /// What the check of DMARC came to.
    #[must_use]
    pub fn dmarc_verdict(self, verdict: Verdict) -> Self {
        self.verdict("dmarcVerdict", verdict)
    }

    /// What the sending domain wants done with mail that fails DMARC: `none`, `quarantine` or `reject`.
    #[must_use]
    pub fn dmarc_policy(mut self, policy: &str) -> Self {
        self.receipt.insert("dmarcPolicy".to_owned(), policy.into());
        self
    }

    /// The rule waits for a [`Disposition`](crate::Disposition).
    #[must_use]
    pub fn synchronous(mut self) -> Self {
        self.is_synchronous = true;
        self
    }

    fn verdict(mut self, check: &str, verdict: Verdict) -> Self {
        self.receipt.insert(check.to_owned(), json!({ "status": verdict }));
        self
    }
}

impl IntoEvent for Mail {
    fn into_event(self) -> Vec<u8> {
        const TIMESTAMP: &str = "2018-12-17T21:37:29.183Z";
        let Self { id, from, mut to, subject, headers: others, mut receipt, is_synchronous } = self;
        if to.is_empty() {
            to.push("recipient@example.org".to_owned());
        }
        let own = [("From", &from), ("To", &to.join(", ")), ("Subject", &subject)];
        let mut headers: Vec<Value> =
            own.into_iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        headers.extend(others);
        let action = json!({
            "type": "Lambda",
            "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:function",
            "invocationType": if is_synchronous { "RequestResponse" } else { "Event" }
        });
        receipt.extend([
            ("timestamp".to_owned(), TIMESTAMP.into()),
            ("processingTimeMillis".to_owned(), 222.into()),
            ("recipients".to_owned(), json!(to)),
            ("action".to_owned(), action),
        ]);
        let mail = json!({
            "timestamp": TIMESTAMP,
            "source": from,
            "messageId": id,
            "destination": to,
            "headersTruncated": false,
            "headers": headers,
            "commonHeaders": { "returnPath": from, "from": [from], "to": to, "subject": subject }
        });
        let record =
            json!({ "eventSource": "aws:ses", "eventVersion": "1.0", "ses": { "mail": mail, "receipt": receipt } });
        json!({ "Records": [record] }).into_event()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use crate::record::FromRecord;
    use crate::source::BatchSource;
    use crate::source::ses::{Ses, SesMessage};

    #[test]
    fn a_mail_is_an_event_of_its_source() {
        let mail = Mail::new().subject("hello").dmarc_verdict(Verdict::Fail).dmarc_policy("reject");
        let mail = mail.header("X-Priority", "1").synchronous();
        let event = String::from_utf8(mail.into_event()).unwrap();
        let ((), records) = Ses::decode(&event).unwrap();
        let mail = SesMessage::from_record(&records[0], &Context::new(lambda_runtime::Context::default())).unwrap();
        assert_eq!((mail.message_id(), mail.subject().as_deref()), ("message-0", Some("hello")));
        assert_eq!((mail.from(), mail.to()), (vec!["sender@example.com".into()], mail.destination()));
        assert_eq!(mail.recipients(), ["recipient@example.org"]);
        assert_eq!((mail.header("to"), mail.header("x-priority").as_deref()), (Some(mail.to().remove(0)), Some("1")));
        assert_eq!((mail.spam_verdict(), mail.dmarc_verdict()), (Some(Verdict::Pass), Some(Verdict::Fail)));
        assert_eq!(mail.dmarc_policy().as_deref(), Some("reject"));
        assert!(mail.is_synchronous() && mail.timestamp().is_some());
    }
}

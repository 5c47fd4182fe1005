use lambkin::Verdict;
use lambkin::prelude::*;

/// Variables of the function; on this machine they are in `.env`.
#[derive(Config)]
{{pub}}struct Senders {
    /// Domains from which nothing is taken, with commas between them: `BLOCKED`.
    #[env(list)]
    blocked: Vec<String>,
}

/// Whose mail is not wanted.
{{pub}}struct Blocklist {
    domains: Vec<String>,
}

impl Blocklist {
    fn holds(&self, address: &str) -> bool {
        let domain = address.rsplit('@').next().unwrap_or_default();
        self.domains
            .iter()
            .any(|blocked| blocked.eq_ignore_ascii_case(domain))
    }
}

/// Runs once per execution environment, before the first event is asked for.
#[init]
{{pub}}async fn blocklist(senders: &Senders) -> Result<Blocklist, Error> {
    Ok(Blocklist {
        domains: senders.blocked.clone(),
    })
}

/// Keeps spam, viruses and blocked senders from the rule's next actions; the rule has to wait for
/// the answer, with the invocation type `RequestResponse`.
#[handler(ses(recipients = "help@example.com"), timeout = "20s", memory = 256)]
#[deadline(margin = "2s")]
{{pub}}async fn screen(mail: SesMessage<'_>, list: &Blocklist) -> Result<Disposition, Error> {
    let failed = [mail.spam_verdict(), mail.virus_verdict()].contains(&Some(Verdict::Fail));
    let sender = mail.source().unwrap_or_default();
    if failed || list.holds(&sender) {
        tracing::warn!(sender = &*sender, "stopped");
        return Ok(Disposition::StopRule);
    }
    tracing::info!(
        sender = &*sender,
        subject = mail.subject().as_deref(),
        "passed"
    );
    Ok(Disposition::Continue)
}

{{main}}

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;
    use lambkin::testing::ses::Mail;
    use serde_json::json;

    use super::*;
    {{app}}

    fn blocking(domain: &str) -> Blocklist {
        Blocklist {
            domains: vec![domain.to_owned()],
        }
    }

    #[test]
    fn a_domain_is_blocked_and_not_what_ends_like_it() {
        let blocklist = blocking("example.net");
        assert!(blocklist.holds("prizes@EXAMPLE.net"));
        assert!(!blocklist.holds("ada@not-example.net"));
    }

    #[tokio::test]
    async fn spam_and_blocked_senders_are_stopped() {
        let app = TestApp::<App>::new().with(blocking("example.net"));
        let stopped = json!({"disposition": "STOP_RULE"});
        for mail in [
            Mail::new().spam_verdict(Verdict::Fail),
            Mail::new().from("a@example.net"),
        ] {
            assert_eq!(app.invoke("screen", mail).await.response(), stopped);
        }
    }

    #[tokio::test]
    async fn the_example_is_passed() {
        let app = TestApp::<App>::new().with(blocking("example.net"));
        let done = app
            .invoke("screen", include_str!("../events/screen.json"))
            .await;
        assert_eq!(done.response(), json!({"disposition": "CONTINUE"}));
    }
}

//! Who asks: what the front end says about that.

use std::borrow::Cow;
use std::net::SocketAddr;

use super::event::FrontEnd;
use super::request::Request;
use crate::idempotency::hash;
use crate::source::lazy::{self, Lazy};

impl<'e> Request<'e> {
    /// What the authoriser says about the caller. Front ends also have the fields without any authoriser, and nothing
    /// in them: that must not pass for a caller who is known.
    pub(crate) fn claims(&self) -> Lazy<'e> {
        let object = |field: Lazy<'e>| field.filter(|field| field.get().starts_with('{'));
        let authorizer = object(lazy::field(self.context(), "authorizer"))?;
        let part = |name| lazy::field(Some(authorizer), name);
        if let Some(jwt) = object(part("jwt")) {
            return object(lazy::field(Some(jwt), "claims"));
        }
        object(part("claims")).or_else(|| object(part("lambda"))).or_else(|| {
            let said = lazy::lossy_fields(Some(authorizer)).iter().any(|(_, value)| value.get() != "null");
            said.then_some(authorizer)
        })
    }

    /// Whom the front end has authenticated: the first of what it says about that.
    pub(crate) fn principal(&self) -> Option<Cow<'e, str>> {
        let field = |object, path: &[&str]| path.iter().fold(object, |object, name| lazy::field(object, name));
        let context = self.context();
        let paths: &[&[&str]] = &[
            &["authorizer", "jwt", "claims", "sub"],
            &["authorizer", "claims", "sub"],
            // Before the ARN, which is one for all users of an identity pool.
            &["authorizer", "iam", "cognitoIdentity", "identityId"],
            &["authorizer", "iam", "userArn"],
            &["authorizer", "principalId"],
            &["authorizer", "lambda", "principalId"],
            &["identity", "cognitoIdentityId"],
            &["identity", "userArn"],
            &["identity", "principal"],
        ];
        let said = paths.iter().find_map(|path| lazy::text(field(context, path)).filter(|text| !text.is_empty()));
        // The load balancer's, where it has authenticated the user.
        said.or_else(|| match self.front_end() {
            FrontEnd::Alb { .. } => self.header("x-amzn-oidc-identity"),
            _ => None,
        })
    }

    /// Whose request it is, as far as one can tell, for what must not be told to others. Where no front end says whom it
    /// has authenticated, that is whoever has the same client certificate or API key, or sends the same `authorization`,
    /// of which only a hash is kept.
    pub(crate) fn caller(&self) -> Cow<'static, str> {
        if let Some(principal) = self.principal() {
            return Cow::Owned(format!("principal:{principal}"));
        }
        let field = |path: &[&str]| path.iter().fold(self.context(), |object, name| lazy::field(object, name));
        let known: [(&str, &[&str]); 3] = [
            ("certificate", &["identity", "clientCert", "subjectDN"]),
            ("certificate", &["authentication", "clientCert", "subjectDN"]),
            ("key", &["identity", "apiKeyId"]),
        ];
        for (what, path) in known {
            if let Some(name) = lazy::text(field(path)).filter(|name| !name.is_empty()) {
                return Cow::Owned(format!("{what}:{name}"));
            }
        }
        match self.header("authorization") {
            Some(sent) => Cow::Owned(format!("authorization:{}", hash::sha256(sent.as_bytes()))),
            None => Cow::Borrowed("-"),
        }
    }

    /// The address of the client.
    pub(crate) fn source_ip(&self) -> Option<Cow<'e, str>> {
        let context = self.context();
        let of = |part| lazy::text(lazy::field(lazy::field(context, part), "sourceIp"));
        of("http").or_else(|| of("identity")).or_else(|| {
            // The last proxy's word is the front end's own.
            let forwarded = self.header("x-forwarded-for")?;
            let last = forwarded.rsplit(',').next().unwrap_or_default().trim();
            // A load balancer may be told to add the port.
            let address = last.parse::<SocketAddr>().map(|client| client.ip().to_string());
            Some(Cow::Owned(address.unwrap_or_else(|_| last.to_owned())))
        })
    }
}

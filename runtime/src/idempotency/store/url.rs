//! What stands behind the `?` of a store's URL.

use percent_encoding::percent_decode_str;

use super::StoreError;

/// Parameters, each to be taken once.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn parse(query: &str) -> Result<Self, StoreError> {
        let decoded = |text: &str| {
            let text = percent_decode_str(text).decode_utf8();
            text.map(String::from).map_err(|_| StoreError::new("the URL's parameters are not UTF-8 text"))
        };
        let mut parameters: Vec<(String, String)> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name)?, decoded(value)?);
            if value.is_empty() {
                return Err(StoreError::new(format!("the URL's parameter{} has no value", shown(&name))));
            }
            if parameters.iter().any(|(other, _)| *other == name) {
                return Err(StoreError::new(format!("the URL's parameter{} is there twice", shown(&name))));
            }
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let index = self.0.iter().position(|(other, _)| other == name)?;
        Some(self.0.swap_remove(index).1)
    }

    /// Refuses what nobody took.
    pub(super) fn finish(self, valid: &[&str]) -> Result<(), StoreError> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => {
                let name = shown(name);
                let valid: Vec<String> = valid.iter().map(|name| format!("`{name}`")).collect();
                let message = format!("the URL has an unknown parameter{name}; there are: {}", valid.join(", "));
                Err(StoreError::new(message))
            }
        }
    }
}

/// A name in an error. What looks like none may be the rest of a password with a `?` in it.
fn shown(name: &str) -> String {
    let is_name = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_name { format!(" `{name}`") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(query: &str) -> String {
        let parsed = Parameters::parse(query).and_then(|parameters| parameters.finish(&["a", "b"]));
        parsed.unwrap_err().to_string()
    }

    #[test]
    fn parameters_are_decoded_and_taken_once() {
        let mut parameters = Parameters::parse("partition=idempotency%23charge&region=eu-west-1").unwrap();
        assert_eq!(parameters.take("partition").as_deref(), Some("idempotency#charge"));
        assert_eq!(parameters.take("partition"), None);
        assert_eq!(parameters.take("region").as_deref(), Some("eu-west-1"));
        assert!(parameters.finish(&[]).is_ok());
        assert!(Parameters::parse("").unwrap().finish(&[]).is_ok());
    }

    #[test]
    fn what_is_odd_is_refused() {
        assert_eq!(refusal("c=1"), "the URL has an unknown parameter `c`; there are: `a`, `b`");
        assert_eq!(refusal("hunter2@host"), "the URL's parameter has no value");
        assert_eq!(refusal("hunter2@host=1"), "the URL has an unknown parameter; there are: `a`, `b`");
        assert_eq!(refusal("a"), "the URL's parameter `a` has no value");
        assert_eq!(refusal("a=1&a=2"), "the URL's parameter `a` is there twice");
        assert!(refusal("a=%ff").contains("not UTF-8"));
    }
}

//! Words of commands that people are to copy.

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=:./,@+".contains(c);
    match word.chars().all(plain) && !word.is_empty() {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_it_has_to_be() {
        assert_eq!(quoted("a/my-app"), "a/my-app");
        assert_eq!(quoted("it's a/b"), "'it'\\''s a/b'");
        assert_eq!(quoted(""), "''");
    }
}

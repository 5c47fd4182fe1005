//! A `.env` file: lines of `NAME=value`.
//!
//! There is no standard. This reads what all readers of such files agree on, and refuses the rest instead of guessing.

use zeroize::Zeroizing;

/// The variables of a file, or the line that is none and why. The line itself is not shown: it may be a secret.
pub(super) fn parse(text: &str) -> Result<Vec<(String, Zeroizing<String>)>, String> {
    let mut variables = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let wrong = |why: &str| format!("line {} of `.env` {why}", index + 1);
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, rest)) = line.split_once('=') else {
            return Err(wrong("is no `NAME=value`"));
        };
        let name = name.trim();
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')) {
            return Err(wrong("has a name of other characters than letters, digits and `_`"));
        }
        variables.push((name.to_owned(), value(rest.trim()).map_err(wrong)?));
    }
    Ok(variables)
}

/// A value in single quotes is as it stands, one in double quotes has escapes, one without ends at ` #`.
fn value(rest: &str) -> Result<Zeroizing<String>, &'static str> {
    let mut value = Zeroizing::new(String::with_capacity(rest.len()));
    let behind = if let Some(quoted) = rest.strip_prefix('\'') {
        let (text, behind) = quoted.split_once('\'').ok_or("has a quote that is not closed")?;
        value.push_str(text);
        behind
    } else if let Some(quoted) = rest.strip_prefix('"') {
        let mut characters = quoted.chars();
        loop {
            match characters.next().ok_or("has a quote that is not closed")? {
                '"' => break characters.as_str(),
                '\\' => value.push(match characters.next() {
                    Some('n') => '\n',
                    Some('r') => '\r',
                    Some('t') => '\t',
                    Some(itself @ ('"' | '\\' | '$')) => itself,
                    _ => return Err(r#"has a `\` before something else than `n`, `r`, `t`, `"`, `\` or `$`"#),
                }),
                character => value.push(character),
            }
        }
    } else {
        let end = [" #", "\t#"].iter().filter_map(|mark| rest.find(mark)).min().unwrap_or(rest.len());
        value.push_str(rest.get(..end).unwrap_or(rest).trim_end());
        ""
    };
    let behind = behind.trim_start();
    match behind.is_empty() || behind.starts_with('#') {
        true => Ok(value),
        false => Err("goes on behind its closing quote"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, String> {
        Ok(parse(text)?.into_iter().map(|(name, value)| (name, value.to_string())).collect())
    }

    #[test]
    fn values_stand_with_and_without_quotes() {
        let text = "\u{feff}# a comment\n\nA=1\nexport B = two words # the rest\r\nC='as # it \\n is' # x\n\
                    D=\"a\\n\\\"b\\\" \\\\ \\$ #\"\nE=\nF=a#b=c\nG=''\n";
        let expected = [
            ("A", "1"),
            ("B", "two words"),
            ("C", "as # it \\n is"),
            ("D", "a\n\"b\" \\ $ #"),
            ("E", ""),
            ("F", "a#b=c"),
            ("G", ""),
        ];
        assert_eq!(read(text).unwrap(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_is_wrong_is_said_by_its_line_and_never_shown() {
        for (text, why) in [
            ("hunter2", "line 1 of `.env` is no `NAME=value`"),
            ("A=1\n\nB='hunter2", "line 3 of `.env` has a quote that is not closed"),
            ("A=\"hunter2", "not closed"),
            ("A=\"hunter2\\", "before something else"),
            ("A=\"hunter2\\x\"", "before something else"),
            ("A='hunter2' more", "goes on behind"),
            ("hunter2 2=1", "has a name of other"),
            ("=hunter2", "has a name of other"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(why) && !error.contains("hunter2"), "{error}");
        }
    }
}

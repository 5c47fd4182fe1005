//! YAML in block style, with comments.
//!
//! Written here because no crate for YAML writes comments, and because only the plainest of it is wanted: what is not a
//! simple word is quoted, so that each reader, of YAML 1.1 or 1.2, reads the same.

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Null,
    Text(String),
    Number(i64),
    Flag(bool),
    List(Vec<Node>),
    Map(Map),
}

/// A map, in the order in which it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Map {
    entries: Vec<Entry>,
    /// For the next entry.
    comments: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    comments: Vec<String>,
    key: String,
    value: Node,
}

impl Map {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A map of one entry.
    pub(crate) fn of(key: &str, value: impl Into<Node>) -> Self {
        Self::new().with(key, value)
    }

    pub(crate) fn with(mut self, key: &str, value: impl Into<Node>) -> Self {
        self.set(key, value);
        self
    }

    /// With the entry if there is a value.
    pub(crate) fn maybe(self, key: &str, value: Option<impl Into<Node>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// With the entry if there is something in the map.
    pub(crate) fn unless_empty(self, key: &str, map: Self) -> Self {
        if map.is_empty() { self } else { self.with(key, map) }
    }

    /// With a comment above the next entry.
    pub(crate) fn comment(mut self, text: impl Into<String>) -> Self {
        self.comments.push(text.into());
        self
    }

    /// With a comment above what follows, if there is one.
    pub(crate) fn maybe_comment(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.comment(text),
            None => self,
        }
    }

    /// Comments above the next entry.
    pub(crate) fn comments(&mut self, texts: &[String]) {
        self.comments.extend(texts.iter().cloned());
    }

    pub(crate) fn set(&mut self, key: &str, value: impl Into<Node>) {
        let comments = std::mem::take(&mut self.comments);
        self.entries.push(Entry { comments, key: key.to_owned(), value: value.into() });
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.entries.extend(other.entries);
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// As a document.
    pub(crate) fn to_yaml(&self) -> String {
        let mut out = String::new();
        write_map(self, 0, &mut out);
        out
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Node {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<u32> for Node {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<i64> for Node {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Node {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Map> for Node {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Node {
    fn from(list: Vec<T>) -> Self {
        Self::List(list.into_iter().map(Into::into).collect())
    }
}

fn write_map(map: &Map, indent: usize, out: &mut String) {
    for entry in &map.entries {
        write_entry(entry, indent, indent, out);
    }
}

/// The first line of what stands in a list begins behind its `-`, so its own indent differs.
fn write_entry(entry: &Entry, first: usize, indent: usize, out: &mut String) {
    for text in &entry.comments {
        comment(text, indent, out);
    }
    out.push_str(&" ".repeat(first));
    out.push_str(&scalar(&entry.key));
    out.push(':');
    match &entry.value {
        Node::List(items) if !items.is_empty() => {
            out.push('\n');
            write_list(items, indent + 2, out);
        }
        Node::Map(map) if !map.is_empty() => {
            out.push('\n');
            write_map(map, indent + 2, out);
        }
        value => {
            out.push(' ');
            out.push_str(&inline(value));
            out.push('\n');
        }
    }
}

fn write_list(items: &[Node], indent: usize, out: &mut String) {
    for item in items {
        if let Node::Map(map) = item
            && let Some((first, rest)) = map.entries.split_first()
        {
            for text in &first.comments {
                comment(text, indent, out);
            }
            out.push_str(&" ".repeat(indent));
            out.push_str("- ");
            write_entry(&Entry { comments: Vec::new(), ..first.clone() }, 0, indent + 2, out);
            for entry in rest {
                write_entry(entry, indent + 2, indent + 2, out);
            }
            continue;
        }
        out.push_str(&" ".repeat(indent));
        out.push_str("- ");
        match item {
            Node::List(items) if !items.is_empty() => {
                out.push('\n');
                write_list(items, indent + 2, out);
            }
            item => {
                out.push_str(&inline(item));
                out.push('\n');
            }
        }
    }
}

fn inline(value: &Node) -> String {
    match value {
        Node::Null => "null".to_owned(),
        Node::Text(text) => scalar(text),
        Node::Number(number) => number.to_string(),
        Node::Flag(flag) => flag.to_string(),
        Node::List(_) => "[]".to_owned(),
        Node::Map(_) => "{}".to_owned(),
    }
}

/// Lines of a comment, as wide as a person reads.
pub(crate) fn comment(text: &str, indent: usize, out: &mut String) {
    const WIDTH: usize = 110;

    let mut line = String::new();
    let mut lines = Vec::new();
    // Also what a comment quotes has no line breaks then.
    for word in text.split_whitespace().map(without_controls) {
        if !line.is_empty() && indent + line.chars().count() + word.chars().count() + 3 > WIDTH {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    lines.push(line);
    for line in lines {
        out.push_str(&" ".repeat(indent));
        out.push_str(format!("# {line}").trim_end());
        out.push('\n');
    }
}

fn without_controls(word: &str) -> String {
    word.chars().map(|c| if must_be_escaped(c) { '\u{fffd}' } else { c }).collect()
}

/// As it is where no reader takes it for something else, and else in quotes: in single ones where it is full of double ones,
/// as JSON is.
fn scalar(text: &str) -> String {
    // Words that YAML 1.1 takes for truth or nothing.
    const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];

    let first = |c: char| c.is_ascii_alphabetic() || c == '/';
    let inner = |c: char| c.is_ascii_alphanumeric() || "_-./:*@$".contains(c);
    let is_plain = text.starts_with(first)
        && text.chars().all(inner)
        && !text.ends_with(':')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    let is_json = text.contains('"') && !text.contains(|c| c == '\'' || must_be_escaped(c));
    match text {
        _ if is_plain => text.to_owned(),
        _ if is_json => format!("'{text}'"),
        _ => quoted(text),
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if must_be_escaped(c) => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// What YAML does not call printable, and what some reader takes for the end of a line.
fn must_be_escaped(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_lists_and_comments_stand_where_people_expect_them() {
        let map = Map::new()
            .with("Type", "AWS::SQS::Queue")
            .comment("six times\n30")
            .with("Timeout", 180u32)
            .with("Actions", vec!["sqs:*", "a b"])
            .with("Rules", vec![Map::new().comment("why").with("Key", "x").with("On", true), Map::new()])
            .with("Empty", Map::new())
            .with("None", Vec::<Node>::new())
            .with("Nested", vec![Node::List(vec!["a".into()])]);
        let expected = "\
Type: AWS::SQS::Queue
# six times 30
Timeout: 180
Actions:
  - sqs:*
  - \"a b\"
Rules:
  # why
  - Key: x
    \"On\": true
  - {}
Empty: {}
None: []
Nested:
  -\x20
    - a
";
        assert_eq!(map.to_yaml(), expected);
    }

    #[test]
    fn what_could_be_read_as_something_else_is_quoted() {
        for (text, written) in [
            ("yes", "\"yes\""),
            ("Null", "\"Null\""),
            ("", "\"\""),
            ("30", "\"30\""),
            ("2012-10-17", "\"2012-10-17\""),
            ("*", "\"*\""),
            ("a: b", "\"a: b\""),
            ("a:", "\"a:\""),
            ("a #b", "\"a #b\""),
            ("${a}", "\"${a}\""),
            ("{\"a\":\"\\\\\"}", "'{\"a\":\"\\\\\"}'"),
            ("\"it's\"", "\"\\\"it's\\\"\""),
            ("\"\\\n\u{7f}é", "\"\\\"\\\\\\n\\U0000007Fé\""),
            ("arn:aws:sqs:eu-west-1:1:q", "arn:aws:sqs:eu-west-1:1:q"),
            ("/aws/lambda/a", "/aws/lambda/a"),
        ] {
            assert_eq!(scalar(text), written);
        }
    }
}

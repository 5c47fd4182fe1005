//! HCL, Terraform's own syntax, laid out as `terraform fmt` does.
//!
//! Written here because of the comments, and because what is written is little: blocks, attributes, templates.

use crate::template::yaml::comment;

/// What an attribute is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expr {
    /// A reference or a call, as it is.
    Raw(String),
    /// A text with references in it.
    Template(Vec<Part>),
    Number(i64),
    Flag(bool),
    List(Vec<Expr>),
    Object(Vec<(String, Expr)>),
    Call(&'static str, Box<Expr>),
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    Reference(String),
}

/// What stands between braces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    items: Vec<(Vec<String>, Item)>,
    comments: Vec<String>,
}

#[derive(Clone, Debug)]
enum Item {
    Attribute(String, Expr),
    Block(String, Body),
}

impl Body {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Expr>) -> Self {
        self.push(Item::Attribute(name.to_owned(), value.into()));
        self
    }

    pub(crate) fn maybe(self, name: &str, value: Option<impl Into<Expr>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// With a block; its type, and its labels in quotes if it has any.
    pub(crate) fn block(mut self, head: &str, body: Self) -> Self {
        self.push(Item::Block(head.to_owned(), body));
        self
    }

    pub(crate) fn maybe_block(self, head: &str, body: Option<Self>) -> Self {
        match body {
            Some(body) => self.block(head, body),
            None => self,
        }
    }

    /// With a comment above what follows.
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

    /// A resource.
    pub(crate) fn resource(&mut self, ty: &str, label: &str, body: Self) {
        self.push(Item::Block(format!("resource \"{ty}\" \"{label}\""), body));
    }

    pub(crate) fn add(&mut self, head: &str, body: Self) {
        self.push(Item::Block(head.to_owned(), body));
    }

    pub(crate) fn comments(&mut self, texts: &[String]) {
        self.comments.extend(texts.iter().cloned());
    }

    fn push(&mut self, item: Item) {
        let comments = std::mem::take(&mut self.comments);
        self.items.push((comments, item));
    }

    /// As a file.
    pub(crate) fn to_hcl(&self) -> String {
        let mut out = String::new();
        self.write(0, &mut out);
        out
    }

    fn write(&self, indent: usize, out: &mut String) {
        let pad = " ".repeat(indent);
        let mut rest = self.items.as_slice();
        let mut is_first = true;
        while let Some(((comments, item), after)) = rest.split_first() {
            match item {
                Item::Attribute(name, value) => {
                    for text in comments {
                        comment(text, indent, out);
                    }
                    // Neighbours on one line each have their `=` below one another.
                    let width = match is_inline(value) {
                        true => name.len().max(aligned(after)).max(aligned_before(&self.items, rest)),
                        false => name.len(),
                    };
                    out.push_str(&format!("{pad}{name:<width$} = "));
                    value.write(indent, out);
                    out.push('\n');
                }
                Item::Block(head, body) => {
                    if !is_first {
                        out.push('\n');
                    }
                    for text in comments {
                        comment(text, indent, out);
                    }
                    out.push_str(&format!("{pad}{head} {{"));
                    if !body.items.is_empty() {
                        out.push('\n');
                        body.write(indent + 2, out);
                        out.push_str(&pad);
                    }
                    out.push_str("}\n");
                    if matches!(after.first(), Some((_, Item::Attribute(..)))) {
                        out.push('\n');
                    }
                }
            }
            is_first = false;
            rest = after;
        }
    }
}

/// The longest name of the attributes that follow in one run.
fn aligned(after: &[(Vec<String>, Item)]) -> usize {
    let run = after.iter().map_while(|(comments, item)| match item {
        Item::Attribute(name, value) if comments.is_empty() && is_inline(value) => Some(name.len()),
        _ => None,
    });
    run.max().unwrap_or(0)
}

/// The longest name of the attributes before, in the run that `rest` goes on with.
fn aligned_before(all: &[(Vec<String>, Item)], rest: &[(Vec<String>, Item)]) -> usize {
    let before = all.len() - rest.len();
    // An attribute with a comment begins a run.
    let begins = |item: &(Vec<String>, Item)| !item.0.is_empty();
    if rest.first().is_some_and(begins) {
        return 0;
    }
    let mut longest = 0;
    for item in all.iter().take(before).rev() {
        match &item.1 {
            Item::Attribute(name, value) if is_inline(value) => longest = longest.max(name.len()),
            _ => break,
        }
        if begins(item) {
            break;
        }
    }
    longest
}

fn is_inline(value: &Expr) -> bool {
    match value {
        Expr::List(items) => items.len() < 2 && items.iter().all(is_inline),
        Expr::Object(fields) => fields.is_empty(),
        Expr::Call(_, inner) => is_inline(inner),
        Expr::Raw(_) | Expr::Template(_) | Expr::Number(_) | Expr::Flag(_) => true,
    }
}

impl Expr {
    fn write(&self, indent: usize, out: &mut String) {
        let pad = " ".repeat(indent);
        match self {
            Self::Raw(text) => out.push_str(text),
            Self::Template(parts) => {
                out.push('"');
                for part in parts {
                    match part {
                        Part::Literal(text) => escape(text, out),
                        Part::Reference(text) => out.push_str(&format!("${{{text}}}")),
                    }
                }
                out.push('"');
            }
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Flag(flag) => out.push_str(&flag.to_string()),
            Self::List(items) if is_inline(self) => {
                out.push('[');
                items.iter().for_each(|item| item.write(indent, out));
                out.push(']');
            }
            Self::List(items) => {
                out.push_str("[\n");
                for item in items {
                    out.push_str(&format!("{pad}  "));
                    item.write(indent + 2, out);
                    out.push_str(",\n");
                }
                out.push_str(&format!("{pad}]"));
            }
            Self::Object(fields) if fields.is_empty() => out.push_str("{}"),
            Self::Object(fields) => {
                out.push_str("{\n");
                // Of an object each run of short fields is aligned by itself, as attributes are.
                let body =
                    fields.iter().fold(Body::new(), |body, (name, value)| body.with(&field(name), value.clone()));
                body.write(indent + 2, out);
                out.push_str(&format!("{pad}}}"));
            }
            Self::Call(function, inner) => {
                out.push_str(&format!("{function}("));
                inner.write(indent, out);
                out.push(')');
            }
        }
    }
}

/// A field's name: a word, or in quotes, as `for` is: behind a brace it begins an expression.
fn field(name: &str) -> String {
    let is_word = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_word && name != "for" {
        return name.to_owned();
    }
    let mut quoted = String::from("\"");
    escape(name, &mut quoted);
    quoted.push('"');
    quoted
}

/// <https://developer.hashicorp.com/terraform/language/expressions/strings>
fn escape(text: &str, out: &mut String) {
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if letters.peek() == Some(&'{') => {
                out.push(c);
                out.push(c);
            }
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
}

impl From<&str> for Expr {
    fn from(text: &str) -> Self {
        Self::Template(vec![Part::Literal(text.to_owned())])
    }
}

impl From<&String> for Expr {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<u32> for Expr {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<i64> for Expr {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Expr {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Expr {
    fn from(list: Vec<T>) -> Self {
        Self::List(list.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_laid_out_as_terraform_does() {
        let mut file = Body::new();
        let policy = Expr::Object(vec![
            ("Version".to_owned(), "2012-10-17".into()),
            (
                "Statement".to_owned(),
                vec![Expr::Object(vec![("aws:a".to_owned(), Expr::Raw("var.x".to_owned()))])].into(),
            ),
        ]);
        let body = Body::new()
            .with("name", "a")
            .with("timeout", 3u32)
            .comment("why")
            .with("on", true)
            .with("actions", vec!["a", "b"])
            .with("policy", Expr::Call("jsonencode", Box::new(policy)))
            .block("ttl", Body::new().with("x", vec!["a"]))
            .block("empty", Body::new());
        file.resource("aws_x", "y", body);
        let expected = "\
resource \"aws_x\" \"y\" {
  name    = \"a\"
  timeout = 3
  # why
  on = true
  actions = [
    \"a\",
    \"b\",
  ]
  policy = jsonencode({
    Version = \"2012-10-17\"
    Statement = [
      {
        \"aws:a\" = var.x
      },
    ]
  })

  ttl {
    x = [\"a\"]
  }

  empty {}
}
";
        assert_eq!(file.to_hcl(), expected);
    }

    #[test]
    fn a_field_is_a_word_where_terraform_takes_it_for_one() {
        for (name, written) in [("a_1", "a_1"), ("for", "\"for\""), ("a:b", "\"a:b\""), ("1", "\"1\""), ("", "\"\"")] {
            assert_eq!(field(name), written);
        }
    }

    #[test]
    fn a_text_does_not_break_out() {
        let mut out = String::new();
        escape("\"\\\n${a} %{b} $c $${", &mut out);
        assert_eq!(out, "\\\"\\\\\\n$${a} %%{b} $c $$${");
    }
}

//! Texts of which parts are known only when they are deployed. Each format has its own way to write them.

use serde::{Serialize, Serializer};

/// A text in pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text(pub(crate) Vec<Piece>);

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// As it is.
    Literal(String),
    /// The stage that is deployed.
    Stage,
    Region,
    Account,
    /// `aws`, or another one's name.
    Partition,
    /// The value of a parameter, by its identifier.
    Parameter(String),
    /// The ARN of a resource of this deployment.
    Arn(Resource),
    /// What its kind is called by: a table's or a bus's name, an API's identifier.
    Name(Resource),
}

/// A resource of this deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resource {
    pub(crate) kind: Kind,
    /// Unique within its kind: letters and digits, a capital first.
    pub(crate) id: String,
}

/// The kinds of resources that texts refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Queue,
    DeadLetters,
    Stream,
    Table,
    Topic,
    Bucket,
    Bus,
    Rule,
    TopicRule,
    HttpApi,
    RestApi,
    TargetGroup,
    Role,
    Invoker,
    LogGroup,
    /// What invokes a function invokes this: the function, or the alias whose environments are provisioned.
    Target,
}

impl Kind {
    /// Each of them.
    pub(crate) const ALL: [Self; 16] = [
        Self::Queue,
        Self::DeadLetters,
        Self::Stream,
        Self::Table,
        Self::Topic,
        Self::Bucket,
        Self::Bus,
        Self::Rule,
        Self::TopicRule,
        Self::HttpApi,
        Self::RestApi,
        Self::TargetGroup,
        Self::Role,
        Self::Invoker,
        Self::LogGroup,
        Self::Target,
    ];

    /// What an identifier ends with where all resources share one namespace. No word ends with another one.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Queue => "Queue",
            Self::DeadLetters => "DeadLetters",
            Self::Stream => "Stream",
            Self::Table => "Table",
            Self::Topic => "Topic",
            Self::Bucket => "Bucket",
            Self::Bus => "Bus",
            Self::Rule => "EventRule",
            Self::TopicRule => "DeviceRule",
            Self::HttpApi => "HttpApi",
            Self::RestApi => "RestApi",
            Self::TargetGroup => "TargetGroup",
            Self::Role => "Role",
            Self::Invoker => "Invoker",
            Self::LogGroup => "LogGroup",
            Self::Target => "Function",
        }
    }

    pub(crate) fn of(self, id: &str) -> Resource {
        Resource { kind: self, id: id.to_owned() }
    }
}

impl Resource {
    /// The identifier where all resources share one namespace.
    pub(crate) fn logical_id(&self) -> String {
        format!("{}{}", self.id, self.kind.word())
    }

    pub(crate) fn arn(&self) -> Text {
        Text(vec![Piece::Arn(self.clone())])
    }

    pub(crate) fn name(&self) -> Text {
        Text(vec![Piece::Name(self.clone())])
    }
}

impl Text {
    pub(crate) fn parameter(id: &str) -> Self {
        Self(vec![Piece::Parameter(id.to_owned())])
    }

    /// `arn:PARTITION:SERVICE:REGION:ACCOUNT:`, and what follows.
    pub(crate) fn own_arn(service: &str, rest: impl Into<Self>) -> Self {
        let literal = |text: &str| Piece::Literal(text.to_owned());
        let head = [
            literal("arn:"),
            Piece::Partition,
            literal(&format!(":{service}:")),
            Piece::Region,
            literal(":"),
            Piece::Account,
            literal(":"),
        ];
        Self(head.to_vec()).then(rest)
    }

    /// This and then that; neighbouring literals become one.
    pub(crate) fn then(mut self, other: impl Into<Self>) -> Self {
        for piece in other.into().0 {
            match (self.0.last_mut(), piece) {
                (_, Piece::Literal(text)) if text.is_empty() => {}
                (Some(Piece::Literal(last)), Piece::Literal(text)) => last.push_str(&text),
                (_, piece) => self.0.push(piece),
            }
        }
        self
    }

    /// The text, if it is known already.
    pub(crate) fn known(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The parameter's identifier, if the text is one and nothing else.
    pub(crate) fn parameter_id(&self) -> String {
        match self.0.as_slice() {
            [Piece::Parameter(id)] => id.clone(),
            _ => String::new(),
        }
    }

    /// The resource, if the text is one's ARN and nothing else.
    pub(crate) fn resource(&self) -> Option<&Resource> {
        match self.0.as_slice() {
            [Piece::Arn(resource)] => Some(resource),
            _ => None,
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::default() } else { Self(vec![Piece::Literal(text.to_owned())]) }
    }
}

impl From<Piece> for Text {
    fn from(piece: Piece) -> Self {
        Self(vec![piece])
    }
}

/// As people read it: what is not known yet stands in braces.
impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Literal(text) => f.write_str(text),
            Piece::Stage => f.write_str("{stage}"),
            Piece::Region => f.write_str("{region}"),
            Piece::Account => f.write_str("{account}"),
            Piece::Partition => f.write_str("{partition}"),
            Piece::Parameter(id) => write!(f, "{{parameter {id}}}"),
            Piece::Arn(resource) => write!(f, "{{arn of {}}}", resource.logical_id()),
            Piece::Name(resource) => write!(f, "{{name of {}}}", resource.logical_id()),
        })
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.logical_id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_joined_and_read_as_one_text() {
        let text = Text::own_arn("sqs", "orders-").then(Piece::Stage).then("").then("-a").then("b");
        assert_eq!(text.to_string(), "arn:{partition}:sqs:{region}:{account}:orders-{stage}-ab");
        assert_eq!(text.0.len(), 9);
        assert_eq!(Text::from("a").then("b").known(), Some("ab"));
        assert_eq!(text.known(), None);
    }

    #[test]
    fn no_kind_s_word_ends_with_another_s() {
        for (a, b) in Kind::ALL.iter().flat_map(|a| Kind::ALL.iter().map(move |b| (a, b))).filter(|(a, b)| a != b) {
            assert!(!a.word().ends_with(b.word()), "{a:?} {b:?}");
        }
    }
}

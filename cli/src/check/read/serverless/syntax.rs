//! The syntax of variables: `${type(arguments):address, fallback}`, as
//! <https://github.com/oss-serverless/serverless/blob/main/docs/guides/variables.md> has it.

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Literal(&'a str),
    /// What stands between `${` and `}`.
    Variable(&'a str),
}

/// The variables of a text, and what is between them: `\${` is a `${` that stays. `${AWS::Region}` is CloudFormation's and no variable.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut literal = 0;
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("${")) {
        let start = at + found;
        let inner = text.get(start + 2..).unwrap_or_default();
        at = start + 2;
        let slashes = text.get(literal..start).map_or(0, |before| before.len() - before.trim_end_matches('\\').len());
        if slashes % 2 == 1 {
            // Escaped: the backslash goes, and what follows it stays.
            if let Some(before) = text.get(literal..start - 1).filter(|before| !before.is_empty()) {
                pieces.push(Piece::Literal(before));
            }
            literal = start;
            continue;
        }
        if !is_variable(inner) {
            continue;
        }
        let Some(length) = end(inner) else { break };
        if let Some(before) = text.get(literal..start).filter(|before| !before.is_empty()) {
            pieces.push(Piece::Literal(before));
        }
        pieces.push(Piece::Variable(inner.get(..length).unwrap_or_default()));
        at = start + 2 + length + 1;
        literal = at;
    }
    if let Some(rest) = text.get(literal..).filter(|rest| !rest.is_empty()) {
        pieces.push(Piece::Literal(rest));
    }
    pieces
}

/// Whether a type and its address begin here, and not a name of CloudFormation's.
fn is_variable(inner: &str) -> bool {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let length = inner.find(|letter| !is_name(letter)).unwrap_or(inner.len());
    let rest = inner.get(length..).unwrap_or_default();
    length > 0 && (rest.starts_with('(') || (rest.starts_with(':') && !rest.starts_with("::")))
}

/// Where the `}` of a variable is that begins here.
fn end(inner: &str) -> Option<usize> {
    scan(inner, |letter, depth| letter == '}' && depth == 0)
}

/// The first letter, outside of quotes, that is wanted; with how many brackets are open there.
fn scan(text: &str, mut wanted: impl FnMut(char, usize) -> bool) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match quote {
            Some(open) => {
                if letter == open {
                    quote = None;
                }
            }
            None if wanted(letter, depth) => return Some(at),
            None => match letter {
                '\'' | '"' => quote = Some(letter),
                '{' | '(' => depth += 1,
                '}' | ')' => depth = depth.saturating_sub(1),
                _ => {}
            },
        }
    }
    None
}

/// The sources of a variable, one for each that is tried.
pub(super) fn sources(variable: &str) -> Vec<&str> {
    let mut sources = Vec::new();
    let mut rest = variable;
    while let Some(comma) = scan(rest, |letter, depth| letter == ',' && depth == 0) {
        sources.push(rest.get(..comma).unwrap_or_default().trim());
        rest = rest.get(comma + 1..).unwrap_or_default();
    }
    sources.push(rest.trim());
    sources
}

/// A source: its type, its arguments and its address.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Call<'a> {
    pub(super) name: &'a str,
    pub(super) arguments: Option<&'a str>,
    pub(super) address: &'a str,
}

pub(super) fn call(source: &str) -> Option<Call<'_>> {
    let length = source.find(['(', ':'])?;
    let name = source.get(..length)?;
    let rest = source.get(length..)?;
    let Some(inner) = rest.strip_prefix('(') else {
        return Some(Call { name, arguments: None, address: rest.strip_prefix(':')?.trim() });
    };
    let close = scan(inner, |letter, depth| letter == ')' && depth == 0)?;
    let after = inner.get(close + 1..)?.trim();
    Some(Call { name, arguments: inner.get(..close), address: after.strip_prefix(':').unwrap_or(after).trim() })
}

/// A fallback that stands as it is: in quotes, a number or a word of JSON.
pub(super) fn constant(source: &str) -> Option<&str> {
    for quote in ['\'', '"'] {
        if let Some(inner) = source.strip_prefix(quote).and_then(|inner| inner.strip_suffix(quote)) {
            return Some(inner);
        }
    }
    let is_word = matches!(source, "true" | "false" | "null") || source.parse::<f64>().is_ok();
    is_word.then_some(source)
}

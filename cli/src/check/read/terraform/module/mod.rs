//! The `.tf` files of one module: what is declared in them, and what it comes to.

mod body;
mod data;
mod eval;
mod functions;
mod heredoc;
mod json;
mod operators;
mod reference;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};

use crate::check::observed::{Place, Unread};
use crate::check::read::terraform::resources::Resource;
use crate::check::read::terraform::value::Value;
use crate::check::read::{Given, Source};
use crate::error::CliError;
use body::Instances;

/// How much is evaluated at most, so that values made of values that are made of values end. Real modules take a fraction.
const BUDGET: usize = 300_000;

/// How deep values may be made of each other; what is written in one expression is bounded by the parser.
const DEPTH: usize = 100;

/// A file, and where its lines begin.
pub(super) struct File<'s> {
    name: &'s Rc<str>,
    /// Empty for one in JSON, whose places nobody looks for.
    text: &'s str,
    lines: Vec<usize>,
    body: Body,
}

/// A block of the module, and the file that it is in.
#[derive(Clone, Copy)]
struct Declared<'f> {
    file: &'f File<'f>,
    block: &'f Block,
}

/// What the files declare.
pub(super) struct Module<'f> {
    files: &'f [File<'f>],
    variables: BTreeMap<&'f str, Declared<'f>>,
    locals: BTreeMap<&'f str, (&'f File<'f>, &'f Expression)>,
    /// By type and name.
    resources: BTreeMap<(&'f str, &'f str), Declared<'f>>,
    data: BTreeMap<(&'f str, &'f str), Declared<'f>>,
    modules: Vec<Declared<'f>>,
    given: &'f [Given],
    instances: RefCell<BTreeMap<String, Rc<Instances>>>,
    /// What is being evaluated, so that nothing is made of itself.
    busy: RefCell<Vec<String>>,
    spent: Cell<usize>,
}

/// The text without the byte order mark that some editors and shells put before it.
pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

impl<'s> File<'s> {
    pub(super) fn parse(source: &'s Source) -> Result<Self, CliError> {
        let name = &source.name;
        let text = without_mark(&source.text);
        if name.ends_with(".json") {
            let body = json::body(text).map_err(|error| CliError::new(format!("`{name}` is no JSON: {error}")))?;
            return Ok(Self { name, text: "", lines: Vec::new(), body });
        }
        let body = hcl_edit::parser::parse_body(text).map_err(|error| {
            let (line, column) = (error.location().line(), error.location().column());
            CliError::new(format!("`{name}`, line {line}, column {column}: this is no HCL: {}", error.message()))
        })?;
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Ok(Self { name, text, lines: std::iter::once(0).chain(breaks).collect(), body })
    }

    /// The names of its variables.
    pub(super) fn declared(&self) -> impl Iterator<Item = &str> {
        let variables = self.body.blocks().filter(|block| block.has_ident("variable"));
        variables.filter_map(|block| block.labels.first()).map(hcl_edit::structure::BlockLabel::as_str)
    }

    /// What is written there.
    fn slice(&self, expr: &Expression) -> String {
        let text = expr.span().and_then(|span| self.text.get(span));
        let text = text.map_or_else(|| expr.to_string(), str::to_owned);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn place(&self, span: Option<Range<usize>>, path: &str) -> Rc<Place> {
        let start = span.filter(|_| !self.text.is_empty()).map(|span| span.start);
        let line = start.map(|start| self.lines.partition_point(|line| *line <= start));
        let column = line.zip(start).and_then(|(line, start)| {
            let begin = *self.lines.get(line.checked_sub(1)?)?;
            Some(self.text.get(begin..start)?.chars().count() + 1)
        });
        Rc::new(Place { file: Rc::clone(self.name), line, column, path: path.to_owned() })
    }
}

impl<'f> Module<'f> {
    pub(super) fn new(files: &'f [File<'f>], given: &'f [Given]) -> Self {
        let mut module = Self {
            files,
            variables: BTreeMap::new(),
            locals: BTreeMap::new(),
            resources: BTreeMap::new(),
            data: BTreeMap::new(),
            modules: Vec::new(),
            given,
            instances: RefCell::default(),
            busy: RefCell::default(),
            spent: Cell::new(0),
        };
        for file in files {
            for block in file.body.blocks() {
                module.declare(Declared { file, block });
            }
        }
        module
    }

    fn declare(&mut self, declared: Declared<'f>) {
        let mut labels = declared.block.labels.iter().map(hcl_edit::structure::BlockLabel::as_str);
        match (declared.block.ident.as_str(), labels.next(), labels.next()) {
            ("variable", Some(name), _) => {
                self.variables.insert(name, declared);
            }
            ("locals", ..) => {
                for attribute in declared.block.body.attributes() {
                    self.locals.insert(attribute.key.as_str(), (declared.file, &attribute.value));
                }
            }
            ("resource", Some(ty), Some(name)) => {
                self.resources.insert((ty, name), declared);
            }
            ("data", Some(ty), Some(name)) => {
                self.data.insert((ty, name), declared);
            }
            ("module", Some(_), _) => self.modules.push(declared),
            _ => {}
        }
    }

    /// All resources of these types, as often as they are there.
    pub(super) fn resources(&self, is_read: impl Fn(&str) -> bool) -> Vec<Resource> {
        let mut all = Vec::new();
        for ((ty, name), declared) in self.resources.iter().filter(|((ty, _), _)| is_read(ty)) {
            all.extend(self.expand(ty, name, *declared));
        }
        // In the order of the files, not of the names.
        all.sort_by(|a, b| {
            let key = |of: &Resource| (Rc::clone(&of.place.file), of.place.line);
            key(a).cmp(&key(b))
        });
        all
    }

    /// What is in other modules, and what it was too much to evaluate. Asked when all resources were.
    pub(super) fn unread(&self) -> Vec<Unread> {
        let of = |declared: &Declared<'f>| {
            let name = declared.block.labels.first().map_or("", |label| label.as_str());
            let source = declared.block.body.get_attribute("source").and_then(|source| source.value.as_str());
            let what = match source {
                Some(source) if source.starts_with("terraform-aws-modules/lambda/aws") => format!(
                    "the module {name}, a function of `{source}`: check the plan instead, which has its resources"
                ),
                Some(source) => format!("the module {name} of `{source}`: check the plan instead, or its folder too"),
                None => format!("the module {name}"),
            };
            let path = format!("module.{name}");
            Unread { what, place: (*declared.file.place(declared.block.ident.span(), &path)).clone() }
        };
        let first = self.files.first().filter(|_| self.spent.get() > BUDGET);
        let exhausted = first.map(|file| {
            let what = "values that are made of more others than are evaluated here: check the plan instead".to_owned();
            Unread { what, place: (*file.place(None, "")).clone() }
        });
        self.modules.iter().map(of).chain(exhausted).collect()
    }

    /// Takes from what may be evaluated; false when it is used up.
    fn spend(&self, amount: usize) -> bool {
        let spent = self.spent.get().saturating_add(amount);
        self.spent.set(spent);
        spent <= BUDGET
    }

    /// Evaluates what has a name, unless it is made of itself or too deep.
    fn once(&self, name: &str, evaluate: impl FnOnce() -> Value) -> Option<Value> {
        {
            let mut busy = self.busy.borrow_mut();
            if busy.len() >= DEPTH || busy.iter().any(|busy| busy == name) {
                return None;
            }
            busy.push(name.to_owned());
        }
        let value = evaluate();
        self.busy.borrow_mut().pop();
        Some(value)
    }
}

//! The files of a project.

use std::collections::BTreeSet;

use crate::event;
use crate::new::cargo::Lambkin;
use crate::new::kind::Kind;

/// How wide rustfmt lets a line be.
const WIDTH: usize = 100;

/// What a project is made of.
pub(super) struct Files<'p> {
    pub(super) name: &'p str,
    /// In the order in which they were asked for; never empty.
    pub(super) kinds: &'p [&'static Kind],
    pub(super) lambkin: &'p Lambkin,
    /// Whether it is in no workspace.
    pub(super) is_alone: bool,
    /// Whether a repository is told what not to take.
    pub(super) ignores: bool,
}

impl Files<'_> {
    /// Each file by its path, and what is in it.
    pub(super) fn all(&self) -> Vec<(String, String)> {
        let mut files = vec![("Cargo.toml".to_owned(), self.manifest())];
        match self.kinds {
            [kind] => files.push(("src/main.rs".to_owned(), self.single(kind))),
            kinds => {
                files.push(("src/main.rs".to_owned(), self.several()));
                files.extend(kinds.iter().map(|kind| (format!("src/{}.rs", kind.source.name()), module(kind))));
            }
        }
        for kind in self.kinds {
            files.push((kind.handler().event, event::example(kind.source).pretty()));
        }
        let variables: Vec<&str> = self.configs().map(|(_, config)| config.variable).collect();
        if !variables.is_empty() {
            let env = format!("{}{}\n", include_str!("templates/env"), variables.join("\n"));
            files.push((".env".to_owned(), env));
        }
        if self.ignores {
            files.push((".gitignore".to_owned(), include_str!("templates/gitignore").to_owned()));
        }
        files.push(("README.md".to_owned(), self.readme()));
        files
    }

    fn configs(&self) -> impl Iterator<Item = (&'static Kind, &'static crate::new::kind::Config)> {
        self.kinds.iter().filter_map(|kind| Some((*kind, kind.config.as_ref()?)))
    }

    fn manifest(&self) -> String {
        let mut features = vec!["logs"];
        for feature in self.kinds.iter().flat_map(|kind| kind.features) {
            if !features.contains(feature) {
                features.push(feature);
            }
        }
        // Sorted, as people sort them.
        let mut dependencies = BTreeSet::from([
            self.lambkin.dependency(&features),
            "serde = { version = \"1\", features = [\"derive\"] }".to_owned(),
            "tracing = \"0.1\"".to_owned(),
        ]);
        dependencies.extend(self.kinds.iter().flat_map(|kind| kind.dependencies).map(|line| (*line).to_owned()));
        let for_tests = ["serde_json = \"1\"", "tokio = { version = \"1\", features = [\"macros\", \"rt\"] }"];
        let for_tests = for_tests.into_iter().filter(|line| !dependencies.contains(*line)).collect::<Vec<_>>();
        let manifest = filled(
            include_str!("templates/package.toml"),
            &[
                ("name", self.name),
                ("rust", env!("CARGO_PKG_RUST_VERSION")),
                ("dependencies", &dependencies.iter().map(String::as_str).collect::<Vec<_>>().join("\n")),
                ("dev_dependencies", &for_tests.join("\n")),
            ],
        );
        match self.is_alone {
            true => format!("{manifest}\n{}", include_str!("templates/profile.toml")),
            false => manifest,
        }
    }

    /// The program, with its one handler in it.
    fn single(&self, kind: &Kind) -> String {
        let code = kind.code.replace("    {{app}}\n", "");
        let code = filled(&code, &[("pub", ""), ("main", &self.wiring(|_| String::new()))]);
        format!("//! {}\n\n{code}", kind.about)
    }

    /// The program, with its handlers in modules.
    fn several(&self) -> String {
        let mut modules: Vec<String> = self.kinds.iter().map(|kind| format!("mod {};", kind.source.name())).collect();
        modules.sort();
        let main = self.wiring(|kind| format!("{}::", kind.source.name()));
        let values = [("modules", &*modules.join("\n")), ("main", &main)];
        filled(include_str!("templates/main.rs"), &values)
    }

    /// `main!`.
    fn wiring(&self, module: impl Fn(&Kind) -> String) -> String {
        let list = |section: &str, entries: Vec<String>| {
            let line = format!("    {section}: [{}],\n", entries.join(", "));
            match entries.len() {
                0 => String::new(),
                _ if line.len() <= WIDTH => line,
                _ => format!("    {section}: [\n        {},\n    ],\n", entries.join(",\n        ")),
            }
        };
        let config = self.configs().map(|(kind, config)| module(kind) + config.name).collect();
        let init = self.kinds.iter().map(|kind| module(kind) + kind.init).collect();
        let handlers = self.kinds.iter().map(|kind| module(kind) + kind.handler().name).collect();
        let sections = [list("config", config), list("init", init), list("handlers", handlers)];
        format!("lambkin::main! {{\n{}}}", sections.concat())
    }

    fn about(&self) -> String {
        match self.kinds {
            [kind] => kind.about.to_owned(),
            kinds => {
                let name = |kind: &&Kind| format!("`{}` ({})", kind.handler().name, kind.source.name());
                format!("Handlers for AWS Lambda: {}.", kinds.iter().map(name).collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn readme(&self) -> String {
        let handlers: Vec<_> = self.kinds.iter().map(|kind| kind.handler()).collect();
        let run: Vec<String> =
            handlers.iter().map(|handler| format!("cargo run -- {} {}", handler.name, handler.event)).collect();
        let first = handlers.first().map_or("", |handler| handler.name);
        let mut sections = String::new();
        for (is_needed, section) in [
            (self.kinds.iter().any(|kind| kind.serves), include_str!("templates/serve.md")),
            (self.configs().next().is_some(), include_str!("templates/config.md")),
            (self.kinds.iter().any(|kind| kind.is_idempotent()), include_str!("templates/idempotent.md")),
        ] {
            if is_needed {
                sections.push_str(section);
            }
        }
        let values = [
            ("name", self.name),
            ("about", &self.about()),
            ("run", &run.join("\n")),
            ("handler", first),
            ("sections", &sections),
        ];
        filled(include_str!("templates/README.md"), &values)
    }
}

/// A handler in a module of its own, which the program sees.
fn module(kind: &Kind) -> String {
    let code = kind.code.replace("{{main}}\n\n", "");
    let code = filled(&code, &[("pub", "pub(crate) "), ("app", "use crate::App;")]);
    format!("//! {}\n\n{code}", kind.about)
}

/// A template with its gaps filled.
fn filled(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (gap, value)| text.replace(&format!("{{{{{gap}}}}}"), value))
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;
    use crate::source::Source;

    fn files(kinds: &[&'static Kind], is_alone: bool) -> Vec<(String, String)> {
        Files { name: "my-app", kinds, lambkin: &Lambkin::published(), is_alone, ignores: true }.all()
    }

    #[test]
    fn no_gap_is_left_and_no_line_too_long() {
        let all: Vec<&Kind> = Source::value_variants().iter().map(|source| Kind::of(*source)).collect();
        let singles = all.iter().map(|kind| files(&[*kind], true));
        for (path, text) in singles.chain([files(&all, false)]).flatten() {
            // Some attributes have braces of their own, but never two.
            assert!(!text.contains("{{") && !text.contains("}}"), "{path}: {text}");
            assert!(text.ends_with('\n') && !text.ends_with("\n\n") && !text.contains("\n\n\n"), "{path}: {text}");
            assert!(text.lines().all(|line| line.trim_end() == line), "{path}: {text}");
            let too_long = text.lines().find(|line| path.starts_with("src") && line.chars().count() > WIDTH);
            assert_eq!(too_long, None, "{path}");
        }
    }

    #[test]
    fn names_are_used_once() {
        let kinds = Source::value_variants().iter().map(|source| Kind::of(*source));
        let names: BTreeSet<&str> = kinds.map(|kind| kind.handler().name).collect();
        assert_eq!(names.len(), Source::value_variants().len());
        // Words of the local tool, which no handler may be called.
        assert!(!["manifest", "serve", "help"].iter().any(|word| names.contains(word)));
    }

    #[test]
    fn a_workspace_has_its_own_profile() {
        let manifest = |is_alone| files(&[Kind::of(Source::Http)], is_alone)[0].1.clone();
        let table: toml::Table = manifest(true).parse().unwrap();
        assert_eq!(table["profile"]["release"]["panic"].as_str(), Some("unwind"));
        assert!(!manifest(false).contains("profile"));
    }
}

//! Writes random tables of routes: as modules for the attribute macros, and as plain data for the reference.
//!
//! What the macros refuse is not written:
//!
//! - One method takes one pattern once in a whole table, whatever its parameters are called and in whichever module the
//!   routes stand. `any` counts as a method of its own.
//! - A pattern ends with `/` only where the handler is strict, and so are all modules behind it. No prefix ends so.
//! - A wildcard stands at the end of a pattern, and never in a prefix.
//! - The prefix of a mount holds no parameter. That of a module may, if the module mounts nothing.
//! - All paths of a function have the same parameters. A module's prefix is part of them.
//! - A module has one route at least, or it mounts something.
//! - Where there is a fallback, no route of the handler's own module takes any method at `/{*…}`: with another one at
//!   `/`, nothing would be left for it.

use std::collections::HashSet;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

/// How many tables there are. The time to compile them grows with it.
const TABLES: usize = 50;

/// Few, so that patterns overlap.
const LITERALS: [&str; 5] = ["a", "b", "a", "b", "é+"];

/// Those that others stand in for, and that stand in for others, more often.
const METHODS: [&str; 12] =
    ["get", "get", "post", "put", "patch", "delete", "head", "head", "options", "any", "any", "any"];

const POLICIES: [&str; 3] = ["ignore", "redirect", "strict"];

/// Whole patterns have about as many segments.
const DEPTH: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=LAMBKIN_TABLES_SEED");
    let seed = match std::env::var("LAMBKIN_TABLES_SEED") {
        Ok(seed) => seed.parse()?,
        Err(_) => 1,
    };
    let mut random = Random(seed);
    let tables: Vec<Table> = (0..TABLES).map(|number| Table::random(number, &mut random)).collect();
    let directory = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&directory).join("tables.rs"), written(seed, &tables)?)?;
    Ok(())
}

/// SplitMix64: the same tables for a seed, on any machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap_or_default()
    }

    /// Whether something happens that does so in one of so many cases.
    fn one_in(&mut self, cases: usize) -> bool {
        self.below(cases) == 0
    }

    fn of<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices.get(self.below(choices.len())).copied().unwrap_or_default()
    }
}

struct Table {
    number: usize,
    policy: &'static str,
    has_fallback: bool,
    /// The handler's own, then mounted ones.
    modules: Vec<Module>,
}

#[derive(Default)]
struct Module {
    /// Empty, or a path.
    prefix: String,
    /// The numbers of the modules that it mounts, and where.
    mounts: Vec<(usize, String)>,
    /// What stands in front of its patterns, its prefix included. A module that is mounted twice has two.
    bases: Vec<String>,
    functions: Vec<Function>,
}

struct Function {
    name: String,
    /// Methods and patterns, as they are written.
    paths: Vec<(&'static str, String)>,
    parameters: Vec<String>,
}

impl Table {
    fn random(number: usize, random: &mut Random) -> Self {
        // Each policy with and without what else there may be.
        let policy = POLICIES.get(number % POLICIES.len()).copied().unwrap_or_default();
        let has_fallback = random.one_in(3);
        let mut table = Self { number, policy, has_fallback, modules: Vec::new() };
        let mounts = if random.one_in(3) { 0 } else { 1 + random.below(3) };
        table.modules = (0..=mounts).map(|_| Module::default()).collect();
        table.mount(random);
        let (mut taken, mut wholes) = (HashSet::new(), Vec::new());
        let wanted = 3 + random.below(12);
        let mut count = 0;
        // A module without a route is refused, so each gets one first.
        for module in 0..=mounts {
            while table.add(module, 1, &mut taken, &mut wholes, random) == 0 {}
            count += 1;
        }
        while count < wanted {
            let module = random.below(table.modules.len());
            count += table.add(module, wanted - count, &mut taken, &mut wholes, random);
        }
        table
    }

    /// Chooses who mounts whom, and prefixes.
    fn mount(&mut self, random: &mut Random) {
        for module in 1..self.modules.len() {
            // By the handler, or by a module that is mounted itself.
            let by = random.below(module);
            let places = if random.one_in(4) { 2 } else { 1 };
            for place in 0..places {
                // Two at one place would conflict with each other.
                let prefix = match place {
                    0 if random.one_in(4) => "/".to_owned(),
                    0 => literals(1 + random.below(2), random),
                    _ => "/twice".to_owned(),
                };
                if let Some(by) = self.modules.get_mut(by) {
                    by.mounts.push((module, prefix));
                }
            }
        }
        for module in &mut self.modules {
            module.prefix = match random.below(6) {
                0 => literals(1, random),
                1 if module.mounts.is_empty() => format!("{}/{{p}}", literals(random.below(2), random)),
                _ => String::new(),
            };
        }
        // Who mounts comes before whom it mounts, so its own bases are there.
        if let Some(handler) = self.modules.first_mut() {
            handler.bases = vec![handler.prefix.clone()];
        }
        for by in 0..self.modules.len() {
            let Some((bases, mounts)) = self.modules.get(by).map(|by| (by.bases.clone(), by.mounts.clone())) else {
                continue;
            };
            for (module, at) in mounts {
                let Some(module) = self.modules.get_mut(module) else { continue };
                let at = if at == "/" { "" } else { &at };
                let prefix = &module.prefix;
                module.bases.extend(bases.iter().map(|base| format!("{base}{at}{prefix}")));
            }
        }
    }

    /// Adds a function with up to so many paths to a module. Returns how many it has; none if all are taken.
    fn add(
        &mut self,
        number: usize,
        limit: usize,
        taken: &mut HashSet<String>,
        wholes: &mut Vec<String>,
        random: &mut Random,
    ) -> usize {
        let is_handlers = number == 0;
        let Some(module) = self.modules.get_mut(number) else { return 0 };
        let before = module.bases.iter().map(|base| base.matches('/').count()).max().unwrap_or(0);
        let deepest = DEPTH.saturating_sub(before).max(1);
        // What other patterns are, seen from here: those that are like one of them overlap with it.
        let base = nameless(module.bases.first().map_or("", String::as_str));
        let others: Vec<String> = wholes.iter().filter_map(|whole| within(whole, &base)).collect();
        let mut paths: Vec<(&str, String)> = Vec::new();
        let mut count = None;
        let wanted = if random.one_in(4) { 2 + random.below(2) } else { 1 };
        for _ in 0..wanted.min(limit) {
            let shape = match random.one_in(2) || others.is_empty() {
                true => shape(deepest, random),
                false => {
                    let at = random.below(others.len());
                    varied(others.get(at).map_or("", String::as_str), random)
                }
            };
            let pattern = named(&shape, self.policy == "strict", random);
            let parameters = pattern.matches('{').count();
            let method = random.of(&METHODS);
            let is_whole = is_handlers && self.has_fallback && method == "any" && pattern.starts_with("/{*");
            if is_whole || *count.get_or_insert(parameters) != parameters {
                continue;
            }
            let places: Vec<String> = module.bases.iter().map(|base| nameless(&behind(base, &pattern))).collect();
            let keys: Vec<String> = places.iter().map(|place| format!("{method} {place}")).collect();
            if keys.iter().any(|key| taken.contains(key)) {
                continue;
            }
            taken.extend(keys);
            wholes.extend(places);
            paths.push((method, pattern));
        }
        if paths.is_empty() {
            return 0;
        }
        let mut parameters: Vec<String> = (0..count.unwrap_or(0)).map(|number| format!("x{number}")).collect();
        if module.prefix.contains('{') {
            parameters.push("p".to_owned());
        }
        let count = paths.len();
        let name = format!("r{}", module.functions.len());
        module.functions.push(Function { name, paths, parameters });
        count
    }

    /// What the module of this number is called.
    fn name(&self, module: usize) -> String {
        match module {
            0 => format!("t{}", self.number),
            module => format!("t{}_m{module}", self.number),
        }
    }
}

/// A path of so many literals.
fn literals(count: usize, random: &mut Random) -> String {
    (0..count).map(|_| format!("/{}", random.of(&LITERALS))).collect()
}

/// What is left of a pattern for paths behind a base, if there are any that it matches.
fn within(whole: &str, base: &str) -> Option<String> {
    let mut parts = whole.split('/').skip(1);
    for before in base.split('/').skip(1) {
        let part = parts.next()?;
        if part != before && part != "{}" && before != "{}" {
            return None;
        }
    }
    Some(parts.collect::<Vec<_>>().join("/"))
}

/// The parts of a pattern: literals, `{}` and at the end `{*}`.
fn shape(deepest: usize, random: &mut Random) -> Vec<String> {
    let mut parts: Vec<String> = (0..random.below(deepest + 1))
        .map(|_| if random.one_in(3) { "{}".to_owned() } else { random.of(&LITERALS).to_owned() })
        .collect();
    if let Some(last) = parts.last_mut()
        && random.one_in(4)
    {
        *last = "{*}".to_owned();
    }
    parts
}

/// The parts of a pattern that are like those of another one, or the same.
fn varied(other: &str, random: &mut Random) -> Vec<String> {
    let mut parts: Vec<String> = other.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    // The same pattern, for another method.
    if random.one_in(3) {
        return parts;
    }
    for part in &mut parts {
        if random.one_in(3) {
            *part = if part == "{}" { random.of(&LITERALS).to_owned() } else { "{}".to_owned() };
        }
    }
    if random.one_in(5) {
        // A wildcard that is there already is among those cut off.
        parts.truncate(random.below(parts.len().max(1)));
        parts.push("{*}".to_owned());
    }
    parts
}

/// A pattern of these parts, with names in any order.
fn named(parts: &[String], is_strict: bool, random: &mut Random) -> String {
    let count = parts.iter().filter(|part| part.starts_with('{')).count();
    let first = random.below(count);
    let mut names = (0..count).map(|number| (first + number) % count);
    let mut pattern = String::new();
    for part in parts {
        pattern.push('/');
        match part.strip_suffix('}') {
            Some(open) => pattern.push_str(&format!("{open}x{}}}", names.next().unwrap_or_default())),
            None => pattern.push_str(part),
        }
    }
    let is_wild = parts.last().is_some_and(|part| part == "{*}");
    if pattern.is_empty() || is_strict && !is_wild && random.one_in(4) {
        pattern.push('/');
    }
    pattern
}

/// A pattern behind what stands in front of it.
fn behind(base: &str, pattern: &str) -> String {
    match (base, pattern) {
        ("", pattern) => pattern.to_owned(),
        (base, "/") => base.to_owned(),
        (base, pattern) => format!("{base}{pattern}"),
    }
}

/// A pattern without the names of its parameters.
fn nameless(pattern: &str) -> String {
    let part = |part: &str| match (part.starts_with("{*"), part.starts_with('{')) {
        (true, _) => "{*}".to_owned(),
        (_, true) => "{}".to_owned(),
        _ => part.to_owned(),
    };
    pattern.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn written(seed: u64, tables: &[Table]) -> Result<String, std::fmt::Error> {
    let mut code = String::new();
    for table in tables {
        for (number, module) in table.modules.iter().enumerate() {
            write_module(&mut code, table, number, module)?;
        }
    }
    writeln!(code, "\npub(super) mod app {{\n    use super::*;")?;
    let handlers: Vec<String> = tables.iter().map(|table| table.name(0)).collect();
    writeln!(code, "    lambkin::app! {{ handlers: [{}] }}\n}}", handlers.join(", "))?;
    writeln!(code, "\npub(super) const SEED: u64 = {seed};\n\npub(super) const TABLES: &[Table] = &[")?;
    for table in tables {
        let slash = match table.policy {
            "ignore" => "Ignore",
            "redirect" => "Redirect",
            _ => "Strict",
        };
        writeln!(
            code,
            "    Table {{ name: {:?}, slash: Slash::{slash}, has_fallback: {}, routes: &[",
            table.name(0),
            table.has_fallback
        )?;
        for (number, module) in table.modules.iter().enumerate() {
            let name = table.name(number);
            for function in &module.functions {
                for (method, pattern) in &function.paths {
                    for base in &module.bases {
                        let (method, pattern) = (method.to_uppercase(), behind(base, pattern));
                        let function = format!("{name}::{}", function.name);
                        writeln!(
                            code,
                            "        Route {{ function: {function:?}, method: {method:?}, pattern: {pattern:?} }},"
                        )?;
                    }
                }
            }
        }
        writeln!(code, "    ] }},")?;
    }
    writeln!(code, "];")?;
    Ok(code)
}

fn write_module(code: &mut String, table: &Table, number: usize, module: &Module) -> std::fmt::Result {
    let name = table.name(number);
    let mut options = Vec::new();
    if number == 0 {
        if table.policy != "ignore" {
            options.push(format!("trailing_slash = {:?}", table.policy));
        }
        if !module.prefix.is_empty() {
            options.push(format!("prefix = {:?}", module.prefix));
        }
        let options = if options.is_empty() { String::new() } else { format!("({})", options.join(", ")) };
        writeln!(code, "\n#[lambkin::handler(http{options})]")?;
    } else {
        if !module.prefix.is_empty() {
            options.push(format!("{:?}", module.prefix));
        }
        if table.policy == "strict" {
            options.push("trailing_slash = \"strict\"".to_owned());
        }
        let options = if options.is_empty() { String::new() } else { format!("({})", options.join(", ")) };
        writeln!(code, "\n#[lambkin::routes{options}]")?;
    }
    writeln!(code, "pub mod {name} {{\n    use super::*;")?;
    for (index, (mounted, at)) in module.mounts.iter().enumerate() {
        writeln!(code, "\n    #[mount({at:?})]\n    pub use super::{} as mount_{index};", table.name(*mounted))?;
    }
    for Function { name: function, paths, parameters } in &module.functions {
        writeln!(code)?;
        // Neighbours of one method share an attribute.
        for same in paths.chunk_by(|(method, _), (other, _)| method == other) {
            let patterns: Vec<String> = same.iter().map(|(_, pattern)| format!("{pattern:?}")).collect();
            let method = same.first().map_or("any", |(method, _)| method);
            writeln!(code, "    #[{method}({})]", patterns.join(", "))?;
        }
        let inputs: Vec<String> = parameters.iter().map(|parameter| format!("{parameter}: &str")).collect();
        let values: Vec<String> = parameters.iter().map(|parameter| format!("({parameter:?}, {parameter})")).collect();
        writeln!(code, "    async fn {function}({}) -> Answer {{", inputs.join(", "))?;
        writeln!(code, "        answer(\"{name}::{function}\", &[{}])\n    }}", values.join(", "))?;
    }
    if number == 0 && table.has_fallback {
        writeln!(
            code,
            "\n    #[fallback]\n    async fn fallback() -> Answer {{\n        answer(\"fallback\", &[])\n    }}"
        )?;
    }
    writeln!(code, "}}")
}

//! Which binary a function's code is, as far as a template says so: often one template deploys all binaries of a workspace.

use std::collections::BTreeSet;

use crate::check::observed::{Code, Function, Part, Text};

/// The binary whose manifest it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Binary {
    /// If cargo or the command says so.
    pub(crate) name: Option<String>,
    pub(crate) package: String,
}

/// Whose code a function has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Ours,
    Others,
    Unclear,
}

impl Binary {
    /// Whose code each of the functions has.
    pub(crate) fn whose(&self, functions: &[Function]) -> Vec<Whose> {
        let by_name: Vec<Whose> = functions.iter().map(|function| self.by_name(&function.code)).collect();
        let ours: Vec<&Code> = functions
            .iter()
            .zip(&by_name)
            .filter(|(_, whose)| **whose == Whose::Ours)
            .map(|(function, _)| &function.code)
            .collect();
        let whose = functions.iter().zip(by_name).map(|(function, whose)| match whose {
            Whose::Unclear if ours.iter().any(|code| code.is_same(&function.code)) => Whose::Ours,
            // One of them has our name, so one with another name has another code.
            Whose::Unclear if !ours.is_empty() && function.code.folder().is_some() => Whose::Others,
            whose => whose,
        });
        whose.collect()
    }

    fn by_name(&self, code: &Code) -> Whose {
        match (code.built(), &self.name) {
            (Some(built), Some(name)) if is_like(&built, name) => Whose::Ours,
            (Some(_), Some(_)) => Whose::Others,
            (Some(built), None) if is_like(&built, &self.package) => Whose::Ours,
            // The binary may have another name than its package.
            (Some(_), None) => Whose::Unclear,
            (None, _) => match code.folder() {
                Some(folder) if self.names().any(|name| is_like(&folder, name)) => Whose::Ours,
                _ => Whose::Unclear,
            },
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.name.as_deref().into_iter().chain(Some(self.package.as_str())).filter(|name| !name.is_empty())
    }

    /// Whether `Handler` names the binary, as plugins of the Serverless Framework want it: `binary`, `package.binary`.
    pub(crate) fn is_named(&self, handler: &str) -> bool {
        let own = handler.rsplit(['.', '/']).next().unwrap_or(handler);
        self.names().any(|name| is_like(own, name))
    }

    /// Whether a function is called like the binary or its only handler: `GetProductFunction` for `get-product`.
    pub(crate) fn is_called(&self, function: &Function, handler: &str) -> bool {
        let address = function.address.rsplit('.').next().unwrap_or_default();
        let name = function.name.value().and_then(Text::known);
        let wanted: BTreeSet<String> =
            self.names().chain([handler]).map(bare).filter(|name| !name.is_empty()).collect();
        [Some(address), name].into_iter().flatten().any(|name| wanted.contains(&bare(name)))
    }
}

impl Code {
    /// Whether both are known to be the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self == other && self.path.is_some()
    }

    /// The binary that was built, if its name is written.
    pub(crate) fn built(&self) -> Option<String> {
        if let Some(binary) = &self.binary {
            return Some(binary.clone());
        }
        let segments = self.segments();
        // cargo-lambda has a folder for each binary, cargo one for all that are built for a target.
        let after = |pair: &[String]| match pair {
            [target, folder] => target == "target" && folder == "lambda",
            _ => false,
        };
        let at = segments.windows(2).position(after).map(|at| at + 2);
        let at = at.or_else(|| {
            let is_target = segments.iter().any(|segment| segment == "target");
            segments.iter().position(|segment| segment == "release" && is_target).map(|at| at + 1)
        });
        segments.get(at?).map(|name| stem(name).to_owned()).filter(|name| !name.is_empty() && name != "bootstrap")
    }

    /// The last folder or the archive, without what each has in it.
    fn folder(&self) -> Option<String> {
        let segments = self.segments();
        let last =
            segments.iter().rev().find(|segment| !matches!(stem(segment), "" | "." | ".." | "bootstrap" | "src"));
        last.map(|last| stem(last).to_owned())
    }

    fn segments(&self) -> Vec<String> {
        // What is not known ends a segment of which nothing is known then.
        let parts = self.path.iter().flat_map(|path| &path.0).map(|part| match part {
            Part::Literal(text) => text.as_str(),
            _ => "\0",
        });
        let path: String = parts.collect();
        path.split(['/', '\\']).filter(|segment| !segment.contains('\0')).map(str::to_owned).collect()
    }
}

fn stem(segment: &str) -> &str {
    segment.strip_suffix(".zip").unwrap_or(segment)
}

/// Cargo takes `-` for `_`.
fn is_like(a: &str, b: &str) -> bool {
    a.replace('_', "-") == b.replace('_', "-")
}

/// Without what names have around what they say, and without the hash that the CDK puts behind them.
fn bare(name: &str) -> String {
    let is_hash = |end: &str| end.chars().all(|letter| letter.is_ascii_digit() || ('A'..='F').contains(&letter));
    let name = match name.len().checked_sub(8).and_then(|at| name.split_at_checked(at)) {
        Some((name, end)) if is_hash(end) && !name.is_empty() => name,
        _ => name,
    };
    let mut name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    for word in ["function", "lambda", "handler", "fn"] {
        let stripped = name.strip_suffix(word).or_else(|| name.strip_prefix(word)).unwrap_or(&name);
        if !stripped.is_empty() {
            name = stripped.to_owned();
        }
    }
    name
}

/// What a function is asked to run, by its address, whatever the template says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) address: String,
    pub(crate) handler: String,
}

/// What is known of the binary and its functions beside the manifest and the template.
#[derive(Clone, Debug, Default)]
pub(crate) struct Own {
    pub(crate) binary: Binary,
    pub(crate) asked: Vec<Asked>,
}

impl Own {
    /// The handler that the command says a function runs.
    pub(crate) fn asked(&self, function: &Function) -> Option<&str> {
        let asked = self.asked.iter().find(|asked| asked.address == function.address);
        asked.map(|asked| asked.handler.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(path: &str) -> Code {
        Code { path: Some(Text(vec![Part::Literal(path.to_owned())])), binary: None }
    }

    #[test]
    fn the_binary_is_known_by_where_it_was_built() {
        for (path, expected) in [
            ("target/lambda/get-product/", Some("get-product")),
            ("../target/lambda/get-product/bootstrap.zip", Some("get-product")),
            ("../target/lambda/get-product.zip", Some("get-product")),
            ("target\\lambda\\get-product", Some("get-product")),
            ("target/aarch64-unknown-linux-musl/release/get-product", Some("get-product")),
            ("target/release/bootstrap", None),
            ("release/get-product", None),
            ("target/lambda/", None),
            (".", None),
        ] {
            assert_eq!(code(path).built().as_deref(), expected, "{path}");
        }
        let mut open = code("target/lambda/");
        open.path.as_mut().unwrap().0.push(Part::Unknown("var.name".to_owned()));
        assert_eq!(open.built(), None);
    }

    #[test]
    fn code_of_another_name_is_another_binary_s() {
        use Whose::{Others, Ours, Unclear};
        let of = |name: Option<&str>, paths: &[&str]| {
            let binary = Binary { name: name.map(str::to_owned), package: "shop_api".to_owned() };
            let functions: Vec<Function> = paths
                .iter()
                .map(|path| Function { code: code(path), ..crate::check::rules::tests::function("bootstrap") })
                .collect();
            binary.whose(&functions)
        };
        assert_eq!(of(Some("api"), &["target/lambda/api", "target/lambda/worker"]), [Ours, Others]);
        assert_eq!(of(Some("api"), &["target/lambda/worker"]), [Others]);
        assert_eq!(of(Some("api"), &["./api", "worker/", "."]), [Ours, Others, Unclear]);
        assert_eq!(of(None, &["target/lambda/shop-api", "target/lambda/worker"]), [Ours, Others]);
        assert_eq!(of(None, &["target/lambda/api", "target/lambda/worker"]), [Unclear, Unclear]);
        assert_eq!(of(Some("api"), &["a1b2.zip", "c3d4.zip"]), [Unclear, Unclear]);
    }

    #[test]
    fn names_are_compared_without_what_is_around_them() {
        for name in ["GetProductFunction", "get_product", "getProduct", "get-product-lambda", "GetProduct4F2B1A9C"] {
            assert_eq!(bare(name), "getproduct", "{name}");
        }
        assert_eq!(bare("Function"), "function");
        assert_ne!(bare("GetProductsFunction"), "getproduct");
    }
}

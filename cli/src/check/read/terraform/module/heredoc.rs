//! The text of `<<-`: without the indentation that all its lines have.
//!
//! The parser takes it away too, but cuts into lines that have less when there are references in the text, so it is
//! made once more of what is written.

use hcl_edit::Span;
use hcl_edit::template::{Element, HeredocTemplate, Template};

/// The template as Terraform has it.
pub(super) fn template(heredoc: &HeredocTemplate, file: &str) -> Template {
    let mut template = heredoc.template.clone();
    // Nothing was taken away.
    if heredoc.indent().is_none() {
        return template;
    }
    for element in template.iter_mut() {
        let Element::Literal(literal) = element else { continue };
        if let Some(written) = literal.span().and_then(|span| file.get(span)) {
            *literal.value_mut() = written.replace("$${", "${").replace("%%{", "%{");
        }
    }
    let mut least = usize::MAX;
    each_line(&mut template, |line| {
        // A line of nothing but spaces has no indentation.
        if line.trim() != "" || !line.ends_with('\n') {
            least = least.min(indentation(line));
        }
        0
    });
    each_line(&mut template, |line| least.min(indentation(line)));
    template
}

fn indentation(line: &str) -> usize {
    line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Goes through the beginnings of all lines, and takes away as many bytes of each as it is told.
fn each_line(template: &mut Template, mut cut: impl FnMut(&str) -> usize) {
    let mut is_start = true;
    for element in template.iter_mut() {
        let Element::Literal(literal) = element else {
            if is_start {
                cut("");
            }
            is_start = false;
            continue;
        };
        let mut all = String::new();
        for line in literal.value().split_inclusive('\n') {
            let taken = if is_start { cut(line) } else { 0 };
            all.push_str(line.get(taken..).unwrap_or(line));
            is_start = line.ends_with('\n');
        }
        *literal.value_mut() = all;
    }
}

//! Columns of text, as wide as they need to be.

use std::io::{self, Write};

use crate::output::QUIET;

/// A table: the first column stands at the left, the others at the right, where numbers can be compared.
#[derive(Default)]
pub(crate) struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<const N: usize>(head: [&str; N]) -> Self {
        Self { head: head.map(str::to_owned).into(), rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let columns = self.rows.iter().map(Vec::len).chain([self.head.len()]).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().chain([&self.head]).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        if self.head.iter().any(|cell| !cell.is_empty()) {
            writeln!(out, "{QUIET}{}{QUIET:#}", line(&self.head, &widths))?;
        }
        for row in &self.rows {
            writeln!(out, "{}", line(row, &widths))?;
        }
        Ok(())
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
        if column == 0 {
            line.push_str(&format!("  {cell:<width$}"));
        } else {
            line.push_str(&format!("  {cell:>width$}"));
        }
    }
    line.truncate(line.trim_end().len());
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_nothing_trails() {
        let mut table = Table::new(["item", "amount"]);
        table.row(vec!["Requests".to_owned(), "$19.80".to_owned()]);
        table.row(vec!["Compute".to_owned(), "$1,243.34".to_owned()]);
        table.row(vec!["nothing".to_owned(), String::new()]);
        let mut out = Vec::new();
        table.write(&mut anstream::StripStream::new(&mut out)).unwrap();
        let expected = "  item         amount\n  Requests     $19.80\n  Compute   $1,243.34\n  nothing\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

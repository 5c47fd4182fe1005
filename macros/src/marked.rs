//! A text with a mark under the part that is wrong. A span inside of a string literal needs an unstable compiler, so a
//! message shows the place itself.

use std::ops::Range;

/// Two lines: the text, as much of it as `longest` characters around the place, and the mark below it.
pub(crate) fn marked(text: &str, place: Range<usize>, longest: usize) -> String {
    let width = |range: Range<usize>| text.get(range).map_or(0, |part| part.chars().count());
    let (before, all) = (width(0..place.start), text.chars().count());
    let first = if all <= longest { 0 } else { before.saturating_sub(longest / 2).min(all - longest) };
    let mut shown: String = on_one_line(text).chars().skip(first).take(longest).collect();
    let mut indent = before - first;
    let left = (shown.chars().count() + 1).saturating_sub(indent).max(1);
    if first + longest < all {
        shown.push('…');
    }
    if first > 0 {
        shown.insert(0, '…');
        indent += 1;
    }
    // What is missing at the end has its mark behind the last character.
    let mark = "^".repeat(width(place.start..place.end.min(text.len())).clamp(1, left));
    format!("  \"{shown}\"\n   {}{mark}", " ".repeat(indent))
}

/// A line break would move the mark away from its place.
pub(crate) fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_below_its_place() {
        assert_eq!(marked("a bc d", 2..4, 100), "  \"a bc d\"\n     ^^");
        assert_eq!(marked("a\nbc", 2..4, 100), "  \"a bc\"\n     ^^");
        assert_eq!(marked("zwölf", 2..4, 100), "  \"zwölf\"\n     ^");
        assert_eq!(marked("", 0..0, 100), "  \"\"\n   ^");
        assert_eq!(marked("abc", 3..3, 100), "  \"abc\"\n      ^");
    }

    #[test]
    fn of_a_long_text_the_part_around_it_is_shown() {
        let text = format!("{}x{}", "a".repeat(50), "b".repeat(50));
        assert_eq!(marked(&text, 50..51, 10), "  \"…aaaaaxbbbb…\"\n         ^");
        assert_eq!(marked(&text, 0..1, 10), "  \"aaaaaaaaaa…\"\n   ^");
        assert_eq!(marked(&text, 101..101, 10), "  \"…bbbbbbbbbb\"\n              ^");
        // The mark ends with what is shown.
        assert_eq!(marked(&text, 0..101, 10).lines().last().unwrap().trim().len(), 11);
    }
}

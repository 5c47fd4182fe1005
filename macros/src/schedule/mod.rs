//! Schedule expressions, checked at compile time: what EventBridge rules and EventBridge Scheduler both take.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html>, and for
//! Scheduler <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>. Where the two
//! differ, the stricter one counts, so that an expression can move from one to the other.

mod cron;
mod piece;
mod rate;

use crate::marked::{marked, on_one_line};
use crate::schedule::cron::cron;
use crate::schedule::piece::{Fault, Piece};
use crate::schedule::rate::rate;

/// The longest expression:
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html>.
const LONGEST: usize = 256;

const FORMS: &str = "there are `rate(value unit)` and `cron(minutes hours day-of-month month day-of-week year)`";

/// Words that other crons have for a whole expression.
const NICKNAMES: &[(&str, &str)] = &[
    ("hourly", "rate(1 hour)"),
    ("daily", "cron(0 0 * * ? *)"),
    ("midnight", "cron(0 0 * * ? *)"),
    ("weekly", "cron(0 0 ? * SUN *)"),
    ("monthly", "cron(0 0 1 * ? *)"),
    ("yearly", "cron(0 0 1 1 ? *)"),
    ("annually", "cron(0 0 1 1 ? *)"),
];
/// Words that people begin an expression with.
const LEADS: &[&str] = &["rate", "cron", "every", "@every", "each"];

/// What is wrong with an expression.
#[derive(Debug)]
pub(crate) struct Mistake {
    /// The place, in bytes of the expression; it is empty where something is missing.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) what: String,
    /// What to write.
    pub(crate) hint: String,
}

impl Mistake {
    /// The error, with a mark under the place.
    pub(crate) fn message(&self, expression: &str) -> String {
        let Self { start, end, what, hint } = self;
        let mut shown = on_one_line(expression).chars().take(LONGEST).collect::<String>();
        if expression.chars().nth(LONGEST).is_some() {
            shown.push('…');
        }
        let (what, hint) = (on_one_line(what), on_one_line(hint));
        let marked = marked(expression, *start..*end, LONGEST);
        format!("`{shown}` is not a schedule: {what}\n{marked}\n{hint}")
    }
}

/// Checks an expression.
pub(crate) fn check(expression: &str) -> Result<(), Mistake> {
    find(expression).map_err(|Fault { start, end, what, advice, edits }| {
        let valid = edits.iter().filter_map(|edit| settled(edit.apply(expression)));
        let valid: Vec<String> = valid.map(|expression| format!("`{expression}`")).collect();
        let hint = match valid.as_slice() {
            [] => advice,
            _ => format!("{advice}: write {}", valid.join(" or ")),
        };
        Mistake { start, end, what, hint }
    })
}

/// Corrects an expression until it is valid. Only a valid one is suggested.
fn settled(mut expression: String) -> Option<String> {
    // One edit may uncover the next mistake; more than a handful is no near miss.
    for _ in 0..8 {
        let Err(fault) = find(&expression) else { return Some(expression) };
        // With two ways on, the choice is the author's.
        let [edit] = fault.edits.as_slice() else { return None };
        expression = edit.apply(&expression);
    }
    None
}

fn find(expression: &str) -> Result<(), Fault> {
    let whole = Piece { text: expression, start: 0 };
    outline(whole)?;
    let Some((word, rest)) = whole.split_once('(') else { return Err(no_form(whole)) };
    match word.text {
        "rate" => rate(inside(rest)?),
        "cron" => cron(inside(rest)?),
        _ => Err(no_such_form(whole, word)),
    }
}

/// The length, and the white space.
fn outline(whole: Piece<'_>) -> Result<(), Fault> {
    let text = whole.text;
    if let Some((start, _)) = text.char_indices().nth(LONGEST) {
        let rest = Piece { text: text.get(start..).unwrap_or_default(), start };
        let what = format!("it is longer than {LONGEST} characters");
        return Err(rest.fault(what, "a range or a step is shorter than a list; two schedules share a long one"));
    }
    if text.trim().is_empty() {
        return Err(whole.fault("it is empty", FORMS));
    }
    let start = text.trim_end().len();
    let after = Piece { text: text.get(start..).unwrap_or_default(), start };
    let before = Piece { text: text.get(..text.len() - text.trim_start().len()).unwrap_or_default(), start: 0 };
    if let Some(space) = [before, after].into_iter().find(|space| !space.text.is_empty()) {
        let fault = space.fault("white space stands around it", "remove the white space");
        return Err(fault.or([whole.replaced(text.trim())]));
    }
    // Such as a no-break space, which came along with a copied expression.
    let odd = text.char_indices().find(|(_, c)| c.is_whitespace() && !c.is_ascii_whitespace());
    if let Some((start, space)) = odd {
        let space = Piece { text: text.get(start..start + space.len_utf8()).unwrap_or_default(), start };
        let fault = space.fault("this white space is not an ordinary space", "type a space");
        return Err(fault.or([space.replaced(" ")]));
    }
    Ok(())
}

/// What stands in the parentheses, given what comes after the first one.
fn inside(rest: Piece<'_>) -> Result<Piece<'_>, Fault> {
    let Some((inside, after)) = rest.split_once(')') else {
        let end = rest.behind();
        return Err(end.fault("the closing parenthesis is missing", "add it").or([end.replaced(")")]));
    };
    if !after.text.is_empty() {
        let fault = after.fault("it goes on after the closing parenthesis", "end it there");
        return Err(fault.or([after.replaced("")]));
    }
    if let Some((before, _)) = inside.split_once('(') {
        let extra = Piece { text: "(", start: before.end() };
        let fault = extra.fault("here is a parenthesis too many", "remove it");
        return Err(fault.or([extra.replaced("")]));
    }
    Ok(inside)
}

/// A word before the parenthesis that is none of the two.
fn no_such_form(whole: Piece<'_>, word: Piece<'_>) -> Fault {
    let near = word.text.trim().to_ascii_lowercase();
    match near.as_str() {
        "at" => whole.fault(
            "a one-time schedule is no trigger of a function's own",
            "use `rate(…)` or `cron(…)`; what runs once is scheduled by whoever wants it to run",
        ),
        "rate" | "cron" => {
            let what = format!("`{}` should be `{near}`", word.text);
            let fault = word.fault(what, "the word is in lower case, and the parenthesis follows at once");
            fault.or([word.replaced(near)])
        }
        _ => no_form(whole),
    }
}

fn no_form(whole: Piece<'_>) -> Fault {
    let fault = whole.fault("it is neither a rate nor a cron expression", FORMS);
    fault.or(guess(whole.text).map(|text| whole.replaced(text)))
}

/// The expression that was meant, perhaps.
fn guess(text: &str) -> Option<String> {
    let words = text.split(|c: char| c.is_whitespace() || c == '(' || c == ')');
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let words = match words.as_slice() {
        [lead, rest @ ..] if LEADS.iter().any(|word| lead.eq_ignore_ascii_case(word)) => rest,
        all => all,
    };
    match words {
        [] => None,
        [word] => Some(nickname(word).map_or_else(|| format!("rate({word})"), str::to_owned)),
        [value, unit] => Some(format!("rate({value} {unit})")),
        _ => Some(format!("cron({})", words.join(" "))),
    }
}

fn nickname(word: &str) -> Option<&'static str> {
    let word = word.strip_prefix('@').unwrap_or(word);
    NICKNAMES.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, expression)| *expression)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of AWS's pages, and each kind of value that they describe.
    const VALID: &[&str] = &[
        "rate(1 minute)",
        "rate(5 minutes)",
        "rate(1 hour)",
        "rate(12 hours)",
        "rate(1 day)",
        "rate(7 days)",
        "rate(525600 minutes)",
        "cron(0 10 * * ? *)",
        "cron(15 12 * * ? *)",
        "cron(0 18 ? * MON-FRI *)",
        "cron(0 8 1 * ? *)",
        "cron(0/15 * * * ? *)",
        "cron(0/10 * ? * MON-FRI *)",
        "cron(0/5 8-17 ? * MON-FRI *)",
        "cron(0/30 20-2 ? * MON-FRI *)",
        "cron(15 10 ? * 6L 2019-2022)",
        "cron(15 10 ? * 6L 2022-2023)",
        "cron(0 20 * * ? *)",
        "cron(5,35 14 * * ? *)",
        "cron(0 */6 * * ? *)",
        "cron(0 9 ? * 2#1 *)",
        "cron(1/10 * * * ? *)",
        "cron(0 0 7 * ? *)",
        "cron(0 0 1-15 JAN,FEB,MAR ? *)",
        "cron(0 0 L * ? *)",
        "cron(0 0 LW * ? *)",
        "cron(0 0 3W * ? *)",
        "cron(0 0 1,15,L * ? *)",
        "cron(0 0 25-5 NOV-FEB ? *)",
        "cron(0 0 ? * 3#2 *)",
        "cron(0 0 ? * MON#5 *)",
        "cron(0 0 ? * L *)",
        "cron(0 0 ? * FRIL *)",
        "cron(0 0 ? * FRI-MON *)",
        "cron(0 0 ? * 1,7 *)",
        "cron(0 0 ? * * *)",
        "cron(00 05 * * ? *)",
        "cron(0-59/60 0-23/24 */31 */12 ? 1970-2199/230)",
        "cron(0 0 1 1/3 ? 1970,2199)",
        "cron(0  12\t*\n * ? *)",
    ];

    /// An expression, the place in it, and what the message and the hint say.
    #[rustfmt::skip]
    const INVALID: &[(&str, &str, &str, &str)] = &[
        // The forms.
        ("", "^", "it is empty", "`rate(value unit)`"),
        (" \n", "^^", "it is empty", "`rate(value unit)`"),
        ("often", "^^^^^", "neither a rate nor a cron", "`rate(value unit)` and `cron(minutes"),
        ("often(enough)", "^^^^^^^^^^^^^", "neither a rate nor a cron", "`rate(value unit)` and `cron(minutes"),
        (" rate(5 minutes)", "^", "white space", "write `rate(5 minutes)`"),
        ("rate(5 minutes)\n", "               ^", "white space", "write `rate(5 minutes)`"),
        ("Rate(5 minutes)", "^^^^", "`Rate` should be `rate`", "lower case"),
        ("CRON(0 12 * * MON-FRI *)", "^^^^", "should be `cron`", "write `cron(0 12 ? * MON-FRI *)`"),
        ("rate (5 minutes)", "^^^^^", "should be `rate`", "write `rate(5 minutes)`"),
        ("rate(5 minutes", "              ^", "parenthesis is missing", "write `rate(5 minutes)`"),
        ("rate(5 minutes))", "               ^", "goes on", "write `rate(5 minutes)`"),
        ("rate(5 minutes);", "               ^", "goes on", "write `rate(5 minutes)`"),
        ("rate((5 minutes)", "     ^", "too many", "write `rate(5 minutes)`"),
        ("every 5 minutes", "^^^^^^^^^^^^^^^", "neither", "write `rate(5 minutes)`"),
        ("Every hour", "^^^^^^^^^^", "neither", "write `rate(1 hour)`"),
        ("@every 5m", "^^^^^^^^^", "neither", "write `rate(5 minutes)`"),
        ("5 minutes", "^^^^^^^^^", "neither", "write `rate(5 minutes)`"),
        ("(5 minutes)", "^^^^^^^^^^^", "neither", "write `rate(5 minutes)`"),
        ("rate 5 minutes", "^^^^^^^^^^^^^^", "neither", "write `rate(5 minutes)`"),
        ("@daily", "^^^^^^", "neither", "write `cron(0 0 * * ? *)`"),
        ("0 12 * * ? *", "^^^^^^^^^^^^", "neither", "write `cron(0 12 * * ? *)`"),
        ("*/5 * * * *", "^^^^^^^^^^^", "neither", "write `cron(*/5 * * * ? *)`"),
        ("cron 0 12 * * ? *", "^^^^^^^^^^^^^^^^^", "neither", "write `cron(0 12 * * ? *)`"),
        ("at(2030-01-01T00:00:00)", "^^^^^^^^^^^^^^^^^^^^^^^", "one-time", "`rate(…)` or `cron(…)`"),
        ("At(soon", "^^^^^^^", "one-time", "`rate(…)` or `cron(…)`"),
        // Rates.
        ("rate()", "     ^", "value and the unit are missing", "`rate(5 minutes)`"),
        ("rate(5)", "      ^", "unit is missing", "`rate(5 minutes)`"),
        ("rate(minute)", "     ^^^^^^", "value is missing", "write `rate(1 minute)`"),
        ("rate(5minutes)", "     ^^^^^^^^", "a space is missing", "write `rate(5 minutes)`"),
        ("rate(1 hour 30 minutes)", "               ^^^^^^^", "one value", "positive whole number"),
        ("rate(0 minutes)", "     ^", "`0` is not a positive", "positive whole number"),
        ("rate(-5 minutes)", "     ^^", "`-5` is not a positive whole", "positive whole number"),
        ("rate(+5 minutes)", "     ^^", "`+5` is not", "write `rate(5 minutes)`"),
        ("rate(1.5 hours)", "     ^^^", "`1.5` is not", "positive whole number"),
        ("rate(99999999999999999999 days)", "     ^^^^^^^^^^^^^^^^^^^^", "too large", "positive whole number"),
        ("rate(1 minutes)", "       ^^^^^^^", "after `1`, the unit is `minute`", "write `rate(1 minute)`"),
        ("rate(5 hour)", "       ^^^^", "after `5`, the unit is `hours`", "write `rate(5 hours)`"),
        ("rate(5 Minutes)", "       ^^^^^^^", "`Minutes` is not a unit", "write `rate(5 minutes)`"),
        ("rate(1 hrs)", "       ^^^", "`hrs` is not a unit", "write `rate(1 hour)`"),
        ("rate(2 weeks)", "       ^^^^^", "`weeks` is not a unit", "write `rate(14 days)`"),
        ("rate(30 seconds)", "        ^^^^^^^", "`seconds` is not a unit", "`minutes`, `hours` and `days`"),
        // The number of fields.
        ("cron()", "     ^", "0 fields, not six", "minutes, hours"),
        ("cron(x)", "     ^", "one field, not six", "minutes, hours"),
        ("cron(0 12 * *)", "     ^^^^^^^^", "4 fields, not six", "minutes, hours"),
        ("cron(0 12 * * ?)", "               ^", "the year is missing", "write `cron(0 12 * * ? *)`"),
        ("cron(0 12 * * *)", "               ^", "five fields", "write `cron(0 12 * * ? *)`"),
        ("cron(0 12 1 * *)", "               ^", "five fields", "write `cron(0 12 1 * ? *)`"),
        ("cron(0 12 * * 1-5)", "                 ^", "five fields", "write `cron(0 12 ? * MON-FRI *)`"),
        ("cron(0 12 * * 5-7)", "                 ^", "five fields", "write `cron(0 12 ? * FRI-SUN *)`"),
        ("cron(0 12 * * 0,6)", "                 ^", "five fields", "write `cron(0 12 ? * SUN,SAT *)`"),
        ("cron(0 12 * * 0-7)", "                 ^", "five fields", "Sunday is 1"),
        ("cron(0 12 * * mon)", "                 ^", "five fields", "write `cron(0 12 ? * MON *)`"),
        ("cron(0 12 1 * 1)", "               ^", "five fields", "write `cron(0 12 1 * ? *)` or `cron(0 12 ? * MON *)`"),
        ("cron(0 0 12 * * ? *)", "     ^", "seconds are not supported", "write `cron(0 12 * * ? *)`"),
        ("cron(0 0 12 * * ?)", "     ^", "begins with seconds", "write `cron(0 12 * * ? *)`"),
        ("cron(0 0 12 ? * mon-fri)", "     ^", "begins with seconds", "write `cron(0 12 ? * MON-FRI *)`"),
        ("cron(0 12 * * ? 5)", "                ^", "`5` is out of range", "year takes 1970-2199"),
        ("cron(1 2 3 4 5 6 7 8)", "     ^^^^^^^^^^^^^^^", "8 fields, not six", "minutes, hours"),
        // The question mark.
        ("cron(0 12 * * * *)", "              ^", "both `*`", "write `cron(0 12 * * ? *)`"),
        ("cron(0 12 ? * ? *)", "          ^", "both `?`", "write `cron(0 12 * * ? *)`"),
        ("cron(0 12 1 * * *)", "              ^", "value in day-of-month", "write `cron(0 12 1 * ? *)`"),
        ("cron(0 12 * * MON *)", "          ^", "value in day-of-week", "write `cron(0 12 ? * MON *)`"),
        ("cron(0 12 1 * MON *)", "              ^^^", "both have a value", "write `cron(0 12 1 * ? *)` or `cron(0 12 ? * MON *)`"),
        ("cron(0 ? * * ? *)", "       ^", "no place in hours", "write `cron(0 * * * ? *)`"),
        ("cron(0 12 ?,1 * ? *)", "          ^", "stands alone in day-of-month", "day-of-month takes"),
        // Values.
        ("cron(60 12 * * ? *)", "     ^^", "`60` is out of range", "minutes takes 0-59"),
        ("cron(0 24 * * ? *)", "       ^^", "`24` is out of range", "hours takes 0-23"),
        ("cron(0 12 0 * ? *)", "          ^", "`0` is out of range", "day-of-month takes 1-31"),
        ("cron(0 12 1,32 * ? *)", "            ^^", "`32` is out of range", "day-of-month takes 1-31"),
        ("cron(0 12 1 0-12 ? *)", "            ^", "`0` is out of range", "month takes 1-12 or JAN-DEC"),
        ("cron(0 12 ? * 8 *)", "              ^", "`8` is out of range", "day-of-week takes 1-7 or SUN-SAT"),
        ("cron(0 12 ? * 0 *)", "              ^", "`0` is out of range", "Sunday is 1, not 0: write `cron(0 12 ? * SUN *)`"),
        ("cron(0 12 ? * 6,0 *)", "                ^", "`0` is out of range", "write `cron(0 12 ? * SAT,SUN *)`"),
        ("cron(0 12 * * 0-5 *)", "              ^", "`0` is out of range", "write `cron(0 12 ? * SUN-FRI *)`"),
        ("cron(0 12 * * ? 1969)", "                ^^^^", "`1969` is out of range", "year takes 1970-2199"),
        ("cron(0 12 * * ? 2030-2026)", "                ^^^^^^^^^", "backwards", "write `cron(0 12 * * ? 2026-2030)`"),
        ("cron(99999999999 12 * * ? *)", "     ^^^^^^^^^^^", "out of range", "minutes takes"),
        ("cron(0 noon * * ? *)", "       ^^^^", "`noon` is not a value of hours", "hours takes"),
        ("cron(-5 12 * * ? *)", "     ^", "a value is missing", "minutes takes"),
        ("cron(1,,2 12 * * ? *)", "       ^", "a value is missing", "minutes takes"),
        ("cron(1-2-3 12 * * ? *)", "       ^^^", "`2-3` is not a value", "minutes takes"),
        ("cron(0 12 ? * mon-FRI *)", "              ^^^", "names are in upper case", "write `cron(0 12 ? * MON-FRI *)`"),
        ("cron(0 12 1 January ? *)", "            ^^^^^^^", "not a value of month", "write `cron(0 12 1 JAN ? *)`"),
        ("cron(0 12 ? * FOO *)", "              ^^^", "`FOO` is not a value", "SUN-SAT"),
        ("cron(0 12 1 MON ? *)", "            ^^^", "`MON` is not a value of month", "JAN-DEC"),
        // Wildcards.
        ("cron(0 L * * ? *)", "       ^", "`L` is not a value of hours", "the wildcards `, - * /`"),
        ("cron(0 12 5L * ? *)", "          ^^", "`5L` is not a value", "L W"),
        ("cron(0 12 L-3 * ? *)", "          ^", "`L` has neither ranges nor steps", "L W"),
        ("cron(0 12 32W * ? *)", "          ^^", "`32` is out of range", "day-of-month takes"),
        ("cron(0 12 W * ? *)", "          ^", "a value is missing", "day-of-month takes"),
        ("cron(0 12 ? * 3W *)", "              ^^", "`3W` is not a value", "L #"),
        ("cron(0 12 ? * 8L *)", "              ^", "`8` is out of range", "1-7"),
        ("cron(0 12 ? * LW *)", "              ^^", "`LW` is not a value", "L #"),
        ("cron(0 12 3#2 * ? *)", "           ^", "`#` has no place in day-of-month", "day-of-month takes"),
        ("cron(0 12 ? * 3#6 *)", "                ^", "five times", "`3#2`"),
        ("cron(0 12 ? * 3# *)", "                ^", "five times", "`3#2`"),
        ("cron(0 12 ? * 3#1,6#3 *)", "              ^^^^^^^", "stands alone", "two schedules"),
        ("cron(*/0 12 * * ? *)", "       ^", "`0` is not a step", "1 to 60"),
        ("cron(0 */25 * * ? *)", "         ^^", "`25` is not a step", "1 to 24"),
        ("cron(*/ 12 * * ? *)", "       ^", "the step is missing", "1 to 60"),
        ("cron(/5 12 * * ? *)", "     ^", "start from is missing", "write `cron(*/5 12 * * ? *)`"),
        ("cron(*/5/5 12 * * ? *)", "       ^^^", "`5/5` is not a step", "1 to 60"),
        ("cron(0 12 ? * */2 *)", "               ^", "`/` has no place in day-of-week", "write `cron(0 12 ? * SUN,TUE,THU,SAT *)`"),
        ("cron(0 12 ? * FRI-MON/2 *)", "                     ^", "no place", "write `cron(0 12 ? * FRI,SUN *)`"),
        // Other alphabets count in characters.
        ("cron(0 zwölf é * ? *)", "         ^", "`ö` has no place in hours", "hours takes"),
        ("rate(fünf minutes)", "     ^^^^", "`fünf` is not a positive whole", "positive"),
        ("cron(0 12 * *\u{a0}? *)", "             ^", "ordinary space", "write `cron(0 12 * * ? *)`"),
    ];

    /// The expressions that a hint suggests.
    fn suggested(hint: &str) -> Vec<&str> {
        let list = hint.rsplit_once(": write ").map(|(_, list)| list);
        list.map_or(Vec::new(), |list| list.split(" or ").map(|item| item.trim_matches('`')).collect())
    }

    #[test]
    fn valid_schedules_pass() {
        for expression in VALID {
            if let Err(mistake) = check(expression) {
                panic!("{}", mistake.message(expression));
            }
        }
    }

    #[test]
    fn a_mistake_shows_its_place_and_what_to_write() {
        for (expression, mark, what, hint) in INVALID {
            let Err(mistake) = check(expression) else { panic!("{expression} passes") };
            let message = mistake.message(expression);
            let lines: Vec<&str> = message.lines().collect();
            let [first, _, place, last] = lines[..] else { panic!("{message}") };
            assert_eq!(place, format!("   {mark}"), "{message}");
            assert!(first.contains(what), "{message}");
            assert!(last.contains(hint), "{message}");
            for expression in suggested(last) {
                assert!(check(expression).is_ok(), "{message}");
            }
        }
    }

    #[test]
    fn a_message_has_the_form_of_a_bad_durations() {
        let message = |expression| check(expression).unwrap_err().message(expression);
        assert_eq!(
            message("rate(1 hours)"),
            "`rate(1 hours)` is not a schedule: after `1`, the unit is `hour`\n  \"rate(1 hours)\"\n          ^^^^^\n\
             EventBridge rules want the singular after 1, and the plural after more: write `rate(1 hour)`"
        );
        // A line break in the expression does not move the mark.
        assert!(message("cron(0\n12 * * mon ?)").contains("\n  \"cron(0 12 * * mon ?)\"\n"));
    }

    #[test]
    fn a_schedule_has_at_most_256_characters() {
        let list = |length| format!("cron({}{} * * * ? *)", "1,".repeat(119), "0".repeat(length));
        assert_eq!(list(2).len(), 256);
        assert!(check(&list(2)).is_ok());
        let mistake = check(&list(3)).unwrap_err();
        assert_eq!((mistake.start, mistake.end), (256, 257));
        assert!(mistake.what.contains("longer than 256 characters"));
        // The message is not as long as the expression.
        let endless = "ä".repeat(100_000);
        assert!(check(&endless).unwrap_err().message(&endless).chars().count() < 1000);
    }

    /// What a mutation puts in.
    const CHARS: &[char] = &[
        ' ', '(', ')', '*', '?', '/', ',', '-', '#', 'L', 'W', '0', '1', '7', '9', 'M', 'm', '+', '.', '@', '`', '"',
        'é', '\u{a0}', '\u{301}', '😀', '\0', '\n', '\u{b}',
    ];

    #[test]
    fn no_input_panics() {
        let mut below = crate::random::below();
        let seeds: Vec<&str> =
            VALID.iter().copied().chain(INVALID.iter().map(|(expression, ..)| *expression)).collect();
        for _ in 0..50_000 {
            let mut chars: Vec<char> = seeds[below(seeds.len())].chars().collect();
            for _ in 0..=below(5) {
                let at = below(chars.len() + 1);
                match below(4) {
                    0 => chars.insert(at, CHARS[below(CHARS.len())]),
                    1 if at < chars.len() => chars[at] = CHARS[below(CHARS.len())],
                    2 if at < chars.len() => drop(chars.remove(at)),
                    _ => chars.truncate(at.max(chars.len() / 2)),
                }
            }
            let expression: String = chars.into_iter().collect();
            let Err(mistake) = check(&expression) else { continue };
            assert!(expression.get(mistake.start..mistake.end).is_some(), "{expression:?}: {mistake:?}");
            let message = mistake.message(&expression);
            assert_eq!(message.split('\n').count(), 4, "{message}");
            for suggestion in suggested(&mistake.hint) {
                assert!(check(suggestion).is_ok(), "{message}");
            }
        }
    }
}

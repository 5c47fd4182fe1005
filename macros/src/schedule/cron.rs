//! `cron(minutes hours day-of-month month day-of-week year)`.

use crate::schedule::piece::{Fault, Piece};

const CRON: &str = "the fields are minutes, hours, day-of-month, month, day-of-week, year, as in `cron(0 12 * * ? *)`";

/// A field of a cron expression, as in AWS's table.
struct Field {
    name: &'static str,
    min: u32,
    max: u32,
    /// Names of the values, from `min` on.
    names: &'static [&'static str],
    wildcards: &'static str,
}

const MONTHS: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

// The table, a line each; three of its lines have names.
#[rustfmt::skip]
const MINUTES: Field = Field { name: "minutes", min: 0, max: 59, names: &[], wildcards: ", - * /" };
#[rustfmt::skip]
const WEEK: Field = Field { name: "day-of-week", min: 1, max: 7, names: DAYS, wildcards: ", - * ? L #" };
#[rustfmt::skip]
const YEAR: Field = Field { name: "year", min: 1970, max: 2199, names: &[], wildcards: ", - * /" };

#[rustfmt::skip]
const FIELDS: [Field; 6] = [
    MINUTES,
    Field { name: "hours", min: 0, max: 23, names: &[], wildcards: ", - * /" },
    Field { name: "day-of-month", min: 1, max: 31, names: &[], wildcards: ", - * ? / L W" },
    Field { name: "month", min: 1, max: 12, names: MONTHS, wildcards: ", - * /" },
    WEEK,
    YEAR,
];

pub(super) fn cron(inside: Piece<'_>) -> Result<(), Fault> {
    let words = inside.words();
    match words.as_slice() {
        [_, _, day, _, week, _] => {
            seconds_for_year(inside, &words)?;
            FIELDS.iter().zip(&words).try_for_each(|(field, word)| field.check(*word))?;
            question_mark(*day, *week)
        }
        [minutes, hours, day, month, week] => Err(no_year(inside, [*minutes, *hours, *day, *month, *week])),
        [seconds, rest @ ..] if rest.len() == 6 => {
            let fault = seconds.fault("it has seven fields: seconds are not supported", CRON);
            Err(fault.or([inside.replaced(joined(rest))]))
        }
        _ => Err(inside.fault(format!("it has {}, not six", count(words.len())), CRON)),
    }
}

fn count(fields: usize) -> String {
    if fields == 1 { "one field".to_owned() } else { format!("{fields} fields") }
}

fn joined(words: &[Piece<'_>]) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.text).collect();
    words.join(" ")
}

/// Quartz and Spring have six fields too, of which the first are seconds. Such an expression is told by its
/// last field, which is a day of the week rather than a year, and by the others' being valid one field on.
fn seconds_for_year(inside: Piece<'_>, words: &[Piece<'_>]) -> Result<(), Fault> {
    let [seconds, rest @ .., last] = words else { return Ok(()) };
    let is_week = WEEK.check(*last).map_or_else(|fault| !fault.edits.is_empty(), |()| true);
    let is_moved =
        MINUTES.check(*seconds).is_ok() && FIELDS.iter().zip(rest).all(|(field, word)| field.check(*word).is_ok());
    if YEAR.check(*last).is_ok() || !is_week || !is_moved {
        return Ok(());
    }
    let what = "it begins with seconds, which are not supported, and has no year";
    let moved = format!("{} {} *", joined(rest), last.text);
    Err(seconds.fault(what, CRON).or([inside.replaced(moved)]))
}

/// Five fields: a year was forgotten, or this is a line of a Unix crontab.
fn no_year(inside: Piece<'_>, fields: [Piece<'_>; 5]) -> Fault {
    let [minutes, hours, day, month, week] = fields.map(|field| field.text);
    let with_days = |day: &str, week: &str| inside.replaced(format!("{minutes} {hours} {day} {month} {week} *"));
    let [.., last] = fields;
    let fault = |advice: &str| last.behind().fault("it has five fields, and the year is missing", advice);
    if day == "?" || week == "?" {
        return fault("the sixth field is the year, `*` for every year").or([with_days(day, week)]);
    }
    let fault =
        fault("unlike Unix, one of the two days is `?`, Sunday is 1, and the sixth field is the year, `*` for any");
    let monthly = with_days(day, "?");
    let weekly = unix_week(week).map(|week| with_days("?", &week));
    match (day, week) {
        (_, "*") => fault.or([monthly]),
        ("*", _) => fault.or(weekly),
        _ => fault.or([monthly]).or(weekly),
    }
}

/// A day of the week as Unix counts, as names. Unix begins with 0 for Sunday, which can be 7 too; AWS begins
/// with 1.
fn unix_week(text: &str) -> Option<String> {
    let items: Option<Vec<String>> = text.split(',').map(unix_days).collect();
    items.map(|items| items.join(","))
}

fn unix_days(item: &str) -> Option<String> {
    let cut = item.find(['/', '#']).unwrap_or(item.len());
    let (days, rest) = item.split_at_checked(cut)?;
    let days: Option<Vec<&str>> = days.split('-').map(unix_day).collect();
    match days?.as_slice() {
        // `0-7` is the whole week.
        [first, last] if first == last => None,
        days => Some(format!("{}{rest}", days.join("-"))),
    }
}

fn unix_day(text: &str) -> Option<&str> {
    match text.parse::<usize>() {
        Ok(day) if day <= 7 => DAYS.get(day % 7).copied(),
        Ok(_) => None,
        // A number with a letter, as in `5L`, has no certain meaning.
        Err(_) if text.contains(|c: char| c.is_ascii_digit()) => None,
        Err(_) => Some(text),
    }
}

/// One of the two days is `?`, and the other one is not.
fn question_mark(day: Piece<'_>, week: Piece<'_>) -> Result<(), Fault> {
    let one = "`?` stands in exactly one of the two";
    Err(match (day.text, week.text) {
        ("?", "?") => {
            let fault = day.fault("day-of-month and day-of-week are both `?`, which says no day", one);
            fault.or([day.replaced("*")])
        }
        ("?", _) | (_, "?") => return Ok(()),
        ("*", "*") => week.fault("day-of-month and day-of-week are both `*`", one).or([week.replaced("?")]),
        (_, "*") => {
            let fault = week.fault("with a value in day-of-month, day-of-week can't be `*`", one);
            fault.or([week.replaced("?")])
        }
        ("*", _) => {
            let fault = day.fault("with a value in day-of-week, day-of-month can't be `*`", one);
            fault.or([day.replaced("?")])
        }
        _ => {
            let fault = week.fault("day-of-month and day-of-week can't both have a value", one);
            fault.or([week.replaced("?"), day.replaced("?")])
        }
    })
}

impl Field {
    fn takes(&self, wildcard: char) -> bool {
        self.wildcards.contains(wildcard)
    }

    /// What the field takes, in words.
    fn values(&self) -> String {
        let Self { name, min, max, names, wildcards } = self;
        let names = match names {
            [first, .., last] => format!(" or {first}-{last}"),
            _ => String::new(),
        };
        format!("the field {name} takes {min}-{max}{names}, and the wildcards `{wildcards}`")
    }

    fn check(&self, word: Piece<'_>) -> Result<(), Fault> {
        if word.text == "?" && self.takes('?') {
            return Ok(());
        }
        word.text.char_indices().try_for_each(|(at, c)| self.check_sign(word, at, c))?;
        if self.name == WEEK.name {
            check_sunday(word)?;
        }
        if word.text.contains('#') && word.text.contains(',') {
            return Err(word.fault("a day with `#` stands alone in its field", "make two schedules"));
        }
        word.split(|c| c == ',').try_for_each(|item| self.check_item(item))
    }

    /// Letters and digits are left to what reads values.
    fn check_sign(&self, word: Piece<'_>, at: usize, c: char) -> Result<(), Fault> {
        let is_lonely = c == '?' && word.text != "?";
        if c.is_ascii_alphanumeric() || (self.takes(c) && !is_lonely) {
            return Ok(());
        }
        let start = word.start + at;
        let what = match c {
            '?' if self.takes('?') => format!("`?` stands alone in {}", self.name),
            _ => format!("`{}` has no place in {}", c.escape_debug(), self.name),
        };
        let fault = Fault { start, end: start + c.len_utf8(), what, advice: self.values(), edits: Vec::new() };
        let instead = match c {
            '?' if word.text == "?" => Some("*".to_owned()),
            '/' => self.spelled_out(word),
            _ => None,
        };
        Err(fault.or(instead.map(|text| word.replaced(text))))
    }

    /// One of a list.
    fn check_item(&self, item: Piece<'_>) -> Result<(), Fault> {
        if let Some((day, nth)) = item.split_once('#') {
            self.value(day)?;
            return check_nth(nth);
        }
        if let Some((values, step)) = item.split_once('/') {
            if values.text.is_empty() {
                let fault = values.fault("what the steps start from is missing", self.values());
                return Err(fault.or([values.replaced("*")]));
            }
            self.check_values(values)?;
            return self.check_step(step);
        }
        // AWS's pages do not describe `LW`, but its console is reported to take it
        // (<https://github.com/grumBit/aws_cron_expression_validator/issues/18>), and there is no other way to
        // say the last weekday.
        let is_last = item.text == "L" || (item.text == "LW" && self.takes('W'));
        if is_last && self.takes('L') {
            return Ok(());
        }
        // `6L`, or `FRIL`, is the last Friday; of days of the month, there is but one last.
        let last = item.strip_suffix('L').filter(|_| self.takes('L') && !self.names.is_empty());
        let nearest = item.strip_suffix('W').filter(|_| self.takes('W'));
        match last.or(nearest) {
            Some(day) => self.value(day).map(drop),
            None => self.check_values(item),
        }
    }

    /// All, a range or a value.
    fn check_values(&self, values: Piece<'_>) -> Result<(), Fault> {
        if values.text == "*" {
            return Ok(());
        }
        let Some((from, to)) = values.split_once('-') else { return self.value(values).map(drop) };
        // `20-2` goes past midnight, and AWS has it as an example. Years do not begin again.
        if self.value(from)? > self.value(to)? && self.name == YEAR.name {
            let fault = values.fault("these years run backwards", "the earlier year comes first");
            return Err(fault.or([values.replaced(format!("{}-{}", to.text, from.text))]));
        }
        Ok(())
    }

    fn value(&self, value: Piece<'_>) -> Result<u32, Fault> {
        let text = value.text;
        if text.is_empty() {
            return Err(value.fault("a value is missing", self.values()));
        }
        if let Some((_, number)) = self.named().find(|(name, _)| *name == text) {
            return Ok(number);
        }
        if value.is_digits() {
            let number = text.parse().ok().filter(|number| (self.min..=self.max).contains(number));
            return number.ok_or_else(|| value.fault(format!("`{text}` is out of range"), self.values()));
        }
        let upper = text.to_ascii_uppercase();
        let near = self.named().find(|(name, _)| upper.starts_with(name)).map(|(name, _)| name);
        let what = match near {
            Some(name) if name == upper => format!("names are in upper case, and `{text}` is not"),
            None if text == "L" && self.takes('L') => "`L` has neither ranges nor steps".to_owned(),
            _ => format!("`{text}` is not a value of {}", self.name),
        };
        Err(value.fault(what, self.values()).or(near.map(|name| value.replaced(name))))
    }

    fn named(&self) -> impl Iterator<Item = (&'static str, u32)> + use<> {
        self.names.iter().copied().zip(self.min..)
    }

    fn check_step(&self, step: Piece<'_>) -> Result<(), Fault> {
        let size = self.max - self.min + 1;
        let is_step = |step: u32| (1..=size).contains(&step);
        if step.is_digits() && step.text.parse().is_ok_and(is_step) {
            return Ok(());
        }
        let what = match step.text {
            "" => "the step is missing".to_owned(),
            text => format!("`{text}` is not a step"),
        };
        Err(step.fault(what, format!("steps of {} are from 1 to {size}, as in `*/2`", self.name)))
    }

    /// Steps as a list of names, for the one field that has no steps.
    fn spelled_out(&self, word: Piece<'_>) -> Option<String> {
        let (values, step) = word.split_once('/')?;
        let value = |value: Piece<'_>| self.value(value).ok();
        let (from, to) = match values.split_once('-') {
            Some((from, to)) => (value(from)?, value(to)?),
            None if values.text == "*" => (self.min, self.max),
            None => (value(values)?, self.max),
        };
        // A range that wraps goes on in the next week.
        let to = if to < from { to + self.max } else { to };
        let step = step.text.parse().ok().filter(|step| *step > 0)?;
        let days = (from..=to).step_by(step).map(|day| self.names.iter().cycle().nth((day - self.min) as usize));
        let days: Option<Vec<&str>> = days.map(|day| day.copied()).collect();
        days.map(|days| days.join(","))
    }
}

/// The `n` of `3#n`.
fn check_nth(nth: Piece<'_>) -> Result<(), Fault> {
    match nth.text {
        "1" | "2" | "3" | "4" | "5" => Ok(()),
        _ => Err(nth.fault(
            "a day of the week comes up to five times in a month",
            "after `#` stands a number from 1 to 5, as in `3#2` for the second Tuesday",
        )),
    }
}

/// A 0 tells that the field counts as Unix does.
fn check_sunday(word: Piece<'_>) -> Result<(), Fault> {
    let days = word.split(|c| c == ',').map(|item| item.split_once('#').map_or(item, |(day, _)| day));
    let zero = days.flat_map(|days| days.split(|c| c == '-')).find(|day| day.is_digits() && day.text.parse() == Ok(0));
    match zero {
        Some(zero) => {
            let fault = zero.fault("`0` is out of range", "days of the week go from 1 to 7, and Sunday is 1, not 0");
            Err(fault.or(unix_week(word.text).map(|week| word.replaced(week))))
        }
        None => Ok(()),
    }
}

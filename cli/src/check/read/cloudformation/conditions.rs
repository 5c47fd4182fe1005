//! Conditions, as far as they are known: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html>.

use super::template::Template;
use crate::check::read::document::Node;

impl Template {
    /// Whether a condition is met.
    pub(super) fn condition(&self, name: &str) -> Option<bool> {
        if let Some(known) = self.met.borrow().get(name) {
            return *known;
        }
        // One that stands for itself is found here, and known not to be known.
        self.met.borrow_mut().insert(name.to_owned(), None);
        let met = self.is_met(self.conditions.get(name)?);
        self.met.borrow_mut().insert(name.to_owned(), met);
        met
    }

    fn is_met(&self, condition: &Node) -> Option<bool> {
        let [(function, argument)] = condition.entries() else { return None };
        let all = || argument.items().iter().map(|item| self.is_met(item));
        let met = || match function.as_str() {
            "Condition" => self.condition(argument.known()?),
            "Fn::Not" => match argument.items() {
                [one] => self.is_met(one).map(|met| !met),
                _ => None,
            },
            "Fn::And" => combine(all(), false),
            "Fn::Or" => combine(all(), true),
            "Fn::Equals" => match argument.items() {
                [left, right] => self.are_equal(left, right),
                _ => None,
            },
            _ => None,
        };
        self.nested(met).flatten()
    }

    fn are_equal(&self, left: &Node, right: &Node) -> Option<bool> {
        let (left, right) = (self.resolve(left)?, self.resolve(right)?);
        let (left, right) = (left.text()?, right.text()?);
        if left == right {
            return Some(true);
        }
        (left.known().is_some() && right.known().is_some()).then_some(false)
    }
}

/// One that decides it is enough; else all have to be known.
fn combine(all: impl Iterator<Item = Option<bool>>, decisive: bool) -> Option<bool> {
    let mut known = Some(!decisive);
    for met in all {
        match met {
            Some(met) if met == decisive => return Some(decisive),
            Some(_) => {}
            None => known = None,
        }
    }
    known
}

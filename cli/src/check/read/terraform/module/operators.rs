//! Arithmetic, comparisons, logic.

use hcl_edit::expr::{BinaryOp, BinaryOperator, UnaryOp, UnaryOperator};

use super::Module;
use super::eval::At;
use crate::check::read::terraform::value::{Kind, Value, literal};

impl Module<'_> {
    pub(super) fn unary(&self, op: &UnaryOp, at: At<'_>) -> Option<Kind> {
        let value = self.value(&op.expr, at);
        match op.operator.value() {
            UnaryOperator::Neg => value.as_number().map(|number| Kind::Number(-number)),
            UnaryOperator::Not => value.as_bool().map(|flag| Kind::Bool(!flag)),
        }
    }

    pub(super) fn binary(&self, op: &BinaryOp, at: At<'_>) -> Option<Kind> {
        let left = self.value(&op.lhs_expr, at);
        let right = self.value(&op.rhs_expr, at);
        let numbers = || left.as_number().zip(right.as_number());
        let number = |of: fn(f64, f64) -> f64| {
            let result = numbers().map(|(a, b)| of(a, b)).filter(|result| result.is_finite());
            result.map(Kind::Number)
        };
        let compared = |of: fn(&f64, &f64) -> bool| numbers().map(|(a, b)| Kind::Bool(of(&a, &b)));
        match op.operator.value() {
            BinaryOperator::Eq => equal(&left, &right).map(Kind::Bool),
            BinaryOperator::NotEq => equal(&left, &right).map(|equal| Kind::Bool(!equal)),
            BinaryOperator::LessEq => compared(f64::le),
            BinaryOperator::Less => compared(f64::lt),
            BinaryOperator::GreaterEq => compared(f64::ge),
            BinaryOperator::Greater => compared(f64::gt),
            BinaryOperator::Plus => number(|a, b| a + b),
            BinaryOperator::Minus => number(|a, b| a - b),
            BinaryOperator::Mul => number(|a, b| a * b),
            BinaryOperator::Div => number(|a, b| a / b),
            BinaryOperator::Mod => number(|a, b| a % b),
            // One side can decide.
            BinaryOperator::And => match (left.as_bool(), right.as_bool()) {
                (Some(false), _) | (_, Some(false)) => Some(Kind::Bool(false)),
                (Some(true), Some(true)) => Some(Kind::Bool(true)),
                _ => None,
            },
            BinaryOperator::Or => match (left.as_bool(), right.as_bool()) {
                (Some(true), _) | (_, Some(true)) => Some(Kind::Bool(true)),
                (Some(false), Some(false)) => Some(Kind::Bool(false)),
                _ => None,
            },
        }
    }
}

/// Whether two values are the same; none if that depends on what is unknown.
fn equal(left: &Value, right: &Value) -> Option<bool> {
    match (&left.of, &right.of) {
        (Kind::Null, Kind::Null) => Some(true),
        (Kind::Unknown(_) | Kind::Resource(_), _) | (_, Kind::Unknown(_) | Kind::Resource(_)) => None,
        (Kind::Null, _) | (_, Kind::Null) => Some(false),
        (Kind::Bool(a), Kind::Bool(b)) => Some(a == b),
        (Kind::Number(a), Kind::Number(b)) => Some(a == b),
        (Kind::Text(a), Kind::Text(b)) => match (literal(a), literal(b)) {
            (Some(a), Some(b)) => Some(a == b),
            _ => (a == b).then_some(true),
        },
        (Kind::List(list), Kind::List(other)) => {
            let is_empty = list.items.is_empty() && other.items.is_empty() && !list.is_open && !other.is_open;
            is_empty.then_some(true)
        }
        // A number that was given as a text.
        (Kind::Number(_), Kind::Text(_)) | (Kind::Text(_), Kind::Number(_)) => {
            left.as_number().zip(right.as_number()).map(|(a, b)| a == b)
        }
        _ => None,
    }
}

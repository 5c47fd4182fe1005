//! Keys are expressions over the parameters, whatever their patterns, and move nothing out of them.
#![deny(warnings)]

use lambkin::prelude::*;

#[derive(Deserialize)]
struct Order {
    id: String,
    customer: Option<String>,
    line: u32,
    lines: Vec<u32>,
}

#[derive(Deserialize)]
struct Wrapper(String, u32);

#[derive(Serialize)]
struct Tuple<'a>(&'a str, u32);

impl Order {
    fn number(&self) -> String {
        format!("{}-{}", self.id, self.line)
    }
}

#[handler(sqs)]
#[idempotent(key = (order.id, order.line, order.customer))]
async fn tuple(order: Order) -> Result<(), Error> {
    drop((order.id, order.customer));
    Ok(())
}

#[handler(sqs)]
#[idempotent(key = ("orders", (order.id, [order.line]), &order.customer), verify = (order.customer, order.lines))]
async fn nested(order: Order) -> Result<(), Error> {
    drop(order.id);
    Ok(())
}

#[handler(sqs)]
#[idempotent(key = order.number())]
async fn method_call(order: Order) -> Result<(), Error> {
    drop(order);
    Ok(())
}

#[handler(sqs)]
#[idempotent(key = format!("{}/{}", order.id, order.line))]
async fn formatted(order: Order) -> Result<(), Error> {
    drop(order);
    Ok(())
}

#[handler(sqs)]
#[idempotent(key = order.line + 1)]
async fn binary(order: Order) -> Result<(), Error> {
    drop(order.lines);
    Ok(())
}

#[handler(sqs)]
#[idempotent(key = order.customer.as_deref().unwrap_or(&order.id))]
async fn reference(order: Order) -> Result<(), Error> {
    drop(order);
    Ok(())
}

#[handler(sqs)]
#[idempotent(key = if order.line < 2 { Tuple(&order.id, 1) } else { Tuple("more", order.line) })]
async fn block(order: Order) -> Result<(), Error> {
    drop(order);
    Ok(())
}

#[handler(sqs)]
#[idempotent(key = order.lines.iter().map(|line| line + 1).collect::<Vec<u32>>(), expires = "1h")]
async fn closure(order: Order) -> Result<(), Error> {
    drop(order);
    Ok(())
}

#[handler(sqs)]
#[idempotent(key = order.lines[0])]
async fn index(order: Order) -> Result<(), Error> {
    drop(order);
    Ok(())
}

#[handler(sqs)]
#[idempotent(key = (id, line))]
async fn destructured(Order { id, line, customer: _, .. }: Order) -> Result<(), Error> {
    drop((id, line));
    Ok(())
}

#[handler(sqs)]
#[idempotent(key = first, verify = *second > 1)]
async fn tuple_struct(Wrapper(first, mut second): Wrapper) -> Result<(), Error> {
    second += 1;
    drop((first, second));
    Ok(())
}

#[handler(sqs)]
#[idempotent(key = order.id)]
async fn mutable(mut order: Order, _: Context) -> Result<(), Error> {
    order.id.clear();
    Ok(())
}

#[handler(sqs)]
#[idempotent(key = natural)]
async fn named_natural(natural: String) -> Result<(), Error> {
    drop(natural);
    Ok(())
}

#[handler(sqs)]
#[idempotent(key = natural)]
async fn destructured_natural(Wrapper(natural, _): Wrapper) -> Result<(), Error> {
    drop(natural);
    Ok(())
}

/// What only the attribute reads is used.
#[handler(invoke)]
#[idempotent(key = cx.request_id())]
async fn only_in_the_key(cx: Context) -> u32 {
    7
}

#[handler(invoke)]
#[idempotent(key = format!("{id:?}"), verify = line)]
async fn only_in_a_format(Order { id, line, .. }: Order) -> u32 {
    7
}

macro_rules! named {
    ($($name:ident)*) => { mod names { use super::*; $(
        pub(crate) mod $name {
            use super::*;

            #[handler(sqs)]
            #[idempotent(key = $name.id, verify = $name.line)]
            pub(crate) async fn handler(mut $name: Order, _: Context) -> Result<(), Error> {
                $name.id.clear();
                Ok(())
            }

            lambkin::app! { handlers: [handler] }
            const _: fn() -> App = App::default;
        }
    )* } };
}

named! { natural key verify record call held store storing entered name payload returned parameter_0 dependency_0 bound spec }

macro_rules! keyed {
    ($name:ident by $key:expr) => {
        #[handler(sqs)]
        #[idempotent(key = $key)]
        async fn $name(order: Order) -> Result<(), Error> {
            drop(order);
            Ok(())
        }
    };
}

// An operator of the expression is not torn apart.
const EDITION: u32 = 3;
keyed! { written_by_macro by EDITION + 1 }

lambkin::app! {
    handlers: [
        tuple, nested, method_call, formatted, binary, reference, block, closure, index, destructured, tuple_struct, mutable,
        named_natural, destructured_natural, only_in_the_key, only_in_a_format, written_by_macro,
    ]
}

fn main() {
    let _ = App::default();
}

//! What the routes of a shop take and answer. The binaries share it, so that they differ in their frameworks alone.
//!
//! Nothing is kept: what exists follows from the identifier, and what is made is forgotten.

use serde::{Deserialize, Serialize};

/// Identifiers from here on name nothing.
const END: u64 = 1000;

/// What `GET /health` answers.
#[derive(Serialize)]
pub struct Health {
    /// Always the same.
    pub status: &'static str,
}

impl Health {
    /// All is well.
    pub fn good() -> Self {
        Self { status: "up" }
    }
}

/// A customer.
#[derive(Serialize)]
pub struct User {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its address.
    pub email: String,
}

/// The body of `POST /users` and `PUT /users/{id}`.
#[derive(Deserialize)]
pub struct NewUser {
    /// Its name.
    pub name: String,
    /// Its address.
    pub email: String,
}

/// The body of `PATCH /users/{id}`: what is not there stays.
#[derive(Deserialize)]
pub struct UserPatch {
    /// Its new name.
    pub name: Option<String>,
    /// Its new address.
    pub email: Option<String>,
}

impl User {
    /// The one of this number.
    pub fn find(id: u64) -> Option<Self> {
        (id < END).then(|| Self { id, name: "Ada".to_owned(), email: "ada@example.com".to_owned() })
    }

    /// The first page of them.
    pub fn page() -> Vec<Self> {
        (1..=3).filter_map(Self::find).collect()
    }

    /// A new one.
    pub fn create(new: NewUser) -> Self {
        Self { id: 7, name: new.name, email: new.email }
    }

    /// Another one in the place of the one of this number.
    pub fn replace(id: u64, new: NewUser) -> Option<Self> {
        (id < END).then_some(Self { id, name: new.name, email: new.email })
    }

    /// The one of this number, changed.
    pub fn patch(id: u64, patch: UserPatch) -> Option<Self> {
        let user = Self::find(id)?;
        Some(Self { id, name: patch.name.unwrap_or(user.name), email: patch.email.unwrap_or(user.email) })
    }

    /// Whether there was one of this number.
    pub fn remove(id: u64) -> bool {
        id < END
    }
}

/// What is sold.
#[derive(Serialize)]
pub struct Product {
    /// Its number.
    pub id: u64,
    /// What it is called.
    pub title: String,
    /// Its price.
    pub cents: u32,
}

/// The body of `POST /products`.
#[derive(Deserialize)]
pub struct NewProduct {
    /// What it is called.
    pub title: String,
    /// Its price.
    pub cents: u32,
}

impl Product {
    /// The one of this number.
    pub fn find(id: u64) -> Option<Self> {
        (id < END).then(|| Self { id, title: "Green tea".to_owned(), cents: 450 })
    }

    /// The first page of them.
    pub fn page() -> Vec<Self> {
        (1..=3).filter_map(Self::find).collect()
    }

    /// A new one.
    pub fn create(new: NewProduct) -> Self {
        Self { id: 7, title: new.title, cents: new.cents }
    }
}

/// What a customer thinks of a product.
#[derive(Serialize)]
pub struct Review {
    /// The product's number.
    pub product: u64,
    /// From 1 to 5.
    pub stars: u8,
    /// What it says.
    pub text: String,
}

/// The body of `POST /products/{id}/reviews`.
#[derive(Deserialize)]
pub struct NewReview {
    /// From 1 to 5.
    pub stars: u8,
    /// What it says.
    pub text: String,
}

impl Review {
    /// Those of the product of this number.
    pub fn of(product: u64) -> Option<Vec<Self>> {
        (product < END).then(|| vec![Self { product, stars: 5, text: "As good as it gets.".to_owned() }])
    }

    /// A new one.
    pub fn create(product: u64, new: NewReview) -> Option<Self> {
        (product < END).then_some(Self { product, stars: new.stars, text: new.text })
    }
}

/// So many of a product.
#[derive(Deserialize, Serialize)]
pub struct Line {
    /// The product's number.
    pub product: u64,
    /// How many.
    pub quantity: u32,
}

/// What a customer buys.
#[derive(Serialize)]
pub struct Order {
    /// Its number.
    pub id: u64,
    /// The customer's number.
    pub user: u64,
    /// How far it has come.
    pub status: String,
    /// What is in it.
    pub lines: Vec<Line>,
}

/// The body of `POST /orders`.
#[derive(Deserialize)]
pub struct NewOrder {
    /// The customer's number.
    pub user: u64,
    /// What is in it.
    pub lines: Vec<Line>,
}

impl Order {
    /// The one of this number.
    pub fn find(id: u64) -> Option<Self> {
        (id < END).then(|| Self { id, user: 1, status: "open".to_owned(), lines: lines() })
    }

    /// A page of those of this status.
    pub fn page(page: Option<u32>, status: Option<String>) -> Vec<Self> {
        let id = u64::from(page.unwrap_or(1));
        vec![Self { id, user: 1, status: status.unwrap_or_else(|| "open".to_owned()), lines: lines() }]
    }

    /// Those of the customer of this number.
    pub fn of(user: u64) -> Option<Vec<Self>> {
        (user < END).then(|| vec![Self { id: 1, user, status: "open".to_owned(), lines: lines() }])
    }

    /// A new one.
    pub fn create(new: NewOrder) -> Self {
        Self { id: 7, user: new.user, status: "open".to_owned(), lines: new.lines }
    }

    /// The one of this number, which will not be sent.
    pub fn cancel(id: u64) -> Option<Self> {
        Some(Self { status: "cancelled".to_owned(), ..Self::find(id)? })
    }

    /// A line of the order of this number; they count from 1.
    pub fn line(id: u64, line: u64) -> Option<Line> {
        let at = usize::try_from(line.checked_sub(1)?).ok()?;
        Self::find(id)?.lines.into_iter().nth(at)
    }
}

/// What may become an order.
#[derive(Serialize)]
pub struct Cart {
    /// Its number.
    pub id: u64,
    /// What is in it.
    pub lines: Vec<Line>,
}

/// The body of `PUT /carts/{id}`.
#[derive(Deserialize)]
pub struct NewCart {
    /// What is in it.
    pub lines: Vec<Line>,
}

impl Cart {
    /// The one of this number.
    pub fn find(id: u64) -> Option<Self> {
        (id < END).then(|| Self { id, lines: lines() })
    }

    /// Another one in the place of the one of this number.
    pub fn replace(id: u64, new: NewCart) -> Self {
        Self { id, lines: new.lines }
    }

    /// Whether there was one of this number.
    pub fn remove(id: u64) -> bool {
        id < END
    }
}

/// What `GET /search` finds.
#[derive(Serialize)]
pub struct Found {
    /// What was searched for.
    pub q: String,
    /// How many there may be.
    pub limit: u32,
    /// What there is.
    pub products: Vec<Product>,
}

impl Found {
    /// Searches.
    pub fn search(q: String, limit: Option<u32>) -> Self {
        Self { q, limit: limit.unwrap_or(20), products: Product::find(1).into_iter().collect() }
    }
}

fn lines() -> Vec<Line> {
    vec![Line { product: 1, quantity: 2 }, Line { product: 5, quantity: 1 }]
}

//! What is sold, and what was ordered.

use std::collections::BTreeMap;
use std::io;
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::{Mutex, MutexGuard};

use lambkin::prelude::*;

/// What goes wrong, and how the client is answered: with a problem (RFC 9457). Below 500 it reads the message; from 500 on the
/// message stays in the log.
#[derive(Debug, thiserror::Error, HttpError)]
pub(crate) enum ShopError {
    #[error("there is no product `{0}`")]
    #[status(404)]
    NoProduct(String),
    #[error("there is no picture of `{0}`")]
    #[status(404)]
    NoPicture(String),
    #[error("there is no order {0}")]
    #[status(404)]
    NoOrder(u64),
    #[error("of `{product}` there are {left} left")]
    #[status(409, kind = "https://shop.example.com/problems/sold-out", title = "Sold out")]
    SoldOut { product: String, left: u32 },
    #[error("a picture is an `image/png`")]
    #[status(415)]
    NotAPicture,
    #[error("the workshop is closed")]
    #[status(503, retry_after = "1m")]
    WorkshopClosed,
    #[error("the workshop at {address} does not answer")]
    #[status(502)]
    Workshop { address: String, source: io::Error },
}

#[derive(Clone, Serialize)]
pub(crate) struct Product {
    pub(crate) sku: String,
    pub(crate) title: String,
    pub(crate) cents: u32,
    pub(crate) is_made_to_order: bool,
}

#[derive(Clone, Serialize)]
pub(crate) struct Order {
    pub(crate) id: u64,
    pub(crate) product: String,
    pub(crate) count: u32,
}

struct Place {
    product: Product,
    left: u32,
    picture: Option<Vec<u8>>,
}

#[derive(Default)]
struct Contents {
    places: BTreeMap<String, Place>,
    orders: BTreeMap<u64, Order>,
    last_order: u64,
}

/// A database of sorts.
pub(crate) struct Shelf(Mutex<Contents>);

impl Shelf {
    pub(crate) fn new() -> Self {
        let mut contents = Contents::default();
        let tea = include_bytes!("../pictures/tea.png").to_vec();
        let places = [
            ("tea", "Green tea", 450, 100, Some(tea)),
            ("cake", "Lemon cake", 320, 2, None),
            ("portrait", "A portrait of you with a cup of tea", 9_900, 0, None),
        ];
        for (sku, title, cents, left, picture) in places {
            let product = Product { sku: sku.to_owned(), title: title.to_owned(), cents, is_made_to_order: left == 0 };
            contents.places.insert(sku.to_owned(), Place { product, left, picture });
        }
        Self(Mutex::new(contents))
    }

    /// A panic while it was held has left nothing half done.
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub(crate) fn products(&self) -> Vec<Product> {
        self.contents().places.values().map(|place| place.product.clone()).collect()
    }

    pub(crate) fn product(&self, sku: &str) -> Result<Product, ShopError> {
        Ok(self.contents().place(sku)?.product.clone())
    }

    pub(crate) fn picture(&self, sku: &str) -> Result<Vec<u8>, ShopError> {
        let picture = self.contents().place(sku)?.picture.clone();
        picture.ok_or_else(|| ShopError::NoPicture(sku.to_owned()))
    }

    pub(crate) fn set_picture(&self, sku: &str, picture: Vec<u8>) -> Result<(), ShopError> {
        self.contents().place(sku)?.picture = Some(picture);
        Ok(())
    }

    pub(crate) fn order(&self, sku: &str, count: u32) -> Result<Order, ShopError> {
        let mut contents = self.contents();
        let place = contents.place(sku)?;
        if !place.product.is_made_to_order {
            let left = place.left.checked_sub(count);
            place.left = left.ok_or_else(|| ShopError::SoldOut { product: sku.to_owned(), left: place.left })?;
        }
        contents.last_order += 1;
        let order = Order { id: contents.last_order, product: sku.to_owned(), count };
        contents.orders.insert(order.id, order.clone());
        Ok(order)
    }

    pub(crate) fn orders_after(&self, id: Option<u64>) -> Vec<Order> {
        let from = id.map_or(Unbounded, Excluded);
        self.contents().orders.range((from, Unbounded)).map(|(_, order)| order.clone()).collect()
    }

    pub(crate) fn find(&self, id: u64) -> Result<Order, ShopError> {
        self.contents().orders.get(&id).cloned().ok_or(ShopError::NoOrder(id))
    }

    pub(crate) fn cancel(&self, id: u64) -> Result<(), ShopError> {
        let mut contents = self.contents();
        let order = contents.orders.remove(&id).ok_or(ShopError::NoOrder(id))?;
        if let Ok(place) = contents.place(&order.product) {
            place.left += order.count;
        }
        Ok(())
    }
}

impl Contents {
    fn place(&mut self, sku: &str) -> Result<&mut Place, ShopError> {
        self.places.get_mut(sku).ok_or_else(|| ShopError::NoProduct(sku.to_owned()))
    }
}

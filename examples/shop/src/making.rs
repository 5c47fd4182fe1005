//! Who makes what is not on the shelf.

use std::env;
use std::io;

use lambkin::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::goods::ShopError;

/// Takes a line for each piece of work, and closes the connection when it will be done.
///
/// `SHOP_WORKSHOP` says where; without it the workshop is closed.
pub(crate) struct Workshop {
    address: Option<String>,
}

impl Workshop {
    pub(crate) fn from_env() -> Result<Self, Error> {
        Ok(Self { address: env::var("SHOP_WORKSHOP").ok() })
    }

    pub(crate) async fn make(&self, product: &str, count: u32) -> Result<(), ShopError> {
        let address = self.address.as_ref().ok_or(ShopError::WorkshopClosed)?;
        let asked: io::Result<()> = async {
            let mut workshop = TcpStream::connect(address).await?;
            workshop.write_all(format!("{count} {product}\n").as_bytes()).await?;
            workshop.read_to_end(&mut Vec::new()).await?;
            Ok(())
        }
        .await;
        // The client need not know where the workshop is: only the log is told.
        asked.map_err(|source| ShopError::Workshop { address: address.clone(), source })
    }
}

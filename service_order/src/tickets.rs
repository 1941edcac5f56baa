//! The keys tickets are signed with, and the codes of an order's tickets.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contract::order::get_ticket_keys_response::Key;
use micro::Problem;
use micro::database::Database;

use crate::domain::order::Order;
use crate::ticket_code::{TicketClaim, TicketCodeError, TicketKeys, TicketSigner, verify};

/// Signs the tickets of orders.
pub struct TicketOffice {
    signer: TicketSigner,
    keys: TicketKeys,
}

impl TicketOffice {
    /// The key in the database; made at the first start, the same for all processes.
    ///
    /// # Errors
    /// The database's.
    pub async fn open(database: &Database) -> Result<Self, Problem> {
        let seed = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        sqlx::query(
            "INSERT INTO ticket_key (key_id, seed, created_at) VALUES (1, $1, 0) ON CONFLICT (key_id) DO NOTHING",
        )
        .bind(seed)
        .execute(database.pool())
        .await?;
        let (key_id, seed): (i64, String) =
            sqlx::query_as("SELECT key_id, seed FROM ticket_key ORDER BY key_id DESC LIMIT 1")
                .fetch_one(database.pool())
                .await?;
        let secret = URL_SAFE_NO_PAD.decode(seed).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let secret = secret.ok_or_else(|| Problem::internal("the ticket key in the database is damaged"))?;
        let key_id = u16::try_from(key_id).map_err(Problem::internal)?;
        let signer = TicketSigner::new(key_id, &secret);
        let mut keys = TicketKeys::default();
        keys.add(key_id, &signer.public_key()).map_err(Problem::internal)?;
        Ok(Self { signer, keys })
    }

    /// Id and code of an order's ticket at a position.
    ///
    /// # Errors
    /// Where the order's facts fit no code, which the limits of the contract rule out.
    pub fn code(&self, order: &Order, at: usize) -> Result<(i64, String), Problem> {
        let ticket_id = order.ticket_id(at);
        let seat = order.items.get(at).map(|item| item.seat.to_string()).unwrap_or_default();
        let (order_id, film_sid, starts_at) = (order.order_id, order.film_sid, order.starts_at);
        let claim = TicketClaim { ticket_id, order_id, film_sid, starts_at, seat };
        Ok((ticket_id, self.signer.sign(&claim).map_err(Problem::internal)?))
    }

    /// What a code says, as it was scanned or typed in.
    ///
    /// # Errors
    /// Why it is not one of ours.
    pub fn read(&self, code: &str) -> Result<TicketClaim, TicketCodeError> {
        // A code has capital letters only, whatever the keyboard sent.
        verify(&code.trim().to_ascii_uppercase(), &self.keys)
    }

    /// The public keys.
    #[must_use]
    pub fn keys(&self) -> Vec<Key> {
        let public_key = URL_SAFE_NO_PAD.encode(self.signer.public_key());
        vec![Key { key_id: i32::from(self.signer.key_id()), public_key }]
    }
}

//! Follows the server that takes writes from one machine to another.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::{AnyPool, PgConnection};
use tokio::sync::watch;

use super::primary::{AGAIN, Place, Server, find, takes_writes};

/// How often the server is asked whether it still takes writes.
const EVERY: Duration = Duration::from_millis(500);
/// How often it is said that none is found, in tries.
const SAID_EVERY: u32 = 50;

/// Tells the pool and all who write when another server takes writes.
///
/// A connection of its own is kept open, so that the end of the server is seen
/// without waiting for anybody's request to fail.
pub(super) async fn watch(
    servers: Arc<[Server]>,
    place: watch::Sender<Place>,
    pool: AnyPool,
    mut connection: PgConnection,
) {
    loop {
        until_lost(&mut connection).await;
        let at = place.borrow().at;
        let (found, new) = look(&servers, at).await;
        connection = new;
        if found != at {
            pool.set_connect_options(servers[found].any.clone());
            place.send_replace(Place { at: found, since: Instant::now() });
            tracing::warn!(
                from = servers[at].name,
                to = servers[found].name,
                "another database server takes writes"
            );
        }
    }
}

async fn until_lost(connection: &mut PgConnection) {
    while takes_writes(connection).await.is_ok() {
        tokio::time::sleep(EVERY).await;
    }
}

async fn look(servers: &[Server], at: usize) -> (usize, PgConnection) {
    let mut tries = 0;
    loop {
        match find(servers, Some(at)).await {
            Ok(found) => return found,
            Err(refused) if tries % SAID_EVERY == 0 => {
                tracing::warn!(refused, "no database server takes writes; looking on");
            }
            Err(_) => {}
        }
        tries = tries.wrapping_add(1);
        tokio::time::sleep(AGAIN).await;
    }
}

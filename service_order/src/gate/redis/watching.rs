//! Watching screenings: listening to what others commit, and looking whether anything was missed.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use micro::Problem;
use micro::redis::Message;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::feed::{Next, Published};
use super::hall::report;
use super::{Core, Screening, repair};
use crate::gate::{Snapshot, Updates};

/// How often it is looked whether something was missed: two looks find it, so
/// that a map is never older than a second.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// Every how many looks the database is asked while Redis does not know.
const DATABASE_LOOKS: u32 = 3;
/// Screenings looked at at a time.
const AT_A_TIME: usize = 16;
/// How long who begins to watch waits for the subscription. Without it, changes are found by looking.
const LISTEN: Duration = Duration::from_millis(500);

/// All seats that are not free, and every change from then on.
///
/// # Errors
/// The database's.
pub async fn watch(core: &Arc<Core>, screening: &Arc<Screening>) -> Result<(Snapshot, Updates), Problem> {
    let feed = &screening.feed;
    if let Some(joined) = feed.join() {
        return Ok(joined);
    }
    let _opening = feed.opening.lock().await;
    if let Some(joined) = feed.join() {
        return Ok(joined);
    }
    feed.begin();
    core.watched.lock().insert(screening.film_sid);
    listen(core, screening).await;
    let (snapshot, of_redis) = core.snapshot(screening, |_| true).await?;
    Ok(feed.open(&snapshot, of_redis))
}

async fn listen(core: &Arc<Core>, screening: &Screening) {
    let (core, channel) = (core.clone(), screening.channel.clone());
    let there = core.redis.is_there(&screening.key);
    // Goes on where nobody waits for it any more.
    let listening = tokio::spawn(async move {
        if let Err(failure) = core.subscriptions.listen(&channel).await {
            report(&failure);
        }
    });
    if there {
        let _ = tokio::time::timeout(LISTEN, listening).await;
    }
}

/// Takes what others publish.
pub async fn hear(core: Arc<Core>, mut messages: mpsc::Receiver<Message>, stop: CancellationToken) {
    while let Some(Some(message)) = stop.run_until_cancelled(messages.recv()).await {
        match message {
            Message::Published { channel, payload } => {
                let film_sid =
                    channel.split_once('{').and_then(|(_, tag)| tag.strip_suffix('}')?.parse().ok());
                let screening = film_sid.and_then(|film_sid| core.known(film_sid));
                if let (Some(screening), Some(published)) = (screening, Published::parse(&payload))
                    && screening.feed.hear(published) == Next::ReadAgain
                {
                    read_again(&core, &screening);
                }
            }
            Message::Missed => watched(&core).iter().for_each(|screening| read_again(&core, screening)),
        }
    }
}

/// Looks every so often whether anything was missed.
pub async fn look(core: Arc<Core>, stop: CancellationToken) {
    let mut count: u32 = 0;
    while stop.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
        count = count.wrapping_add(1);
        let database_too = count.is_multiple_of(DATABASE_LOOKS);
        let looks = watched(&core).into_iter().map(|screening| look_at(&core, screening, database_too));
        stream::iter(looks).buffer_unordered(AT_A_TIME).collect::<Vec<()>>().await;
    }
}

async fn look_at(core: &Arc<Core>, screening: Arc<Screening>, database_too: bool) {
    if let Ok(_not_opening) = screening.feed.opening.try_lock()
        && screening.feed.close_if_left()
    {
        core.watched.lock().remove(&screening.film_sid);
        core.subscriptions.leave(&screening.channel).await;
        return;
    }
    if !screening.is_wrong() {
        match core.scripts.look(&screening).await {
            Ok(Some(look)) => {
                if look.due() {
                    repair::rebuild(core, &screening);
                }
                if screening.feed.look(look.sequence) == Next::ReadAgain {
                    // Listening itself may have failed.
                    listen(core, &screening).await;
                    read(core, &screening).await;
                }
                return;
            }
            Ok(None) => repair::rebuild(core, &screening),
            Err(failure) => report(&failure),
        }
    }
    if database_too {
        read(core, &screening).await;
    }
}

fn read_again(core: &Arc<Core>, screening: &Arc<Screening>) {
    let (core, screening) = (core.clone(), screening.clone());
    tokio::spawn(async move { read(&core, &screening).await });
}

async fn read(core: &Arc<Core>, screening: &Arc<Screening>) {
    match core.snapshot(screening, |_| true).await {
        Ok((snapshot, of_redis)) => screening.feed.replace(&snapshot, of_redis),
        Err(problem) => {
            tracing::warn!(film_sid = screening.film_sid, %problem, "watched seats could not be read");
        }
    }
}

fn watched(core: &Core) -> Vec<Arc<Screening>> {
    let watched: Vec<i64> = core.watched.lock().iter().copied().collect();
    watched.into_iter().filter_map(|film_sid| core.known(film_sid)).collect()
}

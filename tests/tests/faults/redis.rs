//! The seat gate is lost, or moves.

use std::time::Duration;

use tests::Engines;
use tests::engines::Gate;
use tokio::task::block_in_place;

use crate::sale::Sale;

const TIMES: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn redis_loses_everything_or_restarts() {
    let mut sale = Sale::open(Engines::start).await;
    sale.break_it("FLUSHALL", TIMES, async |cluster, _| {
        block_in_place(|| match &cluster.engines().redis {
            Gate::Alone(redis) => redis.cli(&["FLUSHALL"]),
            Gate::Cluster(_) => unreachable!("one server was started"),
        });
    })
    .await;
    sale.break_it("a restart of Redis", TIMES, async |cluster, _| {
        block_in_place(|| match &mut cluster.engines().redis {
            Gate::Alone(redis) => redis.restart(),
            Gate::Cluster(_) => unreachable!("one server was started"),
        });
    })
    .await;
    sale.break_it("Redis away for three seconds", 3, async |cluster, _| {
        let redis = |go: fn(&mut servers::Redis)| {
            block_in_place(|| match &mut cluster.engines().redis {
                Gate::Alone(redis) => go(redis),
                Gate::Cluster(_) => unreachable!("one server was started"),
            });
        };
        redis(servers::Redis::stop);
        tokio::time::sleep(Duration::from_secs(3)).await;
        redis(servers::Redis::restart);
    })
    .await;
    sale.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_cluster_fails_over() {
    let mut sale = Sale::open(Engines::start_clustered).await;
    let mut down: Option<usize> = None;
    sale.break_it("a fail-over of the Redis Cluster", TIMES, async |cluster, time| {
        block_in_place(|| {
            let mut engines = cluster.engines();
            let Gate::Cluster(redis) = &mut engines.redis else { unreachable!("a cluster was started") };
            if let Some(node) = down.take() {
                redis.restart(node);
                redis.wait_until_copied();
            }
            // Another shard each time, the screening's own every third time.
            let master = redis.master_of(["{1}", "{2}", "{3}"][time % 3]);
            redis.stop(master);
            down = Some(master);
        });
    })
    .await;
    sale.close().await;
}

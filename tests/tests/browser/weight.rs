//! What a page costs: bytes, requests, and jumps while it loads.

use serde::Deserialize;
use tests::Settings;

use crate::browser::Browser;
use crate::look::{Device, Language, Look};
use crate::programme::Programme;
use crate::stage::play;

/// Most that the start page may transfer, bytes: two seconds of a slow mobile network.
const HEAVIEST: u64 = 100 * 1024;
/// Most that a page may jump while it loads; Core Web Vitals call 0.1 good.
const JUMPIEST: f64 = 0.01;

/// Something a page loaded.
#[derive(Debug, Deserialize)]
struct Load {
    name: String,
    bytes: u64,
    status: u16,
}

/// The page and all that it loaded.
async fn loads(browser: &Browser) -> Vec<Load> {
    let script = "
        const entries = ['navigation', 'resource'].flatMap((kind) => performance.getEntriesByType(kind));
        return entries.map((one) => ({ name: one.name, bytes: one.transferSize, status: one.responseStatus }));";
    serde_json::from_value(browser.run(script, &[]).await).unwrap()
}

/// How much the page has jumped since it began to load.
async fn jumps(browser: &Browser) -> f64 {
    let script = "
        let sum = 0;
        const add = (entries) => entries.forEach((entry) => { sum += entry.value; });
        const observer = new PerformanceObserver((list) => add(list.getEntries()));
        observer.observe({ type: 'layout-shift', buffered: true });
        // Two frames: what has been laid out by then has been told.
        return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => {
            add(observer.takeRecords());
            done(sum);
        }))));";
    browser.run(script, &[]).await.as_f64().unwrap()
}

#[tokio::test]
async fn the_start_page_is_light_and_lies_still() {
    play("weight", Settings::default().with_demo(), async |stage| {
        for (language, device) in [(Language::English, Device::Phone), (Language::Chinese, Device::Desktop)] {
            let browser = stage.browser(Look { language, device }).await;
            browser.open("/").await;
            browser.see(".film").await;
            let loads = loads(&browser).await;
            let bytes: u64 = loads.iter().map(|load| load.bytes).sum();
            assert!(loads[0].bytes > 0, "{loads:#?}");
            assert!(bytes < HEAVIEST, "{bytes} bytes: {loads:#?}");
            let jumps_now = jumps(&browser).await;
            assert!(jumps_now < JUMPIEST, "it jumps: {jumps_now}");
            // What would jump is seen to jump.
            let spoil = "
                const strut = document.createElement('div');
                strut.style.height = '300px';
                document.querySelector('main').prepend(strut);";
            browser.run(spoil, &[]).await;
            let jumps_then = jumps(&browser).await;
            assert!(jumps_then > JUMPIEST, "{jumps_then}");
        }
    })
    .await;
}

#[tokio::test]
async fn assets_are_fetched_once_for_ever() {
    play("assets", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let browser = stage.browser(Look::desktop(Language::English)).await;
        for place in [programme.first(), format!("/films/{}", programme.amelie), "/login".to_owned()] {
            browser.open(&place).await;
            let all = loads(&browser).await;
            let assets: Vec<&Load> = all[1..].iter().collect();
            assert!(!assets.is_empty(), "{place}");
            for asset in assets {
                let path = asset.name.strip_prefix(&stage.cluster.url()).expect("nothing of another site");
                assert!(path.starts_with("/assets/"), "{path}");
                let name = path.trim_start_matches("/assets/").split('#').next().unwrap();
                let hash = name.split('.').rev().nth(1).unwrap();
                assert!(hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{path}");
                assert_eq!(asset.status, 200, "{path}");
                let answer = stage.cluster.client().get(path.split('#').next().unwrap()).await;
                assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable", "{path}");
            }
        }
        // Seen before: only the page itself comes over the network again.
        browser.open("/login").await;
        let again: u64 = loads(&browser).await[1..].iter().map(|load| load.bytes).sum();
        assert_eq!(again, 0, "assets are fetched again");
    })
    .await;
}

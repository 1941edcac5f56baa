//! Staying signed in beyond the life of an access token.

use std::time::Duration;

use serde_json::json;
use tests::{Settings, eventually};

use crate::browser::Browser;
use crate::look::{Language, Look};
use crate::people::{is_signed_in, register};
use crate::stage::play;

/// Longer than the shortest life that a token can be given.
const TOKEN_ENDS: Duration = Duration::from_secs(90);

/// A cookie's value; nothing where the browser has none of that name.
async fn cookie(browser: &Browser, name: &str) -> Option<String> {
    let cookies = browser.cookies().await;
    let cookie = cookies.iter().find(|cookie| cookie["name"] == name)?;
    cookie["value"].as_str().map(str::to_owned)
}

/// Opens tabs of the same browser, all at once, and waits until each is loaded.
async fn open_at_once(browser: &Browser, url: &str, count: usize) -> Vec<String> {
    let before = browser.tabs().await;
    for _ in 0..count {
        browser.devtools("Target.createTarget", &json!({ "url": url })).await;
    }
    let tabs = browser.tabs().await.into_iter().filter(|tab| !before.contains(tab)).collect::<Vec<_>>();
    assert_eq!(tabs.len(), count);
    tabs
}

#[tokio::test]
async fn three_tabs_at_once_renew_one_sign_in() {
    let settings = Settings::default().with("user.tokens.access_minutes", 1);
    play("renewal", settings, async |stage| {
        let browser = stage.browser(Look::desktop(Language::English)).await;
        browser.open("/").await;
        register(&browser, "frida").await;
        let refresh = cookie(&browser, "marquee_refresh").await.unwrap();
        let ended = async || cookie(&browser, "marquee_access").await.is_none().then_some(());
        eventually(TOKEN_ENDS, "the access token has ended", ended).await;
        for tab in open_at_once(&browser, &stage.cluster.url(), 3).await {
            browser.to_tab(&tab).await;
            is_signed_in(&browser).await;
        }
        let renewed = cookie(&browser, "marquee_refresh").await.unwrap();
        assert_ne!(renewed, refresh, "a refresh token is used once");
        assert!(cookie(&browser, "marquee_access").await.is_some());
        // The sign-in goes on: what the tabs got is good.
        browser.reload().await;
        is_signed_in(&browser).await;
        assert_eq!(cookie(&browser, "marquee_refresh").await.unwrap(), renewed);
    })
    .await;
}

#[tokio::test]
async fn a_lost_access_token_is_renewed_and_a_lost_sign_in_is_none() {
    play("lost_tokens", Settings::default(), async |stage| {
        let browser = stage.browser(Look::phone(Language::Chinese)).await;
        browser.open("/").await;
        register(&browser, "greta").await;
        let lose = async |name: &str| {
            let cookie = json!({ "name": name, "url": stage.cluster.url() });
            browser.devtools("Network.deleteCookies", &cookie).await;
        };
        lose("marquee_access").await;
        for tab in open_at_once(&browser, &stage.cluster.url(), 3).await {
            browser.to_tab(&tab).await;
            is_signed_in(&browser).await;
        }
        lose("marquee_access").await;
        lose("marquee_refresh").await;
        browser.reload().await;
        crate::people::is_signed_out(&browser).await;
    })
    .await;
}

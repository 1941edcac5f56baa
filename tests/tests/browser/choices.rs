//! Language, and light or dark.

use tests::Settings;

use crate::browser::Browser;
use crate::look::{Language, Look};
use crate::programme::Programme;
use crate::stage::play;

async fn is_in(browser: &Browser, language: Language) {
    assert_eq!(browser.run("return document.documentElement.lang", &[]).await, language.tag());
    browser.read(language.of("Cinema tickets, sold once.", "每个座位，只卖一次。")).await;
}

/// Red, green and blue of what is behind the page.
async fn background(browser: &Browser) -> String {
    let colour = browser.run("return getComputedStyle(document.body).backgroundColor", &[]).await;
    colour.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_language_is_the_browsers_until_it_is_chosen() {
    play("language", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let film = format!("/films/{}", programme.amelie);
        for (language, other) in
            [(Language::English, Language::Chinese), (Language::Chinese, Language::English)]
        {
            let browser = stage.browser(Look::desktop(language)).await;
            browser.open(&film).await;
            is_in(&browser, language).await;
            // The other one is offered by its own name, and the page stays the same.
            assert_eq!(browser.text("button[name=language]").await, other.of("English", "中文"));
            browser.follow("button[name=language]").await;
            browser.is_at(&film).await;
            is_in(&browser, other).await;
            assert_eq!(browser.text("h1").await, other.of("Amélie", "天使爱美丽"));
            browser.reload().await;
            is_in(&browser, other).await;
            browser.open("/login").await;
            is_in(&browser, other).await;
            browser.follow("button[name=language]").await;
            is_in(&browser, language).await;
        }
    })
    .await;
}

#[tokio::test]
async fn light_or_dark_is_the_devices_until_it_is_chosen() {
    play("light_or_dark", Settings::default(), async |stage| {
        for language in Language::ALL {
            let browser = stage.browser(Look::phone(language)).await;
            browser.open("/login").await;
            browser.light_or_dark(false).await;
            let light = background(&browser).await;
            browser.light_or_dark(true).await;
            let dark = background(&browser).await;
            assert_ne!(light, dark);
            let choose =
                async |theme: &str| browser.follow(&format!("button[name=theme][value={theme}]")).await;
            choose("light").await;
            browser.is_at("/login").await;
            assert_eq!(background(&browser).await, light, "chosen against the device");
            browser.reload().await;
            assert_eq!(background(&browser).await, light, "kept");
            choose("dark").await;
            browser.light_or_dark(false).await;
            assert_eq!(background(&browser).await, dark);
            browser.open("/").await;
            assert_eq!(background(&browser).await, dark, "on every page");
            let pressed = browser.texts("button[aria-pressed=true]").await;
            assert_eq!(pressed, [language.of("Dark", "深色")]);
            choose("auto").await;
            assert_eq!(background(&browser).await, light, "the device's again");
        }
    })
    .await;
}

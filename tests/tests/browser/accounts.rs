//! Opening an account, signing in and out.

use tests::Settings;
use tests::person::PASSWORD;

use crate::browser::Browser;
use crate::look::{Language, Look};
use crate::people::{
    is_signed_in, is_signed_out, register, sign_in, sign_out, try_to_register, try_to_sign_in,
};
use crate::programme::Programme;
use crate::stage::play;

/// Waits until the form says what is wrong.
async fn is_told(browser: &Browser, english: &str, chinese: &str) {
    assert_eq!(browser.text("main [role=alert]").await, browser.look.language.of(english, chinese));
}

#[tokio::test]
async fn one_comes_back_to_where_one_was() {
    play("coming_back", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let film = format!("/films/{}?day={}&city=Utrecht", programme.amelie, programme.first_day);
        for language in Language::ALL {
            let browser = stage.browser(Look::phone(language)).await;
            let name = format!("berta-{}", language.short());
            browser.open(&film).await;
            register(&browser, &name).await;
            browser.is_at(&film).await;
            sign_out(&browser).await;
            browser.open(&film).await;
            sign_in(&browser, &name).await;
            browser.is_at(&film).await;
            // On another page, and after a start of the browser's tab, one is still signed in.
            browser.open("/").await;
            is_signed_in(&browser).await;
            sign_out(&browser).await;
            browser.reload().await;
            is_signed_out(&browser).await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_wrong_is_said_in_words_and_can_be_mended() {
    play("typed_wrong", Settings::default(), async |stage| {
        for language in Language::ALL {
            let browser = stage.browser(Look::desktop(language)).await;
            let name = format!("carla-{}", language.short());
            browser.open("/register").await;
            try_to_register(&browser, &name, "password").await;
            let weak = "This password is too easy to guess. Use at least 8 characters; a few words are best.";
            is_told(&browser, weak, "密码太容易被猜到。至少 8 个字符；用几个词最好。").await;
            // The name is still there: only the password has to be typed again.
            assert_eq!(browser.run("return document.querySelector('[name=login]').value", &[]).await, *name);
            assert_eq!(browser.run("return document.querySelector('[name=password]').value", &[]).await, "");
            try_to_register(&browser, &name, PASSWORD).await;
            is_signed_in(&browser).await;
            sign_out(&browser).await;

            browser.open("/register").await;
            try_to_register(&browser, &name, PASSWORD).await;
            is_told(&browser, "This user name is taken.", "此用户名已被使用。").await;

            browser.open("/login?next=%2Flogin").await;
            try_to_sign_in(&browser, &name, "wrong horse battery").await;
            is_told(&browser, "Name or password is wrong.", "用户名或密码错误。").await;
            is_signed_out(&browser).await;
            assert_eq!(browser.run("return document.querySelector('[name=login]').value", &[]).await, *name);
            // Nobody learns whether there is such an account.
            try_to_sign_in(&browser, "nobody-at-all", PASSWORD).await;
            is_told(&browser, "Name or password is wrong.", "用户名或密码错误。").await;
            try_to_sign_in(&browser, &name, PASSWORD).await;
            is_signed_in(&browser).await;
            browser.is_at("/login").await;
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    play("open_redirect", Settings::default(), async |stage| {
        let browser = stage.browser(Look::desktop(Language::English)).await;
        browser.open("/").await;
        register(&browser, "dora").await;
        for elsewhere in
            ["https://evil.example/", "//evil.example/", "/%5Cevil.example/", "javascript:alert(1)"]
        {
            sign_out(&browser).await;
            browser.open(&format!("/login?next={elsewhere}")).await;
            try_to_sign_in(&browser, "dora", PASSWORD).await;
            is_signed_in(&browser).await;
            browser.is_at("/").await;
        }
    })
    .await;
}

#[tokio::test]
async fn no_script_and_no_other_site_gets_the_cookies() {
    play("cookies", Settings::default(), async |stage| {
        let browser = stage.browser(Look::desktop(Language::English)).await;
        browser.open("/").await;
        register(&browser, "emma").await;
        browser.follow("button[name=theme][value=dark]").await;
        browser.follow("button[name=language]").await;
        let cookies = browser.cookies().await;
        let mut names: Vec<&str> = cookies.iter().map(|cookie| cookie["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["marquee_access", "marquee_language", "marquee_refresh", "marquee_theme"]);
        for cookie in &cookies {
            assert_eq!(cookie["httpOnly"], true, "{cookie}");
            assert!(matches!(cookie["sameSite"].as_str(), Some("Lax" | "Strict")), "{cookie}");
            assert!(cookie["expiry"].is_number(), "{cookie}");
        }
        assert_eq!(browser.run("return document.cookie", &[]).await, "");
    })
    .await;
}

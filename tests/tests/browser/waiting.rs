//! Seats that are chosen before signing in.

use tests::Settings;
use tests::person::PASSWORD;

use crate::browser::Browser;
use crate::hall::{choose, chosen, enter, is_live, is_phase, is_state, order, orders};
use crate::look::{Language, Look};
use crate::people::{register, sign_in, sign_out, try_to_register, try_to_sign_in};
use crate::programme::Programme;
use crate::stage::play;

async fn holds(browser: &Browser, english: &str, chinese: &str) {
    assert_eq!(browser.text("[data-holds]").await, browser.look.language.of(english, chinese));
}

#[tokio::test]
async fn they_are_held_when_one_has_signed_in_or_opened_an_account() {
    play("waiting", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        for (look, seats) in
            [(Look::desktop(Language::English), ["A1", "A2"]), (Look::phone(Language::Chinese), ["C1", "C2"])]
        {
            let browser = stage.browser(look).await;
            enter(&browser, programme.screening).await;
            choose(&browser, &seats).await;
            browser.choose(&format!("select[name='type.{}']", seats[1]), "child").await;
            let total = browser.text("#total").await;
            browser.follow("#hold-button").await;
            let names = seats.join(look.language.of(", ", "、"));
            holds(
                &browser,
                &format!("As soon as you have signed in, {names} will be held for you."),
                &format!("登录后将立即为您锁定 {names}。"),
            )
            .await;
            // A wrong password, another language and back, and no account yet: all of it is a detour.
            try_to_sign_in(&browser, "nobody-yet", PASSWORD).await;
            browser.follow("button[name=language]").await;
            browser.follow("button[name=language]").await;
            browser.follow("main a[href^='/register']").await;
            holds(
                &browser,
                &format!("As soon as your account is open, {names} will be held for you."),
                &format!("注册后将立即为您锁定 {names}。"),
            )
            .await;
            let name = format!("yara-{}", look.language.short());
            try_to_register(&browser, &name, PASSWORD).await;
            let id = order(&browser).await;
            is_phase(&browser, "open").await;
            let button = browser.text("form[action$='/pay'] button").await;
            assert!(button.ends_with(&total), "{button}: not {total}");
            assert_eq!(orders(&browser).await, [id]);
            // Where nothing was to be held, signing in only comes back to what was chosen.
            sign_out(&browser).await;
            enter(&browser, programme.screening).await;
            choose(&browser, &["D3", "D4"]).await;
            sign_in(&browser, &name).await;
            is_live(&browser).await;
            assert_eq!(chosen(&browser).await, ["D3", "D4"]);
            assert_eq!(orders(&browser).await, [id]);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_meanwhile_is_said_and_the_rest_stays() {
    play("waiting_in_vain", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let browser = stage.browser(Look::phone(Language::Chinese)).await;
        browser.open("/").await;
        register(&browser, "zoe").await;
        sign_out(&browser).await;
        enter(&browser, programme.screening).await;
        choose(&browser, &["B1", "B2", "B3"]).await;
        browser.follow("#hold-button").await;
        let other = stage.cluster.customer().await;
        other.buy(programme.screening, &["B1"]).await.unwrap();
        try_to_sign_in(&browser, "zoe", PASSWORD).await;
        is_live(&browser).await;
        let told = browser.text("main .wrong").await;
        assert!(told.contains("B1 刚被他人选走") && !told.contains("B2 "), "{told}");
        is_state(&browser, "B1", "held").await;
        assert_eq!(chosen(&browser).await, ["B2", "B3"]);
        assert!(orders(&browser).await.is_empty());
    })
    .await;
}

//! Seats that were held, though the answer never came.

use tests::Settings;

use crate::browser::Browser;
use crate::hall::{choose, chosen, hold, is_live, is_phase, is_state, order, orders};
use crate::look::{Language, Look};
use crate::people::register;
use crate::programme::Programme;
use crate::stage::play;
use crate::wire::Wire;

/// Presses to hold, and sees nothing but the browser's own words.
async fn hold_in_vain(browser: &Browser, wire: &Wire) {
    wire.cut(true);
    browser.press("#hold-button").await;
    let error = "return location.href.startsWith('chrome-error:')";
    browser.until("the browser says that nothing came", error, &[]).await;
    wire.cut(false);
    assert!(wire.lost() > 0, "the answer came through");
}

#[tokio::test]
async fn pressed_again_it_is_the_same_order() {
    play("lost_answer", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let wire = Wire::to(&stage.cluster.url()).await;
        let hall = format!("/screenings/{}", programme.screening);
        for (look, name, seats) in [
            (Look::desktop(Language::English), "vera", ["A1", "A2"]),
            (Look::phone(Language::Chinese), "wanda", ["C1", "C2"]),
        ] {
            let browser = stage.browser(look).await;
            browser.open(&wire.url("/")).await;
            register(&browser, name).await;
            browser.open(&wire.url(&hall)).await;
            is_live(&browser).await;
            choose(&browser, &seats).await;
            hold_in_vain(&browser, &wire).await;
            let id = orders_over(&browser, &wire).await;
            // Back on the page they are one's own, and nobody else is said to have taken them.
            browser.open(&wire.url(&format!("{hall}?seats={}&types=adult,adult", seats.join(",")))).await;
            is_live(&browser).await;
            assert!(chosen(&browser).await.is_empty());
            is_state(&browser, seats[0], "yours").await;
            let told = browser.text("main .told").await;
            let yours = look.language.of("are held for you already", "已为您保留");
            assert!(told.contains(seats[0]) && told.contains(seats[1]) && told.contains(yours), "{told}");
            assert!(browser.texts("main .wrong").await.is_empty());
            browser.follow("main .told a").await;
            assert_eq!(order(&browser).await, id);
            is_phase(&browser, "open").await;
        }
    })
    .await;
}

/// The one order that there is by now.
async fn orders_over(browser: &Browser, wire: &Wire) -> i64 {
    browser.open(&wire.url("/orders")).await;
    let script = "return [...document.querySelectorAll('li[data-order]')].map((one) => one.dataset.order)";
    let ids: Vec<String> = serde_json::from_value(browser.run(script, &[]).await).unwrap();
    assert_eq!(ids.len(), 1, "{ids:?}");
    ids[0].parse().unwrap()
}

#[tokio::test]
async fn who_presses_again_before_there_is_an_answer_gets_the_order() {
    play("pressed_again", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let wire = Wire::to(&stage.cluster.url()).await;
        let browser = stage.browser(Look::desktop(Language::English)).await;
        browser.open(&wire.url("/")).await;
        register(&browser, "xenia").await;
        browser.open(&wire.url(&format!("/screenings/{}", programme.screening))).await;
        is_live(&browser).await;
        choose(&browser, &["B1", "B2"]).await;
        // The form is on its way, and the page stays until there is an answer.
        let stay = "
            const form = document.getElementById('hold');
            form.addEventListener('submit', (event) => {
                event.preventDefault();
                const body = new URLSearchParams(new FormData(form));
                fetch(form.action, { method: 'POST', body }).catch(() => { form.dataset.lost = 'yes'; });
            }, { once: true });";
        browser.run(stay, &[]).await;
        wire.cut(true);
        browser.press("#hold-button").await;
        browser.see("#hold[data-lost]").await;
        wire.cut(false);
        // The map has seen by now that the seats are held, and then that others are.
        let other = stage.cluster.customer().await;
        other.buy(programme.screening, &["C1"]).await.unwrap();
        is_state(&browser, "C1", "held").await;
        assert_eq!(chosen(&browser).await, ["B1", "B2"]);
        let id = hold(&browser).await;
        is_phase(&browser, "open").await;
        assert_eq!(orders(&browser).await, [id]);
    })
    .await;
}

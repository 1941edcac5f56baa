//! Running a cinema: from the first hall to the last refund.

use serde_json::Value;
use tests::wait::now_ms;
use tests::{Settings, eventually};

use crate::browser::{Browser, PATIENCE};
use crate::look::{Language, Look};
use crate::pages::Who;
use crate::people;
use crate::programme::Programme;
use crate::stage::{Stage, play};
use crate::work::crew;

/// A browser in which the manager of Utrecht, or an admin, is signed in.
async fn office(stage: &Stage, look: Look, who: Who) -> Browser {
    let browser = stage.browser(look).await;
    browser.open("/").await;
    people::become_another(&browser, &mut Who::Anybody, who).await;
    browser.follow("nav.main a[href='/manage']").await;
    browser
}

/// Sends the main form of the page.
async fn send(browser: &Browser) {
    browser.follow("main form[method=post] button.button:not(.second)").await;
}

/// Waits until the page says what is wrong, and gives it.
async fn problem(browser: &Browser) -> String {
    browser.text("main [role=alert]").await
}

/// Types a day into a field: what keys do there depends on the language of the browser.
async fn set(browser: &Browser, css: &str, value: &str) {
    browser.see(css).await;
    browser
        .run("document.querySelector(arguments[0]).value = arguments[1]", &[css.into(), value.into()])
        .await;
}

/// Chooses the only option of a list that has these words.
async fn choose_named(browser: &Browser, css: &str, words: &str) {
    let script = "return [...document.querySelectorAll(arguments[0] + ' option')]
        .find((option) => option.text.includes(arguments[1]))?.value";
    let value = browser.until(&format!("{css} offers {words}"), script, &[css.into(), words.into()]).await;
    browser.choose(css, value.as_str().unwrap()).await;
}

/// The day so many days from now, `2026-11-24`.
async fn day(browser: &Browser, ahead: i64) -> String {
    let script = "return new Date(Date.now() + arguments[0] * 86400000).toISOString().slice(0, 10)";
    browser.run(script, &[ahead.into()]).await.as_str().unwrap().to_owned()
}

/// Fills the form for a screening, as far as it has no choice yet.
async fn plan_screening(browser: &Browser, film: &str, on: &str, time: &str) {
    choose_named(browser, "select[name=film]", film).await;
    set(browser, "main input[name=day][type=date]", on).await;
    set(browser, "main input[name=time]", time).await;
    send(browser).await;
}

#[tokio::test]
async fn a_cinema_is_opened_with_all_that_a_screening_needs() {
    play("opening", Settings::default(), async |stage| {
        stage.cluster.admin().await;
        for language in Language::ALL {
            let browser = office(stage, Look::desktop(language), Who::Admin).await;
            let name = language.of("Roxy", "大光明");
            browser.follow("nav.sections a[href='/manage/cinemas/new']").await;
            browser.fill("main input[name=name]", name).await;
            browser.fill("main input[name=city]", language.of("Utrecht", "上海")).await;
            browser.fill("main input[name=time_zone]", "Europe/Utrecht").await;
            browser.fill("main input[name=currency]", "EUR").await;
            send(&browser).await;
            let unknown = language.of("There is no such time zone.", "没有这个时区");
            assert!(problem(&browser).await.contains(unknown));
            browser.fill("main input[name=time_zone]", "Europe/Amsterdam").await;
            send(&browser).await;
            browser.read(language.of("Saved.", "已保存。")).await;
            let cinema = browser.place().await.split('?').next().unwrap().to_owned();

            browser.follow(&format!("nav.sections a[href='{cinema}/halls']")).await;
            browser.follow(&format!("main a[href='{cinema}/halls/new']")).await;
            browser.fill("main input[name=name]", "1").await;
            // A letter that stands for nothing is said with its place.
            browser.fill("textarea[name=drawing]", "@category s Standard\nA: ssxs").await;
            browser
                .follow("main button[name=do][value=save], main form[method=post] button.button:not(.second)")
                .await;
            let place = language
                .of("Line 2, column 6: x is none of the categories", "第 2 行第 6 列：“x”不是此座位图的类别");
            let said = problem(&browser).await;
            assert!(said.contains(place), "{said}");
            browser
                .fill(
                    "textarea[name=drawing]",
                    "@category s Standard\n@category p Premium\nA: ssss\nB: pp__pp",
                )
                .await;
            browser
                .follow("main button[name=do][value=save], main form[method=post] button.button:not(.second)")
                .await;
            browser.see("tr[data-hall]").await;

            browser.follow(&format!("nav.sections a[href='{cinema}/prices']")).await;
            browser.follow(&format!("main a[href='{cinema}/prices/new']")).await;
            browser.fill("main input[name=name]", language.of("All days", "平日")).await;
            browser.fill("tbody tr:nth-child(1) input[name=adult]", "12").await;
            browser.fill("tbody tr:nth-child(2) input[name=child]", "9,50").await;
            send(&browser).await;
            let missing =
                language.of("category Premium has no price for adults", "类别“Premium”没有成人票价");
            let said = problem(&browser).await;
            assert!(said.contains(missing), "{said}");
            browser.fill("tbody tr:nth-child(2) input[name=adult]", "15.5").await;
            send(&browser).await;
            browser.read("Premium\u{a0}€15.50").await;

            browser.open("/manage/films").await;
            browser.follow("main a[href='/manage/films/new']").await;
            let film = format!("Playtime {}", language.short());
            browser.fill("main input[name=title]", &film).await;
            browser.fill("main input[name=minutes]", "115").await;
            send(&browser).await;
            browser.read(&film).await;

            browser.open(&format!("{cinema}/week")).await;
            browser.follow(&format!("main a[href^='{cinema}/screenings/new']")).await;
            let on = day(&browser, 3).await;
            plan_screening(&browser, &film, &on, "19:30").await;
            browser.read(language.of("The screening is planned.", "场次已排好。")).await;
            // Everybody can buy it.
            browser.follow(&format!("section[data-day='{on}'] a[href^='/manage/screenings/']")).await;
            browser.follow("main a[href^='/screenings/']").await;
            browser.see("#map").await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_overlaps_is_said_and_a_day_is_copied() {
    play("week", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        crew(&stage.cluster, Who::Manager, "manager", &[programme.utrecht]).await;
        let cinema = format!("/manage/cinemas/{}", programme.utrecht);
        let on = &programme.first_day;
        for (language, ahead) in [(Language::English, 9), (Language::Chinese, 10)] {
            let browser = office(stage, Look::desktop(language), Who::Manager).await;
            let to = day(&browser, ahead).await;
            let film = language.of("Amélie", "天使爱美丽");
            browser.open(&format!("{cinema}/week?from={on}")).await;
            browser.follow(&format!("section[data-day='{on}'] .day-head a[href*='/screenings/new']")).await;
            plan_screening(&browser, film, on, "14:00").await;
            let said = problem(&browser).await;
            let with = language.of("1 is taken then by “Amélie”", "1在该时段已有《天使爱美丽》");
            assert!(said.contains(with), "{said}");
            // What was typed is still there.
            let time = browser.run("return document.querySelector('input[name=time]').value", &[]).await;
            assert_eq!(time, "14:00");

            browser.open(&format!("{cinema}/week?from={on}")).await;
            browser.follow(&format!("section[data-day='{on}'] a[href*='/copy']")).await;
            set(&browser, "input[name=to]", &to).await;
            send(&browser).await;
            browser.read(language.of("The day is copied.", "当天排片已复制。")).await;
            let copied = format!("section[data-day='{to}'] a[href^='/manage/screenings/']");
            browser
                .until(
                    "both screenings are there",
                    "return document.querySelectorAll(arguments[0]).length === 2",
                    &[copied.into()],
                )
                .await;
            // Once more: the hall is taken by the copies.
            browser.open(&format!("{cinema}/copy?day={on}")).await;
            set(&browser, "input[name=to]", &to).await;
            send(&browser).await;
            assert!(problem(&browser).await.contains(language.of("Not every screening", "部分场次未能复制")));
            let outcomes = browser.texts("tr[data-screening] .failed").await;
            assert_eq!(outcomes.len(), 2, "{outcomes:?}");
            assert!(outcomes[0].contains(film), "{outcomes:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_screening_gives_all_money_back_and_stays_in_sight() {
    play("cancelling", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let manager = crew(&stage.cluster, Who::Manager, "manager", &[programme.utrecht]).await;
        let buyer = stage.cluster.customer().await;
        for (language, ahead) in [(Language::English, 4), (Language::Chinese, 5)] {
            let starts_at = (now_ms() / 86_400_000 + ahead) * 86_400_000 + 18 * 3_600_000;
            let film_sid = programme.amelie_at(&stage.cluster, starts_at).await;
            let mut orders = Vec::new();
            for seats in [["A1", "A2"], ["B1", "B2"], ["D1", "D2"]] {
                orders.push(buyer.buy_and_pay(film_sid, &seats).await.order_id);
            }
            let browser = office(stage, Look::desktop(language), Who::Manager).await;
            browser.open(&format!("/manage/screenings/{film_sid}")).await;
            browser.read("6 / 32").await;
            browser.follow("main a[href$='/cancel']").await;
            browser.read("€82.00").await;
            browser.fill("input[name=reason]", "The projector is broken").await;
            browser.press("input[name=sure]").await;
            send(&browser).await;
            browser.read(language.of("This screening was cancelled", "此场次已取消")).await;
            // The page follows the refunds by itself.
            browser.see("[data-refunded='3']").await;
            for order in orders {
                let order = buyer.order(order).await;
                assert_eq!(order.state, "REFUNDED");
                tests::audit::money(&order);
            }
            // In the week it is crossed out and can still be reached.
            browser.follow(".crumb a[href*='/week']").await;
            let cancelled = format!("[data-cancelled='{film_sid}']");
            let label = "return document.querySelector(arguments[0]).getAttribute('aria-label')";
            let words = browser.run(label, &[cancelled.as_str().into()]).await;
            assert!(words.as_str().unwrap().starts_with(language.of("Cancelled: ", "已取消：")), "{words}");
            browser.follow(&cancelled).await;
            browser.is_at(&format!("/manage/screenings/{film_sid}")).await;

            // Its orders are found, by state too.
            browser.follow("main a[href^='/manage/orders?screening=']").await;
            browser
                .until("three orders", "return document.querySelectorAll('tr[data-order]').length === 3", &[])
                .await;
            browser.choose("select[name=state]", "paid").await;
            browser.follow("form[role=search] button").await;
            browser.read(language.of("No order matches.", "没有符合条件的订单。")).await;
            browser.choose("select[name=state]", "refunded").await;
            browser.follow("form[role=search] button").await;
            browser.see("tr[data-order]").await;

            // Who did it, and when.
            browser.open(&format!("/manage/changes?thing=screening&id={film_sid}")).await;
            let line = browser.text("tbody tr:first-child").await;
            assert!(line.contains(language.of("Cancelled", "取消")), "{line}");
            assert!(line.contains(&manager.user_id.to_string()), "{line}");
            assert!(line.contains("The projector is broken"), "{line}");
        }
    })
    .await;
}

/// While refunds are under way the page says how far they are, and ends with all of them.
#[tokio::test]
async fn the_progress_of_refunds_is_followed_until_it_is_finished() {
    play("refund_progress", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        crew(&stage.cluster, Who::Manager, "manager", &[programme.utrecht]).await;
        let buyer = stage.cluster.customer().await;
        buyer.buy_and_pay(programme.screening, &["A1", "A2"]).await;
        let stuck = buyer.buy(programme.screening, &["B1", "B2"]).await.unwrap();
        buyer.pay(stuck.order_id, "card_refund_fails").await.unwrap();
        let browser = office(stage, Look::phone(Language::English), Who::Manager).await;
        browser.open(&format!("/manage/screenings/{}/cancel", programme.screening)).await;
        browser.press("input[name=sure]").await;
        send(&browser).await;
        browser.see("#progress[data-unfinished]").await;
        let shown =
            async || browser.run("return document.querySelector('#progress .failed')?.innerText", &[]).await;
        eventually(PATIENCE, "the refused refund is shown", async || {
            let failed = shown().await;
            failed.as_str().filter(|text| text.starts_with("1 ·")).map(str::to_owned).map(Value::from)
        })
        .await;
        browser.see("[data-refunded='1']").await;
    })
    .await;
}

//! At the box office: selling for cash, finding orders, giving money back.

use tests::{Screening, ScreeningPlan, Settings};

use crate::browser::Browser;
use crate::hall::{choose, hold, is_live, is_phase, tickets};
use crate::look::{Language, Look};
use crate::pages::Who;
use crate::people;
use crate::stage::{Stage, play};
use crate::work::crew;

/// A screening that begins soon, and who sells for it.
async fn evening(stage: &Stage) -> Screening {
    let screening = stage.cluster.screening(&ScreeningPlan::rows(2, 8).in_minutes(45)).await;
    crew(&stage.cluster, Who::Staff, "staff", &[screening.cinema_id]).await;
    screening
}

/// The counter, with somebody of the crew behind it.
async fn counter(stage: &Stage, look: Look) -> Browser {
    let browser = stage.browser(look).await;
    browser.open("/").await;
    people::become_another(&browser, &mut Who::Anybody, Who::Staff).await;
    browser.follow("nav.main a[href='/counter']").await;
    browser
}

/// Types into the field for orders' numbers and ticket codes, and looks it up.
async fn look_up(browser: &Browser, typed: &str) {
    browser.open("/counter").await;
    browser.fill("input[name=order]", typed).await;
    browser.follow("form:has(input[name=order]) button").await;
}

#[tokio::test]
async fn seats_are_sold_for_cash_found_again_and_given_back() {
    play("counter", Settings::default(), async |stage| {
        let screening = evening(stage).await;
        for (language, seats) in [(Language::English, ["A1", "A2"]), (Language::Chinese, ["B1", "B2"])] {
            let look =
                if language == Language::English { Look::desktop(language) } else { Look::phone(language) };
            let browser = counter(stage, look).await;
            browser
                .follow(&format!("tr[data-screening='{}'] a[href^='/screenings/']", screening.film_sid))
                .await;
            is_live(&browser).await;
            choose(&browser, &seats).await;
            let order = hold(&browser).await;
            is_phase(&browser, "open").await;
            let cash = browser.text("form[data-cash] button").await;
            assert_eq!(cash, language.of("Cash: take €24.00", "现金：收取 €24.00"));
            browser.follow("form[data-cash] button").await;
            is_phase(&browser, "paid").await;
            assert_eq!(tickets(&browser).await, seats);
            // They can be printed at once.
            browser.see("[data-print]").await;
            let code = browser.text("[data-ticket] .code").await;

            look_up(&browser, &order.to_string()).await;
            browser.is_at(&format!("/orders/{order}")).await;
            look_up(&browser, &code).await;
            browser.is_at(&format!("/orders/{order}")).await;
            look_up(&browser, "no number").await;
            browser
                .read(language.of("neither an order number nor a ticket code", "既不是订单号，也不是票码"))
                .await;
            look_up(&browser, "999999999").await;
            browser
                .read(
                    language
                        .of("No such order at the cinemas where you work.", "您所在的影院没有这样的订单。"),
                )
                .await;

            // All orders of the screening, from the counter's list.
            browser.open("/counter").await;
            let of_screening = format!("a[href='/counter/orders?screening={}']", screening.film_sid);
            browser.follow(&of_screening).await;
            browser.follow(&format!("li[data-order='{order}'] a")).await;
            browser.follow("a[href$='/refund']").await;
            // So soon before the start the cinema keeps a part.
            browser.read(language.of("hand over €16.80 in cash", "请退还现金 €16.80")).await;
            browser.follow("#quote form button").await;
            is_phase(&browser, "refunded").await;
            browser.read(language.of("Hand over €16.80 in cash.", "请退还现金 €16.80。")).await;
            tests::audit::money(&stage.cluster.admin().await.order(order).await);
        }
    })
    .await;
}

#[tokio::test]
async fn orders_of_others_are_theirs_and_those_of_other_cinemas_are_not() {
    play("counter_others", Settings::default(), async |stage| {
        let screening = evening(stage).await;
        let elsewhere = stage.cluster.screening(&ScreeningPlan::rows(2, 8).in_minutes(45)).await;
        let buyer = stage.cluster.customer().await;
        let here = buyer.buy_and_pay(screening.film_sid, &["A1"]).await;
        let there = buyer.buy_and_pay(elsewhere.film_sid, &["A1"]).await;
        let browser = counter(stage, Look::desktop(Language::English)).await;
        look_up(&browser, &here.tickets[0].code).await;
        is_phase(&browser, "paid").await;
        browser.read(&format!("Buyer: account {}", buyer.user_id)).await;
        browser.follow(&format!("a[href='/counter/orders?buyer={}']", buyer.user_id)).await;
        browser.see(&format!("li[data-order='{}']", here.order_id)).await;
        browser.see_no(&format!("li[data-order='{}']", there.order_id)).await;
        for typed in [&there.tickets[0].code, &there.order_id.to_string()] {
            look_up(&browser, typed).await;
            browser.read("No such order at the cinemas where you work.").await;
        }
        browser.open(&format!("/orders/{}", there.order_id)).await;
        browser.read("There is no such order among yours.").await;
    })
    .await;
}

//! From the start page to the tickets, and back to the money.

use serde_json::Value;
use tests::Settings;
use tests::person::PASSWORD;

use crate::browser::Browser;
use crate::hall::{choose, enter, hold, is_live, is_phase, is_state, order, orders, pay, seat, tickets};
use crate::keyboard::{ENTER, TAB, tab_to};
use crate::look::{Language, Look};
use crate::people::{register, sign_out, try_to_register};
use crate::programme::Programme;
use crate::stage::play;

/// The media type of what a link leads to, and how it begins.
async fn download(browser: &Browser, link: &str) -> (String, String) {
    let script = "
        const answer = await fetch(document.querySelector(arguments[0]).href);
        return [answer.headers.get('content-type'), (await answer.text()).slice(0, 5)];";
    let script = format!("return (async (...arguments) => {{ {script} }})(...arguments)");
    let got: (String, String) = serde_json::from_value(browser.run(&script, &[link.into()]).await).unwrap();
    got
}

#[tokio::test]
async fn from_the_start_page_to_the_tickets_and_back() {
    play("purchase", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        for (language, seats) in [(Language::English, ["B1", "B2"]), (Language::Chinese, ["D3", "D4"])] {
            let look =
                if language == Language::English { Look::desktop(language) } else { Look::phone(language) };
            let browser = stage.browser(look).await;
            browser.open("/").await;
            browser.follow(&format!("a.chip[href*='day={}']", programme.first_day)).await;
            browser.follow(&format!("a.time[href='/screenings/{}']", programme.screening)).await;
            is_live(&browser).await;
            choose(&browser, &seats).await;
            let total = browser.text("#total").await;
            // Who is not signed in has the same seats held as soon as that is done.
            browser.follow("#hold-button").await;
            browser.follow("main a[href^='/register']").await;
            try_to_register(&browser, &format!("jana-{}", language.short()), PASSWORD).await;
            let id = order(&browser).await;
            is_phase(&browser, "open").await;
            let button = browser.text("form[action$='/pay'] button").await;
            assert!(button.ends_with(&total), "{button}: not {total}");
            pay(&browser, "card_ok").await;
            is_phase(&browser, "paid").await;
            browser.read(language.of("Paid. Enjoy the film!", "支付成功，祝您观影愉快！")).await;
            assert_eq!(tickets(&browser).await, seats);
            let pdf = download(&browser, "a[href$='/tickets.pdf']").await;
            assert_eq!(pdf, ("application/pdf".to_owned(), "%PDF-".to_owned()));
            let calendar = download(&browser, "a[href$='/calendar.ics']").await;
            assert!(calendar.0.starts_with("text/calendar") && calendar.1 == "BEGIN", "{calendar:?}");
            assert_eq!(orders(&browser).await, [id]);

            // One seat is given back, then the other.
            browser.follow(&format!("li[data-order='{id}'] a")).await;
            browser.follow("a[href$='/refund']").await;
            browser.press(&format!("form[data-quotes] input[value={}]", seats[1])).await;
            let quoted = "return [...document.querySelectorAll('#quote input[name=seat]')].map((one) => one.value).join()
                === arguments[0]";
            browser.until("one seat's worth is quoted", quoted, &[seats[0].into()]).await;
            browser.follow("#quote form button").await;
            is_phase(&browser, "partly-refunded").await;
            assert_eq!(tickets(&browser).await, [seats[1]]);
            browser.follow("a[href$='/refund']").await;
            browser.follow("#quote form button").await;
            is_phase(&browser, "refunded").await;
            assert!(tickets(&browser).await.is_empty());
            enter(&browser, programme.screening).await;
            is_state(&browser, seats[0], "free").await;
            is_state(&browser, seats[1], "free").await;
            let name = format!("jana-{}", language.short());
            let person = tests::Person::sign_in(stage.cluster.client(), &name, PASSWORD).await;
            tests::audit::money(&person.order(id).await);
        }
    })
    .await;
}

#[tokio::test]
async fn by_keyboard_alone() {
    play("keyboard_purchase", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let browser = stage.browser(Look::desktop(Language::English)).await;
        browser.open("/").await;
        register(&browser, "kim").await;
        sign_out(&browser).await;
        let go = async |css: &str| {
            tab_to(&browser, css).await;
            browser.turn(async || browser.strike(ENTER).await).await;
        };
        go(&format!(".chip[href*='day={}']", programme.first_day)).await;
        go(&format!("a.time[href='/screenings/{}']", programme.screening)).await;
        is_live(&browser).await;
        tab_to(&browser, "#map .seat").await;
        // Down one row, one to the right, and its neighbour.
        browser.strike("\u{E015}\u{E014} ").await;
        is_state(&browser, "B2", "chosen").await;
        browser.strike("\u{E012} ").await;
        is_state(&browser, "B1", "chosen").await;
        go("#hold-button").await;
        let typed = format!("kim{TAB}{PASSWORD}{ENTER}");
        browser.turn(async || browser.strike(&typed).await).await;
        is_phase(&browser, "open").await;
        go("form[action$='/pay'] button").await;
        is_phase(&browser, "paid").await;
        let mut seats = tickets(&browser).await;
        seats.sort_unstable();
        assert_eq!(seats, ["B1", "B2"]);
    })
    .await;
}

#[tokio::test]
async fn a_declined_card_is_said_in_words_and_another_one_pays() {
    play("declined", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        for (language, seats) in [(Language::English, ["A1", "A2"]), (Language::Chinese, ["A5", "A6"])] {
            let browser = stage.browser(Look::phone(language)).await;
            browser.open("/").await;
            register(&browser, &format!("lena-{}", language.short())).await;
            enter(&browser, programme.screening).await;
            choose(&browser, &seats).await;
            hold(&browser).await;
            for (card, english, chinese) in [
                ("card_declined", "The bank declined the card.", "银行拒绝了这张卡。"),
                ("card_insufficient_funds", "There is not enough money on the card.", "卡内余额不足。"),
            ] {
                pay(&browser, card).await;
                is_phase(&browser, "open").await;
                let told = browser.text("[data-declined]").await;
                assert!(told.contains(language.of(english, chinese)), "{told}");
                assert!(told.contains(language.of("Nothing was charged.", "未扣款")), "{told}");
            }
            pay(&browser, "card_ok").await;
            is_phase(&browser, "paid").await;
            assert_eq!(tickets(&browser).await, seats);
        }
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_comes_later_shows_by_itself() {
    let settings = Settings::default().with("order.sandbox.late_after_ms", 2_000);
    play("late", settings, async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let browser = stage.browser(Look::phone(Language::Chinese)).await;
        browser.open("/").await;
        register(&browser, "mia").await;
        enter(&browser, programme.screening).await;
        choose(&browser, &["C1", "C2"]).await;
        hold(&browser).await;
        browser.press("input[name=payment_method][value=card_late]").await;
        browser.follow("form[action$='/pay'] button").await;
        // Nobody touches the page again.
        is_phase(&browser, "paid").await;
        assert_eq!(tickets(&browser).await, ["C1", "C2"]);
        enter(&browser, programme.screening).await;
        choose(&browser, &["C3", "C4"]).await;
        hold(&browser).await;
        browser.press("input[name=payment_method][value=card_late_declined]").await;
        browser.follow("form[action$='/pay'] button").await;
        browser.read("银行拒绝了这张卡。").await;
        is_phase(&browser, "open").await;
    })
    .await;
}

/// The hold is over before the bank has answered: the seats, which nobody took, are taken again.
#[tokio::test]
async fn a_payment_that_comes_too_late_takes_the_seats_again() {
    let settings = Settings::default()
        .with("order.hold_ms", 8_000)
        .with("order.payment_grace_ms", 0)
        .with("order.sandbox.late_after_ms", 9_000);
    play("too_late", settings, async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let browser = stage.browser(Look::desktop(Language::English)).await;
        browser.open("/").await;
        register(&browser, "nora").await;
        enter(&browser, programme.screening).await;
        choose(&browser, &["C1", "C2"]).await;
        hold(&browser).await;
        pay(&browser, "card_late").await;
        is_phase(&browser, "paid").await;
        browser.read("The seats were still free, so they are yours.").await;
        assert_eq!(tickets(&browser).await, ["C1", "C2"]);
    })
    .await;
}

/// The hold is over before the bank has answered, and somebody else has bought one of the seats.
#[tokio::test]
async fn a_payment_that_comes_too_late_for_its_seats_goes_back() {
    let settings = Settings::default()
        .with("order.hold_ms", 12_000)
        .with("order.payment_grace_ms", 0)
        .with("order.sandbox.late_after_ms", 20_000);
    play("too_late_and_gone", settings, async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let browser = stage.browser(Look::phone(Language::Chinese)).await;
        browser.open("/").await;
        register(&browser, "nina").await;
        enter(&browser, programme.screening).await;
        choose(&browser, &["C1", "C2"]).await;
        let id = hold(&browser).await;
        pay(&browser, "card_late").await;
        is_phase(&browser, "processing").await;
        // The page says by itself that the time is over, and what may come of the payment.
        is_phase(&browser, "expired-waiting").await;
        browser.read("否则款项全额退还。").await;
        let other = stage.cluster.customer().await;
        other.buy_and_pay(programme.screening, &["C2"]).await;
        // And then that the money goes back, all of it.
        is_phase(&browser, "expired").await;
        browser.read("支付到账时已超时，座位已售出。€24.00 将全额退还给您。").await;
        let refund = browser.text("#refunds li").await;
        for words in ["退还 €24.00", "支付到账时座位已售出。", "款项已原路退回。"] {
            assert!(refund.contains(words), "{words}: {refund}");
        }
        assert!(tickets(&browser).await.is_empty());
        let person = tests::Person::sign_in(stage.cluster.client(), "nina", PASSWORD).await;
        tests::audit::money(&person.order(id).await);
        // Others are chosen from there.
        browser.follow(&format!("main a[href='/screenings/{}']", programme.screening)).await;
        is_state(&browser, "C2", "sold").await;
        is_state(&browser, "C1", "free").await;
    })
    .await;
}

#[tokio::test]
async fn an_order_is_its_buyers_alone() {
    play("others_orders", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let buyer = stage.cluster.customer().await;
        let bought: Value =
            serde_json::json!(buyer.buy_and_pay(programme.screening, &["A1", "A2"]).await.order_id);
        let browser = stage.browser(Look::phone(Language::English)).await;
        let place = format!("/orders/{bought}");
        browser.open(&place).await;
        // To sign in first; and then it is not there.
        browser.follow("main a[href^='/register']").await;
        try_to_register(&browser, "olga", PASSWORD).await;
        browser.is_at(&place).await;
        browser.see("[data-reason=ORDER_NOT_FOUND]").await;
        for what in ["/tickets.pdf", "/calendar.ics", "/status", "/refund"] {
            let ask = "return fetch(arguments[0]).then((answer) => answer.status)";
            let status = browser.run(ask, &[format!("{place}{what}").into()]).await;
            assert_eq!(status, 404, "{what}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_order_that_is_given_up_frees_its_seats() {
    play("given_up", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let browser = stage.browser(Look::desktop(Language::Chinese)).await;
        browser.open("/").await;
        register(&browser, "paula").await;
        enter(&browser, programme.screening).await;
        choose(&browser, &["A1", "A2"]).await;
        browser.press(&seat("A1")).await;
        is_state(&browser, "A1", "free").await;
        choose_again(&browser).await;
        hold(&browser).await;
        browser.follow("form[action$='/cancel'] button").await;
        is_phase(&browser, "cancelled").await;
        browser.read("您已取消此订单，未扣款。").await;
        browser.follow(&format!("main a[href='/screenings/{}']", programme.screening)).await;
        is_state(&browser, "A1", "free").await;
        order_is_listed(&browser).await;
    })
    .await;
}

async fn choose_again(browser: &Browser) {
    browser.press(&seat("A1")).await;
    is_state(browser, "A1", "chosen").await;
}

async fn order_is_listed(browser: &Browser) {
    let listed = orders(browser).await;
    browser.follow("li[data-order] a").await;
    assert_eq!(listed, [order(browser).await]);
}

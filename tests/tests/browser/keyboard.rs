//! Everything works by keyboard, and one sees where one is.

use tests::Settings;
use tests::person::PASSWORD;

use crate::browser::Browser;
use crate::look::{Language, Look};
use crate::people::{is_signed_in, is_signed_out, register, sign_out};
use crate::programme::Programme;
use crate::stage::play;

/// The keys (W3C WebDriver, section 17.4.2).
pub const TAB: &str = "\u{E004}";
pub const ENTER: &str = "\u{E007}";
/// More stops than any page has.
const STOPS: usize = 200;

/// What has the focus: whether it is what is wanted, and what it is where it cannot be seen.
const FOCUS: &str = "
    const on = document.activeElement;
    const line = getComputedStyle(on);
    const box = on.getBoundingClientRect();
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    // A seat's edge is drawn thicker instead.
    const edge = on.matches('.seat') && parseFloat(getComputedStyle(on.querySelector('path')).strokeWidth) >= 4;
    const marked = edge || (line.outlineStyle !== 'none' && parseFloat(line.outlineWidth) >= 2);
    const seen = on === document.body || (on.checkVisibility() && inside && marked);
    return [on.matches(arguments[0]), seen ? null : on.outerHTML.slice(0, 200)];";

/// Goes with the tabulator to an element, and sees on the way where the focus is.
pub async fn tab_to(browser: &Browser, css: &str) {
    for _ in 0..STOPS {
        browser.strike(TAB).await;
        let focus = browser.run(FOCUS, &[css.into()]).await;
        assert!(focus[1].is_null(), "the focus is not seen at {}", focus[1]);
        if focus[0] == true {
            return;
        }
    }
    panic!("{css} is not reached by keyboard");
}

#[tokio::test]
async fn the_content_is_one_step_away() {
    play("skip_link", Settings::default(), async |stage| {
        for language in Language::ALL {
            let browser = stage.browser(Look::phone(language)).await;
            browser.open("/").await;
            tab_to(&browser, ".skip").await;
            assert_eq!(browser.text(".skip").await, language.of("Skip to content", "跳到正文"));
            browser.strike(ENTER).await;
            tab_to(&browser, "main input[name=q]").await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_film_is_found_and_one_signs_in_by_keyboard() {
    play("keyboard", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        for language in Language::ALL {
            let browser = stage.browser(Look::desktop(language)).await;
            let name = format!("ida-{}", language.short());
            browser.open("/").await;
            register(&browser, &name).await;
            sign_out(&browser).await;
            let go = async |css: &str| {
                tab_to(&browser, css).await;
                browser.turn(async || browser.strike(ENTER).await).await;
            };
            go(&format!(".chip[href*='day={}']", programme.first_day)).await;
            tab_to(&browser, "input[name=q]").await;
            browser.turn(async || browser.strike(&format!("amelie{ENTER}")).await).await;
            go(".film h2 a").await;
            let film = format!("/films/{}", programme.amelie);
            browser.is_at(&film).await;
            go("a[href^='/login']").await;
            // The form's first field has the focus already.
            let typed = format!("{name}{TAB}{PASSWORD}{ENTER}");
            browser.turn(async || browser.strike(&typed).await).await;
            is_signed_in(&browser).await;
            browser.is_at(&film).await;
            go("form[action='/logout'] button").await;
            is_signed_out(&browser).await;
        }
    })
    .await;
}

/// Goes through all that can have the focus, from the foot of the page to its head, and names what
/// is covered wholly (WCAG 2.4.11).
const COVERED: &str = "
    const all = [...document.querySelectorAll('main a, main button, main input, main select, main summary')];
    return all.filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0).reverse().filter((one) => {
        one.focus();
        const box = one.getBoundingClientRect();
        const at = (x, y) => document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
        const seen = (hit) => hit && (one.contains(hit) || hit.contains(one));
        return ![[.5, .5], [.5, .1], [.5, .9]].some(([x, y]) => seen(at(x, y)));
    }).map((one) => one.outerHTML.slice(0, 120));";

#[tokio::test]
async fn what_has_the_focus_is_not_covered() {
    play("covered", Settings::default(), async |stage| {
        let programme = Programme::plan(&stage.cluster).await;
        let hall = format!("/screenings/{}?seats=B1,B2&types=adult,adult", programme.screening);
        for language in Language::ALL {
            let browser = stage.browser(Look::phone(language)).await;
            for place in [programme.first(), hall.clone(), "/register".to_owned()] {
                browser.open(&place).await;
                assert_eq!(browser.run(COVERED, &[]).await, serde_json::json!([]), "{place}");
            }
            // What would be covered is found.
            browser.open(&hall).await;
            let cover = "Object.assign(document.querySelector('.top').style,
                { position: 'fixed', inset: '0 0 auto', zIndex: 9, height: '95vh' })";
            browser.run(cover, &[]).await;
            assert_ne!(browser.run(COVERED, &[]).await, serde_json::json!([]));
        }
    })
    .await;
}

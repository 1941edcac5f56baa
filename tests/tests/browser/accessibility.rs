//! Everybody can use every page: WCAG 2.2 AA as far as axe-core can tell.

use tests::{Settings, TestCluster};

use crate::axe;
use crate::browser::Browser;
use crate::look::{Device, Language, Look};
use crate::pages::{self, Page, Who};
use crate::people;
use crate::stage::play;
use crate::work;

/// Every page, light and dark, as this visitor sees it.
async fn nothing_grave(name: &str, look: Look, prepare: impl AsyncFnOnce(&TestCluster) -> Vec<Page>) {
    play(name, Settings::default(), async |stage| {
        let browser = stage.browser(look).await;
        let mut who = Who::Anybody;
        let mut wrong = Vec::new();
        let mut pages = prepare(&stage.cluster).await;
        pages.sort_by_key(|page| page.who);
        for page in pages {
            people::become_another(&browser, &mut who, page.who).await;
            browser.light_or_dark(false).await;
            page.open(&browser).await;
            for dark in [false, true] {
                browser.light_or_dark(dark).await;
                is_painted(&browser, dark).await;
                let found = match dark {
                    false => axe::findings(&browser).await,
                    true => axe::findings_of_colours(&browser).await,
                };
                let shade = if dark { "dark" } else { "light" };
                wrong.extend(
                    found.iter().map(|found| format!("{} ({}), {shade}:\n{found}", page.name, page.place)),
                );
            }
            fits(&browser, page.name).await;
        }
        assert!(wrong.is_empty(), "{look:?}\n{}", wrong.join("\n"));
    })
    .await;
}

/// Waits until the page is light or dark, with nothing on its way between the two.
async fn is_painted(browser: &Browser, dark: bool) {
    let script = "return matchMedia('(prefers-color-scheme: dark)').matches === arguments[0]
        && document.getAnimations().every((one) => one.playState !== 'running')";
    browser.until("the page has its colours", script, &[dark.into()]).await;
}

/// Nothing of a page is beside the screen.
async fn fits(browser: &Browser, page: &str) {
    let script = "const root = document.scrollingElement; return root.scrollWidth - root.clientWidth";
    let beside = browser.run(script, &[]).await.as_i64().unwrap();
    let widest = "const width = document.documentElement.clientWidth;
        const beside = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > width + 1
            && !one.closest('.scroll, .strip, svg'));
        return beside.map((one) => one.outerHTML.slice(0, 90))";
    let what = browser.run(widest, &[]).await;
    assert!(beside <= 0, "{page}: {beside} px are beside the screen: {what}");
}

#[tokio::test]
async fn in_english_on_a_desktop() {
    nothing_grave("in_english_on_a_desktop", Look::desktop(Language::English), pages::prepare).await;
}

#[tokio::test]
async fn in_english_on_a_phone() {
    nothing_grave("in_english_on_a_phone", Look::phone(Language::English), pages::prepare).await;
}

#[tokio::test]
async fn in_chinese_on_a_desktop() {
    nothing_grave("in_chinese_on_a_desktop", Look::desktop(Language::Chinese), pages::prepare).await;
}

#[tokio::test]
async fn in_chinese_on_a_phone() {
    nothing_grave("in_chinese_on_a_phone", Look::phone(Language::Chinese), pages::prepare).await;
}

#[tokio::test]
async fn those_who_work_in_english_on_a_desktop() {
    nothing_grave("work_in_english", Look::desktop(Language::English), work::prepare).await;
}

#[tokio::test]
async fn those_who_work_in_chinese_on_a_phone() {
    nothing_grave("work_in_chinese", Look::phone(Language::Chinese), work::prepare).await;
}

/// The checks above are worth something: what is wrong is found.
#[tokio::test]
async fn what_is_wrong_is_found() {
    play("what_is_wrong_is_found", Settings::default(), async |stage| {
        let browser = stage.browser(Look { language: Language::English, device: Device::Desktop }).await;
        browser.open("/login").await;
        let spoil = "
            document.querySelector('main label').replaceWith(document.querySelector('main label input'));
            document.querySelector('h1').style.color = '#ccc';";
        browser.run(spoil, &[]).await;
        let rules = |found: Vec<axe::Finding>| found.into_iter().map(|one| one.rule).collect::<Vec<_>>();
        let all = rules(axe::findings(&browser).await);
        assert!(all.contains(&"label".to_owned()), "{all:?}");
        assert!(all.contains(&"color-contrast".to_owned()), "{all:?}");
        assert_eq!(rules(axe::findings_of_colours(&browser).await), ["color-contrast"]);
    })
    .await;
}

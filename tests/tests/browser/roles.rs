//! Who may see which page.

use tests::Settings;

use crate::browser::Browser;
use crate::look::{Language, Look};
use crate::pages::Who;
use crate::people;
use crate::programme::Programme;
use crate::stage::play;
use crate::work::crew;

/// Opens a page that is not for who looks, and sees that it says so and nothing else.
async fn is_refused(browser: &Browser, place: &str) {
    browser.open(place).await;
    let status = "return performance.getEntriesByType('navigation')[0].responseStatus";
    assert_eq!(browser.run(status, &[]).await, 404, "{place}");
    let words = browser
        .look
        .language
        .of("There is no such page, or it is not yours to see.", "没有这个页面，或您无权查看。");
    browser.read(words).await;
    browser.see_no("main form, main table").await;
}

/// Opens a page that is.
async fn is_shown(browser: &Browser, place: &str) {
    browser.open(place).await;
    let status = "return performance.getEntriesByType('navigation')[0].responseStatus";
    assert_eq!(browser.run(status, &[]).await, 200, "{place}");
}

#[tokio::test]
async fn everybody_sees_the_pages_of_their_work_alone() {
    play("roles", Settings::default(), async |stage| {
        let cluster = &stage.cluster;
        let programme = Programme::plan(cluster).await;
        tests::Person::register(cluster.client(), Who::Customer.account().unwrap()).await;
        crew(cluster, Who::Staff, "staff", &[programme.utrecht]).await;
        crew(cluster, Who::Manager, "manager", &[programme.shanghai]).await;
        let theirs = format!("/manage/cinemas/{}", programme.shanghai);
        let others = format!("/manage/cinemas/{}", programme.utrecht);
        for language in Language::ALL {
            let browser = stage.browser(Look::desktop(language)).await;
            let mut who = Who::Anybody;
            // Strangers are led to signing in, and then to where they wanted to be.
            for place in ["/door", "/counter", "/manage"] {
                browser.open(place).await;
                browser.is_at(&format!("/login?next={}", place.replace('/', "%2F"))).await;
            }
            people::become_another(&browser, &mut who, Who::Customer).await;
            browser.see_no("nav.main a[href='/counter'], nav.main a[href='/manage']").await;
            for place in
                ["/door", "/counter", "/counter/orders?order=1", "/manage", &*theirs, "/manage/films"]
            {
                is_refused(&browser, place).await;
            }
            people::become_another(&browser, &mut who, Who::Staff).await;
            browser.see_no("nav.main a[href='/manage']").await;
            for place in ["/manage", &*others, "/manage/orders", "/manage/changes"] {
                is_refused(&browser, place).await;
            }
            is_shown(&browser, "/door").await;
            is_shown(&browser, "/counter").await;
            // A manager runs the cinemas of their own, and is staff there.
            people::become_another(&browser, &mut who, Who::Manager).await;
            for page in ["", "/week", "/halls", "/halls/new", "/prices", "/screenings/new"] {
                is_shown(&browser, &format!("{theirs}{page}")).await;
                is_refused(&browser, &format!("{others}{page}")).await;
            }
            is_refused(&browser, &format!("/manage/screenings/{}", programme.screening)).await;
            is_refused(&browser, &format!("/manage/screenings/{}/cancel", programme.screening)).await;
            for place in ["/manage/cinemas/new", "/manage/role-changes", &*format!("{theirs}/retire")] {
                is_refused(&browser, place).await;
            }
            people::become_another(&browser, &mut who, Who::Admin).await;
            is_shown(&browser, &others).await;
            is_shown(&browser, "/manage/role-changes").await;
        }
    })
    .await;
}

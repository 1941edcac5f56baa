//! Addresses that lead nowhere.

use tests::Settings;

use crate::look::{Language, Look};
use crate::people::{is_signed_in, register};
use crate::stage::play;

#[tokio::test]
async fn a_wrong_address_leads_to_a_page_in_ones_own_language() {
    play("nowhere", Settings::default(), async |stage| {
        for language in Language::ALL {
            let browser = stage.browser(Look::phone(language)).await;
            browser.open("/").await;
            register(&browser, &format!("ada-{}", language.short())).await;
            for (place, status) in [("/no/such/page", 404), ("/logout", 405)] {
                browser.open(place).await;
                let got = "return performance.getEntriesByType('navigation')[0].responseStatus";
                assert_eq!(browser.run(got, &[]).await, status, "{place}");
                assert_eq!(browser.run("return document.documentElement.lang", &[]).await, language.tag());
                is_signed_in(&browser).await;
            }
            browser.open("/no/such/page").await;
            let told = browser.text("main [role=alert]").await;
            assert!(told.contains(language.of("There is no such page.", "没有这个页面。")), "{told}");
            browser.follow("main a.button").await;
            browser.is_at("/").await;
        }
    })
    .await;
}

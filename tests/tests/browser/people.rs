//! What people do to come in and go out.

use tests::person::PASSWORD;

use crate::browser::Browser;
use crate::pages::Who;

/// Types into the form to sign in, and sends it.
pub async fn try_to_sign_in(browser: &Browser, name: &str, password: &str) {
    browser.fill("input[name=login]", name).await;
    browser.fill("input[name=password]", password).await;
    browser.follow("main form[action='/login'] button").await;
}

/// Types into the form to open an account, and sends it.
pub async fn try_to_register(browser: &Browser, name: &str, password: &str) {
    browser.fill("input[name=login]", name).await;
    browser.fill("input[name=password]", password).await;
    browser.follow("main form[action='/register'] button").await;
}

/// Opens an account, which signs in; the browser is then where it was.
pub async fn register(browser: &Browser, name: &str) {
    browser.follow("a[href^='/login']").await;
    browser.follow("main a[href^='/register']").await;
    try_to_register(browser, name, PASSWORD).await;
    is_signed_in(browser).await;
}

/// Signs in; the browser is then where it was.
pub async fn sign_in(browser: &Browser, name: &str) {
    browser.follow("a[href^='/login']").await;
    try_to_sign_in(browser, name, PASSWORD).await;
    is_signed_in(browser).await;
}

/// Signs out.
pub async fn sign_out(browser: &Browser) {
    browser.follow("form[action='/logout'] button").await;
    is_signed_out(browser).await;
}

/// Waits until the page is one of somebody who is signed in.
pub async fn is_signed_in(browser: &Browser) {
    browser.see("form[action='/logout']").await;
}

/// Waits until the page is one of nobody in particular.
pub async fn is_signed_out(browser: &Browser) {
    browser.see("a[href^='/login']").await;
    browser.see_no("form[action='/logout']").await;
}

/// Signs out and in where the one who looks at the pages that follow is another.
pub async fn become_another(browser: &Browser, who: &mut Who, other: Who) {
    if *who == other {
        return;
    }
    browser.open("/").await;
    if who.account().is_some() {
        sign_out(browser).await;
    }
    if let Some(name) = other.account() {
        sign_in(browser, name).await;
    }
    *who = other;
}

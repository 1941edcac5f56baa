//! What people before a browser see where there is nothing to see, and what programs get.

use http::{HeaderMap, Method};

use crate::common::{Answer, Running, bearer, config, start, start_with};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// What a browser gets that is set to Chinese.
async fn browse(running: &Running, method: Method, path: &str) -> (Answer, String) {
    let request =
        running.request(method, path).header("accept", BROWSER).header("accept-language", "zh-CN,en;q=0.5");
    let answer = running.send(request, "").await;
    let page = String::from_utf8(answer.body.to_vec()).unwrap();
    (answer, page)
}

#[track_caller]
fn is_page(headers: &HeaderMap, page: &str, reason: &str) {
    assert_eq!(headers["content-type"], "text/html; charset=utf-8", "{page}");
    assert!(
        page.contains("<html lang=\"zh-CN\"") && page.contains(&format!("data-reason=\"{reason}\"")),
        "{page}"
    );
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self'") && !page.contains("problem-"), "{policy} {page}");
}

#[tokio::test]
async fn an_unknown_path_is_a_page_for_people_and_a_problem_for_programs() {
    let running = start().await;
    for path in ["/nothing", "/nothing/at/all", "/v1/nothing", "/docs/nothing.css", "/wp-login.php"] {
        let (answer, page) = browse(&running, Method::GET, path).await;
        assert_eq!(answer.status, 404, "{path}");
        is_page(&answer.headers, &page, "PATH_UNKNOWN");
        assert!(page.contains("没有这个页面"), "{page}");
        for accept in ["*/*", "application/json", "image/png,*/*;q=0.8"] {
            let request = running.request(Method::GET, path).header("accept", accept);
            let answer = running.send(request, "").await;
            assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (404, "PATH_UNKNOWN"), "{path}");
        }
    }
    // What programs ask for stays theirs, whoever asks.
    let (answer, _) = browse(&running, Method::GET, "/v1/me").await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (401, "TOKEN_MISSING"));
    let (answer, _) = browse(&running, Method::DELETE, "/v1/me").await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (405, "METHOD_NOT_ALLOWED"));
    let (head, page) = browse(&running, Method::HEAD, "/nothing").await;
    assert_eq!((head.status.as_u16(), page.as_str()), (404, ""));
}

#[tokio::test]
async fn the_page_knows_who_looks() {
    let running = start().await;
    let session = running.register("annlee").await;
    let cookie = format!("marquee_access={}", bearer(&session).strip_prefix("Bearer ").unwrap());
    let request = running.request(Method::GET, "/nothing").header("accept", BROWSER).header("cookie", cookie);
    let page = String::from_utf8(running.send(request, "").await.body.to_vec()).unwrap();
    assert!(page.contains("/logout") && page.contains("There is no such page."), "{page}");
    // One whose access token has ended is still signed in, and gets the next one.
    let refresh = session["refresh_token"].as_str().unwrap();
    let request = running
        .request(Method::GET, "/nothing")
        .header("accept", BROWSER)
        .header("cookie", format!("marquee_refresh={refresh}"));
    let answer = running.send(request, "").await;
    assert!(String::from_utf8_lossy(&answer.body).contains("/logout"));
    assert!(
        answer
            .headers
            .get_all("set-cookie")
            .iter()
            .any(|line| line.to_str().unwrap().starts_with("marquee_access=e"))
    );
}

#[tokio::test]
async fn a_wrong_method_and_a_broken_form_are_told_on_a_page() {
    let running = start().await;
    for (method, path, allowed) in [
        (Method::GET, "/logout", "POST"),
        (Method::GET, "/preferences", "POST"),
        (Method::DELETE, "/login", "GET,HEAD,POST"),
    ] {
        let (answer, page) = browse(&running, method.clone(), path).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, allowed), "{path}");
        is_page(&answer.headers, &page, "METHOD_NOT_ALLOWED");
        let answer = running.send(running.request(method, path), "").await;
        assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (405, "METHOD_NOT_ALLOWED"), "{path}");
    }
    let options = running.send(running.request(Method::OPTIONS, "/login"), "").await;
    assert_eq!((options.status.as_u16(), options.header("allow")), (204, "GET, POST, HEAD, OPTIONS"));
    let form = |body: String| {
        let request = running
            .request(Method::POST, "/login")
            .header("accept", BROWSER)
            .header("accept-language", "zh")
            .header("content-type", "application/x-www-form-urlencoded");
        running.send(request, body)
    };
    let broken = form("login=a".to_owned()).await;
    assert_eq!(broken.status, 422);
    is_page(&broken.headers, &String::from_utf8_lossy(&broken.body), "FORM_UNREADABLE");
    let large = form(format!("login={}&password=x", "x".repeat(70_000))).await;
    assert_eq!(large.status, 413);
    is_page(&large.headers, &String::from_utf8_lossy(&large.body), "BODY_TOO_LARGE");
}

#[tokio::test]
async fn who_asks_too_often_is_told_so_on_a_page() {
    let mut config = config();
    config.rate.per_second = 1;
    config.rate.burst = 2;
    let running = start_with(config).await;
    for _ in 0..2 {
        assert_eq!(browse(&running, Method::GET, "/login").await.0.status, 200);
    }
    let (answer, page) = browse(&running, Method::GET, "/login").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "1"));
    is_page(&answer.headers, &page, "RATE_LIMITED");
    let request = running.request(Method::GET, "/login").header("accept", "application/json");
    assert_eq!(running.send(request, "").await.reason(), "RATE_LIMITED");
}

#[tokio::test]
async fn a_service_that_is_away_is_told_on_a_page() {
    let running = start().await;
    // Only the user service is there.
    let (answer, page) = browse(&running, Method::GET, "/films/1").await;
    assert_eq!(answer.status, 503);
    assert!(page.contains("<html lang=\"zh-CN\"") && page.contains("请稍后再试"), "{page}");
}

#[tokio::test]
async fn without_the_site_everybody_gets_a_problem() {
    let mut config = config();
    config.site.enabled = false;
    let running = start_with(config).await;
    for path in ["/nothing", "/login"] {
        let (answer, _) = browse(&running, Method::GET, path).await;
        assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (404, "PATH_UNKNOWN"), "{path}");
    }
}

//! Pages of other sites, whose forms a visitor's browser sends.

use tests::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::look::{Language, Look};
use crate::people::{is_signed_in, register};
use crate::stage::play;

/// Serves this page at every path, on a port of its own.
async fn serve(page: String) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", servers::free_port())).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\nconnection: close\r\n";
    let answer = format!("{head}content-length: {}\r\n\r\n{page}", page.len());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut asked = [0; 4096];
                drop(stream.read(&mut asked).await);
                drop(stream.write_all(answer.as_bytes()).await);
            });
        }
    });
    port
}

/// A page with a form that signs out, and one that chooses dark.
fn trap(site: &str) -> String {
    format!(
        "<!doctype html><html lang=en><link rel=icon href='data:,'><title>Win</title>
         <form id=logout method=post action='{site}/logout'><button>Win</button></form>
         <form id=theme method=post action='{site}/preferences'>
         <input type=hidden name=theme value=dark><input type=hidden name=next value='/'><button>Win more</button></form>"
    )
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing() {
    play("forgery", Settings::default(), async |stage| {
        let port = serve(trap(&stage.cluster.url())).await;
        for language in Language::ALL {
            let browser = stage.browser(Look::desktop(language)).await;
            browser.open("/").await;
            register(&browser, &format!("hanna-{}", language.short())).await;
            // Another port is the same site, so the cookies are sent along; another name is not.
            for other in [format!("http://127.0.0.1:{port}/"), format!("http://localhost:{port}/")] {
                for form in ["logout", "theme"] {
                    browser.open(&other).await;
                    browser.follow(&format!("#{form} button")).await;
                    let told = language.of(
                        "This form was sent from another site, so it was not done.",
                        "此表单来自其他网站，未执行。",
                    );
                    assert_eq!(browser.text("main [role=alert]").await, told);
                    let status = "return performance.getEntriesByType('navigation')[0].responseStatus";
                    assert_eq!(browser.run(status, &[]).await, 403);
                    browser.open("/").await;
                    is_signed_in(&browser).await;
                    assert_eq!(
                        browser.run("return document.documentElement.dataset.theme", &[]).await,
                        "auto"
                    );
                }
            }
            // The same form, sent from here, does what it says.
            browser.follow("button[name=theme][value=dark]").await;
            assert_eq!(browser.run("return document.documentElement.dataset.theme", &[]).await, "dark");
        }
    })
    .await;
}

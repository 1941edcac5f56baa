//! The camera at the door: tickets are read from its picture, also where the browser reads no codes.

use serde_json::{Value, json};
use tests::Settings;

use crate::browser::Browser;
use crate::door::{Evening, headline, is_answered};
use crate::look::{Language, Look};
use crate::reel;
use crate::stage::{Stage, play};

/// Seconds without a ticket until the next is another showing, and some.
const AWAY: usize = 6;

/// A browser whose camera sees this ticket now and then.
async fn with_camera(stage: &Stage, look: Look, code: &str) -> Browser {
    let file = stage.cluster.folder().join(format!("{}.y4m", &code[code.len() - 16..]));
    reel::write(&file, code, 2, AWAY);
    let arguments = [
        "--use-fake-ui-for-media-stream".to_owned(),
        "--use-fake-device-for-media-stream".to_owned(),
        format!("--use-file-for-fake-video-capture={}", file.display()),
    ];
    stage.browser_with(look, &arguments).await
}

/// How often the page's reader looked, and the longest side of what it looked at.
async fn looks(browser: &Browser) -> (u64, u64) {
    let looks = browser.run("return [looks.count, looks.longest]", &[]).await;
    serde_json::from_value(looks).unwrap()
}

/// Has the looks of the page's reader be counted.
async fn count_looks(browser: &Browser) {
    let script = "
        globalThis.looks = { count: 0, longest: 0 };
        const pen = CanvasRenderingContext2D.prototype;
        const read = pen.getImageData;
        pen.getImageData = function (x, y, width, height) {
            looks.count += 1;
            looks.longest = Math.max(looks.longest, width, height);
            return read.call(this, x, y, width, height);
        };";
    browser.run(script, &[]).await;
}

/// Waits a second, and says how often it looked: up to five times, fewer on a machine that does other
/// work too; two that look at once would make it eight.
async fn looks_meanwhile(browser: &Browser) -> u64 {
    let (before, _) = looks(browser).await;
    browser.run("return new Promise((done) => setTimeout(done, 1000))", &[]).await;
    looks(browser).await.0 - before
}

async fn loaded_reader(browser: &Browser) -> Vec<String> {
    let script = "return performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
        .filter((path) => path.startsWith('/assets/qr.'))";
    serde_json::from_value(browser.run(script, &[]).await).unwrap()
}

#[tokio::test]
async fn a_ticket_before_the_camera_lets_in_once() {
    play("camera", Settings::default(), async |stage| {
        let evening = Evening::plan(&stage.cluster).await;
        for (look, seat) in [(Look::phone(Language::English), "A1"), (Look::desktop(Language::Chinese), "A5")]
        {
            let tickets = evening.tickets(evening.first.film_sid, &[seat]).await;
            let browser = with_camera(stage, look, &tickets[0]).await;
            evening.to_door(&browser).await;
            let formats = "return globalThis.BarcodeDetector?.getSupportedFormats() ?? []";
            assert_eq!(browser.run(formats, &[]).await, json!([]), "the page's reader is what is tested");
            count_looks(&browser).await;
            browser.press("[data-camera]").await;
            is_answered(&browser, "in").await;
            assert_eq!(headline(&browser).await, look.language.of("Let in", "请入场"));
            let words = look.language.of("Seat ", "座位 ").to_owned() + seat;
            assert_eq!(browser.text("[data-verdict] .seat").await, words);
            browser.see("[data-camera][aria-pressed=true]").await;
            // It is taken away, and shown again.
            is_answered(&browser, "used").await;
            let used = headline(&browser).await;
            assert!(used.starts_with(look.language.of("Already used at ", "此票已于 ")), "{used}");
            let (count, longest) = looks(&browser).await;
            assert!(count > 0 && longest <= 800, "{count} looks of {longest} pixels");
        }
    })
    .await;
}

#[tokio::test]
async fn the_page_looks_only_while_somebody_looks_at_it() {
    play("camera_rests", Settings::default(), async |stage| {
        let evening = Evening::plan(&stage.cluster).await;
        let tickets = evening.tickets(evening.first.film_sid, &["B1"]).await;
        let browser = with_camera(stage, Look::phone(Language::English), &tickets[0]).await;
        evening.to_door(&browser).await;
        count_looks(&browser).await;
        browser.press("[data-camera]").await;
        is_answered(&browser, "in").await;
        assert!((1..=5).contains(&looks_meanwhile(&browser).await));
        let hide = "
            Object.defineProperty(document, 'hidden', { configurable: true, value: arguments[0] });
            document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));";
        browser.run(hide, &[true.into()]).await;
        assert_eq!(looks_meanwhile(&browser).await, 0, "nobody sees the page");
        // However often it comes and goes, one look follows the other.
        for hidden in [false, true, false, true, false] {
            browser.run(hide, &[hidden.into()]).await;
        }
        assert!((1..=5).contains(&looks_meanwhile(&browser).await));
        for _ in 0..2 {
            browser.press("[data-camera][aria-pressed=true]").await;
            browser.see_no("[data-view]").await;
            let live = "return document.querySelector('[data-video]').srcObject === null";
            assert_eq!(browser.run(live, &[]).await, Value::Bool(true));
            assert_eq!(looks_meanwhile(&browser).await, 0, "the camera is off");
            browser.press("[data-camera][aria-pressed=false]").await;
            browser.see("[data-view]").await;
        }
        assert!((1..=5).contains(&looks_meanwhile(&browser).await));
    })
    .await;
}

#[tokio::test]
async fn a_browser_that_reads_codes_does_it_itself() {
    play("camera_own_reader", Settings::default(), async |stage| {
        let evening = Evening::plan(&stage.cluster).await;
        let tickets = evening.tickets(evening.first.film_sid, &["A3", "A4"]).await;
        // Its camera sees one ticket; its reader, which is a stand-in, says that it is the other.
        let browser = with_camera(stage, Look::desktop(Language::English), &tickets[0]).await;
        let source = format!(
            "globalThis.BarcodeDetector = class {{
                static getSupportedFormats = async () => ['ean_13', 'qr_code'];
                detect = async (video) => (video.videoWidth ? [{{ rawValue: '{}' }}] : []);
            }}",
            tickets[1]
        );
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": source })).await;
        evening.to_door(&browser).await;
        browser.press("[data-camera]").await;
        is_answered(&browser, "in").await;
        assert_eq!(browser.text("[data-verdict] .seat").await, "Seat A4");
        assert_eq!(loaded_reader(&browser).await, Vec::<String>::new(), "it needs none of the page's");
    })
    .await;
}

#[tokio::test]
async fn a_reader_that_could_not_be_loaded_is_loaded_later() {
    play("camera_reader", Settings::default(), async |stage| {
        let evening = Evening::plan(&stage.cluster).await;
        let tickets = evening.tickets(evening.first.film_sid, &["A2"]).await;
        let browser = with_camera(stage, Look::phone(Language::Chinese), &tickets[0]).await;
        let block = async |urls: Value| {
            browser.devtools("Network.enable", &json!({})).await;
            browser.devtools("Network.setBlockedURLs", &json!({ "urls": urls })).await;
        };
        block(json!(["*/assets/qr.*"])).await;
        evening.to_door(&browser).await;
        browser.press("[data-camera]").await;
        browser.read("识别二维码的程序未能加载。").await;
        browser.see_no("[data-view]").await;
        block(json!([])).await;
        browser.press("[data-camera]").await;
        is_answered(&browser, "in").await;
        browser
            .until(
                "nothing is amiss",
                "return document.querySelector('[data-camera-words]').textContent === ''",
                &[],
            )
            .await;
        let places = loaded_reader(&browser).await;
        assert!(
            places.iter().all(|place| place.split('.').nth(1).is_some_and(|hash| hash.len() == 12)),
            "{places:?}"
        );
        let answer = stage.cluster.client().get(&places[0]).await;
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert!(answer.header("content-type").starts_with("text/javascript"));
    })
    .await;
}

#[tokio::test]
async fn without_a_camera_or_leave_to_use_it_the_page_says_so() {
    play("camera_none", Settings::default(), async |stage| {
        let evening = Evening::plan(&stage.cluster).await;
        for language in Language::ALL {
            let none = stage.browser(Look::phone(language)).await;
            let denied =
                ["--use-fake-device-for-media-stream", "--deny-permission-prompts"].map(str::to_owned);
            let denied = stage.browser_with(Look::phone(language), &denied).await;
            for (browser, words) in [
                (&none, language.of("There is no camera.", "没有摄像头。")),
                (&denied, language.of("The camera may not be used.", "摄像头未获授权。")),
            ] {
                evening.to_door(browser).await;
                browser.press("[data-camera]").await;
                browser.read(words).await;
                browser.see("[data-camera][aria-pressed=false]").await;
                browser.see_no("[data-view]").await;
            }
        }
    })
    .await;
}
